using LpmOs.Agent.Discovery;

namespace LpmOs.Agent.Install.Target;

/// <summary>The boot menu, written by hand: generating it inside the new system takes tens of seconds on slow machines.</summary>
internal sealed record GrubConfig
{
    public required string Title { get; init; }
    /// <summary>Of the file system that kernel and initramfs are on.</summary>
    public required string BootUuid { get; init; }
    /// <summary>What the kernel is told: <c>UUID=…</c> or a volume's device.</summary>
    public required string Root { get; init; }
    /// <summary>GRUB's modules for what the boot file system lies on and is.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];
    /// <summary>Paths on the boot file system.</summary>
    public required string Kernel { get; init; }
    public required string? Initrd { get; init; }
    public required IReadOnlyList<string> KernelArguments { get; init; }
    /// <summary>Kernels that come later add entries of the Boot Loader Specification, which come before ours.</summary>
    public bool LaterKernels { get; init; }

    /// <summary>Newest kernel in <c>/boot</c> with its initramfs, as Debian, RHEL, SUSE or Arch name them.</summary>
    /// <exception cref="InstallException">There is none.</exception>
    public static (string Kernel, string? Initrd) FindKernel(TargetTree tree)
    {
        var names = tree.Names("/boot");
        var kernel = names.Where(name => name.StartsWith("vmlinuz-", StringComparison.Ordinal) && !name.Contains("rescue", StringComparison.Ordinal)).Order(Comparer<string>.Create(NaturalOrder.Compare)).LastOrDefault()
            ?? throw new InstallException(FailureCodes.Configuration, "The image has no kernel: there is no /boot/vmlinuz-*.", "Build the image with a kernel package.");
        var version = kernel["vmlinuz-".Length..];
        var initrd = ((string[])[$"initrd.img-{version}", $"initramfs-{version}.img", $"initrd-{version}"]).FirstOrDefault(names.Contains);
        return ("/boot/" + kernel, initrd is null ? null : "/boot/" + initrd);
    }

    /// <summary>grub.cfg. Serial console where the kernel's own is serial; a port that is not there is passed over.</summary>
    public string Text()
    {
        var serial = KernelArguments.LastOrDefault(argument => argument.StartsWith("console=ttyS", StringComparison.Ordinal)) is { } console ? Serial(console["console=ttyS".Length..]) : "";
        var title = string.Concat(Title.Where(c => char.IsAsciiLetterOrDigit(c) || " .,()-_+/".Contains(c, StringComparison.Ordinal)));
        var initrd = Initrd is null ? "" : $"\n  initrd {Quote(Initrd)}";
        return $$"""
            # Written by LpmOs at installation; grub-mkconfig replaces it when a kernel is installed.
            {{serial}}set default=0
            set timeout=1
            insmod part_gpt
            insmod ext2
            insmod xfs
            {{string.Concat(Modules.Select(module => $"insmod {module}\n"))}}search --no-floppy --fs-uuid --set=root {{BootUuid}}
            {{(LaterKernels ? $"set boot=$root\nset kernelopts='{Options().Replace("'", "", StringComparison.Ordinal)}'\ninsmod blscfg\nblscfg\n" : "")}}menuentry '{{title}}' {
              linux {{Quote(Kernel)}} root={{Root}} ro {{string.Join(' ', KernelArguments.Select(Quote))}}{{initrd}}
            }

            """;
    }

    // EL8's kernel packages write entries with "options $kernelopts", which grub.cfg must know.
    private string Options() => $"root={Root} ro {string.Join(' ', KernelArguments)}";

    /// <summary>A menu that only leads to the other one: on an ESP, beside a GRUB that looks there.</summary>
    /// <param name="folder">Of the other one, on the boot file system.</param>
    public string Leading(string folder) => $"# Written by LpmOs at installation.\nsearch --no-floppy --fs-uuid --set=dev {BootUuid}\nset prefix=($dev){folder}\nexport prefix\nconfigfile $prefix/grub.cfg\n";

    /// <summary>The same for grub-mkconfig, so that a new kernel keeps console and arguments.</summary>
    public string Defaults() => $"""
        # Written by LpmOs at installation.
        GRUB_TIMEOUT=1
        GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX {string.Join(' ', KernelArguments)}"

        """;

    private static string Serial(string port)
    {
        var parts = port.Split(',');
        var unit = parts[0].Length > 0 && parts[0].All(char.IsAsciiDigit) ? parts[0] : "0";
        var speed = parts.Length > 1 ? string.Concat(parts[1].TakeWhile(char.IsAsciiDigit)) : "";
        return $"""
            if serial --unit={unit} --speed={(speed.Length > 0 ? speed : "9600")}; then
              terminal_input console serial
              terminal_output console serial
            fi

            """;
    }

    // GRUB's single quotes take everything literally but themselves, which PlanCheck and FindKernel's names cannot hold.
    private static string Quote(string word) => word.All(c => char.IsAsciiLetterOrDigit(c) || "=.,:/_-+@%".Contains(c, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "", StringComparison.Ordinal)}'";
}
