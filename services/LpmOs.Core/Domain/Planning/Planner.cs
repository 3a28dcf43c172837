using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Domain.Planning.Disks;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Templates;

namespace LpmOs.Core.Domain.Planning;

/// <summary>Computes what will be done to a machine: a pure function of task, hardware and what the site holds.</summary>
public static class Planner
{
    private const long MiB = 1024 * 1024;

    /// <summary>GPT is 1 MiB aligned at the front; the BIOS boot partition holds GRUB's core image (about 100 KiB), the ESP a loader or two.</summary>
    private static readonly PartitionPlan BiosBoot = new() { Name = "bios", Role = "bios_boot", SizeBytes = MiB };
    private static readonly PartitionPlan Esp = new() { Name = "esp", Role = "esp", SizeBytes = 256 * MiB, FileSystem = "vfat", MountPoint = "/boot/efi" };

    /// <summary>Code of the problem that a template does not render; its message begins with name, line and column.</summary>
    public const string TemplateProblem = "template_error";

    /// <summary>Code of the problem that a task's serial number and its MAC lead to different machines.</summary>
    public const string TwoMachines = "two_machines";

    public static PlanOutcome Plan(InstallTask task, Inventory? inventory, PlanningInput input)
    {
        if (inventory is null)
            return PlanOutcome.None(new TaskFailure { Code = "no_hardware", Message = "The machine has not reported its hardware yet.", Advice = "Switch it on with network boot first." });
        var problems = new List<TaskFailure>();
        var os = input.Catalog.Resolve(task.OsType, task.OsVersion);
        if (os is null)
            problems.Add(new TaskFailure { Code = "unknown_system", Message = $"The catalogue knows no '{task.OsType}' '{task.OsVersion}'. It knows: {input.Catalog.Allowed}." });
        var method = Method(task, os);
        var installer = os is null ? null : input.Catalog.Installers.GetValueOrDefault(method);
        if (os is not null && !os.Methods.Contains(method))
            problems.Add(new TaskFailure { Code = "unknown_method", Message = $"{os.Name} is not installed by '{method}'. It is by: {string.Join(", ", os.Methods)}." });
        var image = os is null || installer is not null ? null : Image(task, os, input, problems);
        var assets = os is null || installer is null ? [] : Assets(task, os, input, problems);
        if (image is not null && task.DiskLayout?.Encryption is { } encryption)
            problems.AddRange(EncryptionPlans.WhyNot(encryption, image, inventory));
        var signature = image is null ? null : Signature(image, input.ImageKeys, problems);
        var needsDisk = installer is not { InMemory: true };
        var raid = new List<TaskFailure>();
        var controllers = HardwarePlans.Of(task.HardwareConfig, inventory, raid);
        var arrays = ArrayDisks.Of(LayoutPresets.Resolve(task.DiskLayout), task.HardwareConfig, controllers, inventory, raid);
        var layout = needsDisk ? Layout(task, arrays, installer is not null ? "The system's own installer partitions the disk" : image?.RawBytes is not null ? "The image is a whole disk with its own partitions" : null, wipes: installer is null, problems) : DiskLayout.None;
        foreach (var name in os?.Requires.Keys.Where(name => task.Variables?.ContainsKey(name) != true && installer is not null) ?? [])
            problems.Add(new TaskFailure { Code = "no_variable", Message = $"{os!.Name} needs the variable {name}, for example {os.Requires[name]}.", Advice = "Give it in the task's or the profile's variables." });
        if (installer is not null && task.HardwareConfig is not null)
            problems.Add(new TaskFailure { Code = "raid_not_possible", Message = $"hardware_config would not be carried out: {os!.Name} is to be installed by '{method}', and its installer starts without our agent.", Advice = "Install by image (install_method), or configure the controllers by a task of their own." });
        if (installer is { BootModes.Count: > 0 } && inventory.Firmware?.BootMode is { } mode && !installer.BootModes.Contains(mode))
        {
            problems.Add(new TaskFailure
            {
                Code = "boot_mode_not_supported", Message = $"The machine started by {mode}, and '{method}' of {os!.Name} can be started by {string.Join(" or ", installer.BootModes)} alone.",
                Advice = "Switch the firmware to that mode, boot the machine from the network once more, and look at the plan again.",
            });
        }
        if (installer is not null && input.Trust.WhyNot(installer, method) is { } distrust)
        {
            problems.Add(new TaskFailure
            {
                Code = "installer_cannot_verify", Message = distrust,
                Advice = "Install by image (install_method): our agent knows the authority. Or give the services certificates of an authority that installers know; or, where the vendor's kernel and initrd were rebuilt with yours, say trusts: [hooks, files] of this installer in catalog.yaml.",
            });
        }
        // Our agent runs them; an installer that would leave them out in silence installs something else than was asked for. None runs what comes before it.
        if (installer is not null && task.Scripts?.Where(script => !installer.Scripts || script.When == ScriptTimes.Hardware).ToList() is { Count: > 0 } scripts)
        {
            var early = scripts.Any(script => script.When == ScriptTimes.Hardware);
            problems.Add(new TaskFailure
            {
                Code = "scripts_not_run", Message = $"The scripts {string.Join(", ", scripts.Select(script => script.Name))} would not run: {os!.Name} is to be installed by '{method}', {(early ? "and its installer starts without our agent" : "which knows no scripts of tasks")}.",
                Advice = $"Install by {string.Join(" or ", os.Methods.Where(one => one == InstallMethods.Image || (!early && input.Catalog.Installers.GetValueOrDefault(one) is { Scripts: true })).DefaultIfEmpty(InstallMethods.Image))} (install_method), or leave the scripts out (scripts: []) and put what they do into the installer's template.",
            });
        }
        if (arrays.Layout?.Disks?.Any(group => group.Disk?.Array is not null) == true)
            problems.AddRange(raid);
        if (os is null || problems.Any(problem => problem.Code != "no_disk" && problem.Code != "several_disks" && problem.Code != "no_asset") || (needsDisk && layout.Disk is null))
            return new PlanOutcome(null, problems);

        var before = problems.Count;
        problems.AddRange(raid);
        IReadOnlyList<DiskPlan> targets = layout.Disks ?? (layout.Disk is { } only ? [only] : []);
        problems.AddRange(HardwarePlans.Lost(controllers, inventory, targets));
        problems.AddRange(HardwarePlans.Taken(controllers, inventory, targets));
        problems.AddRange(VolumeGroupNames.Taken(layout.VolumeGroups, inventory, targets));
        problems.AddRange(SystemPlans.WhyNot(task, os, method, installer));
        var (network, missing) = NetworkPlans.Of(task.Network, inventory);
        if (missing is not null)
            problems.Add(missing);
        if (image?.RawBytes > layout.Disk?.SizeBytes)
            problems.Add(ImageTooLarge(image, layout.Disk!));
        if (problems.Count > before)
            return new PlanOutcome(null, problems);
        var plan = Draft(task, inventory, os, method, image, layout) with { Network = network, Controllers = controllers };
        if (signature is not null)
            plan = plan with { Image = plan.Image! with { Signature = signature } };
        if (controllers is not null || plan.Scripts?.Any(script => script.When == ScriptTimes.Hardware) == true)
            plan = plan with { Operations = [OperationNames.HardwareConfig, .. plan.Operations] };
        if (installer is not null)
            plan = WithInstaller(plan, new InstallerFiles(plan with { Installer = new InstallerPlan { Files = [], Assets = assets } }, task, inventory, os, installer, input.Templates), problems);
        return problems.Count > 0 ? new PlanOutcome(null, problems) : new PlanOutcome(plan with { PlanHash = Hash(plan) }, []);
    }

    /// <summary>An installer's files as they would be for this machine, whatever is missing still: for previews. Its disk is one that fits, or else the first.</summary>
    /// <returns>Null where the catalogue has no such installer.</returns>
    public static InstallerFiles? Preview(InstallTask task, Inventory inventory, CatalogMatch os, string method, PlanningInput input)
    {
        if (input.Catalog.Installers.GetValueOrDefault(method) is not { } installer)
            return null;
        var disk = installer.InMemory ? null : DiskChoice.Of(inventory.Disks, task.DiskLayout?.Disk).Disks is [var fits, ..] ? fits : (inventory.Disks.Count > 0 ? inventory.Disks[0] : new Disk { Device = "/dev/sda" });
        var plan = Draft(task, inventory, os, method, null, disk is null ? DiskLayout.None : Plain(task, disk)) with { Installer = new InstallerPlan { Files = [], Assets = Assets(task, os, input, []) } };
        return new InstallerFiles(plan, task, inventory, os, installer, input.Templates);
    }

    private static InstallPlan Draft(InstallTask task, Inventory inventory, CatalogMatch os, string method, SiteImage? image, DiskLayout layout) => new()
    {
        TaskId = task.TaskId,
        Attempt = task.Attempt,
        Sn = task.Sn,
        // What every system gets by itself, addresses by DHCP, is part of its installation; so is all of it on the image of a whole disk, for one with an MBR has no GUID to be known by afterwards.
        Operations = image is not null && task.Network?.Interfaces is { Count: > 0 } && !ImageFormats.IsWholeDisk(image.Format)
            ? [OperationNames.OsInstall, OperationNames.NetworkConfig, OperationNames.Reboot] : [OperationNames.OsInstall, OperationNames.Reboot],
        Os = new OsPlan { Id = os.Id, Version = os.Version, Name = os.Name, InstallMethod = method },
        Disk = layout.Disk,
        Disks = layout.Disks,
        Image = image is null ? null : new ImagePlan { Url = "/files/images/" + Uri.EscapeDataString(image.File), Sha256 = image.Sha256, SizeBytes = image.SizeBytes, Format = image.Format, RawBytes = image.RawBytes },
        // A whole disk brings its own.
        Partitions = image?.RawBytes is not null ? [] : layout.Partitions,
        Arrays = layout.Arrays,
        VolumeGroups = layout.VolumeGroups,
        SwapFile = layout.SwapFile,
        Encryption = layout.Encryption,
        DiskGuid = DerivedGuid.OfDisk(task.TaskId, task.Attempt),
        Hostname = task.Hostname ?? HostnameFor(task.Sn),
        Users = SystemPlans.Users(task, image?.DefaultUser ?? "admin"),
        Network = NetworkPlans.Of(task.Network, inventory).Network,
        KernelArguments = SystemPlans.KernelArguments(task),
        Timezone = task.Timezone,
        Locale = task.Locale,
        Keyboard = task.Keyboard,
        // An installer's own template has them.
        Packages = method == InstallMethods.Image && task.Packages is { Count: > 0 } packages ? packages : null,
        Scripts = ScriptPlans.Of(task),
        Variables = task.Variables is { Count: > 0 } variables ? new SortedDictionary<string, string>(variables.ToDictionary(), StringComparer.Ordinal) : null,
    };

    /// <param name="fixedBecause">Why only the plain layout is possible; null: it is not so.</param>
    /// <param name="wipes">Our agent does the work, so that a wipe that was asked for takes place.</param>
    private static DiskLayout Layout(InstallTask task, ArrayDisks arrays, string? fixedBecause, bool wipes, List<TaskFailure> problems)
    {
        if (arrays.Layout is not { } spec)
        {
            problems.Add(new TaskFailure { Code = "unknown_layout", Message = $"There is no disk layout '{task.DiskLayout?.Preset}'. There are: {string.Join(", ", LayoutPresets.Names)}." });
            return DiskLayout.None;
        }
        var plain = spec.Preset == LayoutPresets.Plain;
        var wipesInVain = !wipes && spec.Wipe is not (null or WipePolicies.None);
        if (fixedBecause is not null && (!plain || spec.SwapFile is not null || spec.Encryption is not null || wipesInVain))
        {
            problems.Add(new TaskFailure
            {
                Code = "layout_not_possible", Message = $"{fixedBecause}; it knows only the plain layout on one disk, without swap_file{(spec.Encryption is not null ? ", encryption" : "")}{(wipesInVain ? " and wipe" : "")}.",
                Advice = "Install by image (install_method), or put the layout into the installer's template.",
            });
        }
        var chosen = ChosenDisks.Of(arrays.Disks, spec, task.DiskLayout?.Disks is null);
        problems.AddRange(chosen.Problems);
        if (chosen.Groups.Count == 0)
            return DiskLayout.None;
        if (plain && spec.Encryption is not null && fixedBecause is null)
        {
            problems.Add(new TaskFailure
            {
                Code = "encryption_not_possible", Message = "The preset plain has no /boot of its own, and no boot loader reads an encrypted one.",
                Advice = $"Take {string.Join(", ", LayoutPresets.Encryptable)}, or a layout of your own with a /boot that is not encrypted.",
            });
        }
        if (plain)
            return arrays.Mark(Plain(task, chosen.Groups[0][0]));
        var (layout, faults) = new LayoutPlanner(task, spec, chosen).Plan();
        problems.AddRange(faults);
        return arrays.Mark(layout);
    }

    // Plans of one plain disk stay as they have always been, so that approvals of before still hold.
    private static DiskLayout Plain(InstallTask task, Disk disk) =>
        new(LayoutPlanner.Describe(disk, task.DiskLayout?.Wipe), null, [BiosBoot, Esp, new PartitionPlan { Name = "root", Role = "root", FileSystem = task.DiskLayout?.RootFileSystem ?? "ext4", MountPoint = "/" }])
        {
            SwapFile = LayoutPlanner.SwapFile(task.DiskLayout?.SwapFile),
        };

    /// <summary>What the task asks for, or the system's first way.</summary>
    private static string Method(InstallTask task, CatalogMatch? os) => task.InstallMethod ?? os?.Methods[0] ?? InstallMethods.Image;

    private static SiteImage? Image(InstallTask task, CatalogMatch os, PlanningInput input, List<TaskFailure> problems)
    {
        var held = input.Images.ToList();
        var image = held.FirstOrDefault(candidate => candidate.OsId == os.Id && candidate.OsVersion == os.Version);
        if (image is null)
        {
            problems.Add(new TaskFailure
            {
                Code = "no_image",
                Message = $"The boot services of {task.Idc} hold no image of {os.Name}. They hold: {(held.Count == 0 ? "none" : string.Join(", ", held.Select(i => i.Name ?? i.Id)))}.",
                Advice = os.Methods.Count > 1
                    ? $"Put an image with its manifest into the images folder of the boot service (make sample-image builds one of Debian 12), or install by {string.Join(" or ", os.Methods.Where(method => method != InstallMethods.Image))} (install_method)."
                    : "Put an image with its manifest into the images folder of the boot service (make sample-image builds one of Debian 12).",
            });
        }
        return image;
    }

    /// <summary>Null where no signature is asked for, or with a problem where none of the keys has made it.</summary>
    private static SignaturePlan? Signature(SiteImage image, IReadOnlyList<string> keys, List<TaskFailure> problems)
    {
        if (keys.Count == 0)
            return null;
        if (image.Signature is { } value && keys.Select(ImageSignature.Key).OfType<string>().FirstOrDefault(key => ImageSignature.IsBy(key, image.Sha256, value)) is { } signer)
            return new() { Key = signer, Value = value };
        problems.Add(new TaskFailure
        {
            Code = "image_not_signed", Message = image.Signature is null ? $"The image {image.Name ?? image.Id} has no signature, and this IDC installs signed images alone (image_keys)." : $"The signature of the image {image.Name ?? image.Id} is by none of the keys of this IDC (image_keys), or of another file.",
            Advice = $"openssl dgst -sha256 -sign KEY.pem -out {image.File}.sig {image.File}, beside the image on the boot service; or change image_keys in the settings of the IDC.",
        });
        return null;
    }

    /// <summary>The files of the vendor. One that is missing is a problem, but keeps a place, so that the templates are tried all the same.</summary>
    private static List<AssetPlan> Assets(InstallTask task, CatalogMatch os, PlanningInput input, List<TaskFailure> problems)
    {
        var missing = os.Assets.Values.Where(asset => input.Assets.GetValueOrDefault(asset.Name) is not { Held: true }).ToList();
        if (missing.Count > 0)
        {
            problems.Add(new TaskFailure
            {
                Code = "no_asset",
                Message = $"The boot services of {task.Idc} do not hold what the installer of {os.Name} needs: {string.Join(", ", missing.Select(asset => asset.Name))}.",
                Advice = string.Join("\n", missing.Select(asset => asset is { Source: { } source, Member: null }
                    ? $"lpmosctl assets add {task.Idc} {asset.Name} {(source.Contains('*', StringComparison.Ordinal) ? "" : source + " ")}{(asset.Sha256 is { } digest ? $"--sha256 {digest}" : asset.Sums is not null ? "--published" : "--sha256 DIGEST   (or --trust-first, where the vendor publishes none)")}"
                    : $"lpmosctl assets import {task.Idc} {asset.Name} FILE{(asset.Member is { } member ? $".iso --member {member}" : "")}{(asset.Source is { } from ? $"   ({from})" : "")}")),
            });
        }
        return [.. os.Assets.Select(asset =>
        {
            var held = input.Assets.GetValueOrDefault(asset.Value.Name) ?? new SiteAsset { Name = asset.Value.Name, Sha256 = new string('0', 64) };
            return new AssetPlan { Role = asset.Key, Name = held.Name, Sha256 = held.Sha256, SizeBytes = held.SizeBytes, Url = held.Url };
        })];
    }

    private static InstallPlan WithInstaller(InstallPlan plan, InstallerFiles files, List<TaskFailure> problems)
    {
        try
        {
            return plan with { Installer = new InstallerPlan { Files = files.Describe(), Assets = files.Plan.Installer!.Assets } };
        }
        catch (TemplateException e)
        {
            problems.Add(new TaskFailure { Code = TemplateProblem, Message = e.Message, Advice = "Correct the template (lpmosctl templates), or what the task gives to it." });
            return plan;
        }
    }

    /// <summary>SHA-256 over the plan's JSON without its hash; the JSON is source-generated, so its field order is fixed.</summary>
    public static string Hash(InstallPlan plan) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(plan with { PlanHash = null }, ContractsJson.Default.InstallPlan)));

    private static TaskFailure ImageTooLarge(SiteImage image, DiskPlan disk) => new()
    {
        Code = "disk_too_small", Message = $"The image {image.Name ?? image.Id} is a whole disk of {image.RawBytes} bytes; {disk.Device} (serial {disk.Serial ?? "-"}) has {disk.SizeBytes}.",
        Advice = "Choose a larger disk (disk_layout.disk), or make the image smaller.",
    };

    private static string HostnameFor(string sn)
    {
        var label = string.Concat(sn.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        label = label.Length > 63 ? label[..63].TrimEnd('-') : label;
        return Names.IsHostname(label) ? label : "server";
    }
}
