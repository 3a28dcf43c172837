using System.Text;
using System.Text.RegularExpressions;

namespace LpmOs.Agent.Install.Target;

/// <summary>Adds kernel arguments to a boot loader that an image brought: to the menus as they are, and to what makes the next ones.</summary>
internal sealed partial class BootArguments(TargetTree tree)
{
    private static readonly string[] Menus = ["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"];
    // Where an ESP is mounted. CentOS 7 and others keep the whole menu there, most only a line that leads to the one of /boot.
    private static readonly string[] Esps = ["/boot/efi", "/efi", "/boot"];
    private const string Entries = "/loader/entries";
    private const string CommandLine = "/etc/kernel/cmdline";
    private const string Defaults = "/etc/default/grub", DefaultsFolder = "/etc/default/grub.d";
    private const string Console = "console=";
    // EL8's entries say "options $kernelopts", which GRUB reads from its environment block: 1024 bytes, filled up with '#', values with backslashes before their backslashes.
    private static readonly string[] Environments = ["/boot/grub2/grubenv", "/boot/grub/grubenv"];
    private const string KernelOptions = "kernelopts";
    private const int EnvironmentBytes = 1024;

    /// <returns>The files that were changed.</returns>
    public IReadOnlyList<string> Add(IReadOnlyList<string> arguments)
    {
        var changed = new List<string>();
        if (arguments.Count == 0)
            return changed;
        var environments = Environments.Concat(Esps.SelectMany(esp => OnEsp(esp, "grubenv"))).DistinctBy(tree.Resolve).Where(tree.Exists).ToList();
        changed.AddRange(environments.Where(path => AddToEnvironment(path, arguments)));
        // Which one a firmware's GRUB reads, only it knows: all or none.
        var inEnvironment = changed.Count > 0 && changed.Count == environments.Count;
        // GRUB's menu: linux, linux16 and linuxefi, then kernel and arguments. Entries of the Boot Loader Specification: options and arguments.
        foreach (var path in Menus.Concat(Esps.SelectMany(esp => OnEsp(esp, "grub.cfg"))).DistinctBy(tree.Resolve))
            Rewrite(path, arguments, changed, (word, _) => word is "linux" or "linux16" or "linuxefi");
        foreach (var path in Esps.SelectMany(esp => tree.Names(esp + Entries).Where(name => name.EndsWith(".conf", StringComparison.Ordinal)).Select(name => $"{esp}{Entries}/{name}")).DistinctBy(tree.Resolve))
            Rewrite(path, arguments, changed, (word, rest) => word == "options" && !(inEnvironment && rest.Contains("$" + KernelOptions, StringComparison.Ordinal)));
        if (tree.Read(CommandLine) is { } line)
        {
            tree.Write(CommandLine, With(line.Trim(), arguments) + "\n");
            changed.Add(CommandLine);
        }
        // The folder is Debian's; grub2-mkconfig of others reads the one file alone.
        if (tree.Exists(DefaultsFolder) || tree.Exists("/etc/debian_version"))
        {
            tree.Write(DefaultsFolder + "/lpmos.cfg", $"# Written by LpmOs at installation.\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX {string.Join(' ', arguments)}\"\n");
            changed.Add(DefaultsFolder + "/lpmos.cfg");
        }
        else if (tree.Read(Defaults) is { } defaults)
        {
            tree.Rewrite(Defaults, WithDefaults(defaults, arguments));
            changed.Add(Defaults);
        }
        return changed;
    }

    // FAT knows no case.
    private IEnumerable<string> OnEsp(string esp, string file) => tree.Names(esp).Where(name => name.Equals("EFI", StringComparison.OrdinalIgnoreCase)).SelectMany(efi => tree.Names($"{esp}/{efi}").Select(vendor => $"{esp}/{efi}/{vendor}"))
        .SelectMany(folder => tree.Names(folder).Where(name => name.Equals(file, StringComparison.OrdinalIgnoreCase)).Select(name => $"{folder}/{name}"));

    /// <summary>False: it says no kernel options, or has no room for more.</summary>
    private bool AddToEnvironment(string path, IReadOnlyList<string> arguments)
    {
        var lines = (tree.Read(path) ?? "").TrimEnd('#').Split('\n');
        if (Array.FindIndex(lines, line => line.StartsWith(KernelOptions + "=", StringComparison.Ordinal)) is var at && at < 0)
            return false;
        lines[at] = With(lines[at].TrimEnd(), [.. arguments.Select(argument => argument.Replace("\\", "\\\\", StringComparison.Ordinal))]);
        var block = string.Join('\n', lines);
        if (Encoding.UTF8.GetByteCount(block) is var bytes && bytes > EnvironmentBytes)
            return false;
        tree.Rewrite(path, block + new string('#', EnvironmentBytes - bytes));
        return true;
    }

    private void Rewrite(string path, IReadOnlyList<string> arguments, List<string> changed, Func<string, string, bool> isTheirs)
    {
        if (tree.Read(path) is not { } text)
            return;
        var found = false;
        var lines = text.Split('\n').Select(line =>
        {
            if (line.TrimStart().Split((char[])[' ', '\t'], 2) is not [var word, var rest] || !isTheirs(word, rest))
                return line;
            found = true;
            return With(line.TrimEnd(), arguments);
        }).ToList();
        // A file that only leads to another menu is as it was.
        if (!found)
            return;
        tree.Rewrite(path, string.Join('\n', lines));
        changed.Add(path);
    }

    /// <summary>The settings of grub-mkconfig, a shell's file. What stands in GRUB_CMDLINE_LINUX_DEFAULT comes behind the rest: a console there would be the last.</summary>
    private static string WithDefaults(string text, IReadOnlyList<string> arguments)
    {
        var consoles = arguments.Where(argument => argument.StartsWith(Console, StringComparison.Ordinal)).ToList();
        var found = false;
        var lines = text.Split('\n').Select(line =>
        {
            if (Setting().Match(line) is not { Success: true } setting)
                return line;
            var (name, value) = (setting.Groups["name"].Value, setting.Groups["value"].Value);
            var isDefault = name.EndsWith("_DEFAULT", StringComparison.Ordinal);
            found |= !isDefault;
            if (isDefault && !value.Contains(Console, StringComparison.Ordinal))
                return line;
            var quote = setting.Groups["quote"].Value is { Length: > 0 } theirs ? theirs : "\"";
            return $"{name}={quote}{With(value, isDefault ? consoles : arguments).TrimStart()}{quote}";
        }).ToList();
        var all = string.Join('\n', lines);
        return found ? all : $"{all.TrimEnd('\n')}\nGRUB_CMDLINE_LINUX=\"{string.Join(' ', arguments)}\"\n";
    }

    // The last console= is where the system's own messages go: it must be ours.
    private static string With(string line, IReadOnlyList<string> arguments)
    {
        return string.Join(' ', line.Split(' ').Where(word => !arguments.Contains(word)).Concat(arguments));
    }

    [GeneratedRegex("""^\s*(?<name>GRUB_CMDLINE_LINUX(_DEFAULT)?)=(?<quote>["']?)(?<value>.*?)\k<quote>\s*$""", RegexOptions.CultureInvariant)]
    private static partial Regex Setting();
}
