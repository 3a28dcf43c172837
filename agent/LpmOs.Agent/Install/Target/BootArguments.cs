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

    /// <returns>The files that were changed.</returns>
    public IReadOnlyList<string> Add(IReadOnlyList<string> arguments)
    {
        var changed = new List<string>();
        if (arguments.Count == 0)
            return changed;
        // GRUB's menu: linux, linux16 and linuxefi, then kernel and arguments. Entries of the Boot Loader Specification: options and arguments.
        foreach (var path in Menus.Concat(Esps.SelectMany(EspMenus)).DistinctBy(tree.Resolve))
            Rewrite(path, arguments, changed, word => word is "linux" or "linux16" or "linuxefi");
        foreach (var path in Esps.SelectMany(esp => tree.Names(esp + Entries).Where(name => name.EndsWith(".conf", StringComparison.Ordinal)).Select(name => $"{esp}{Entries}/{name}")).DistinctBy(tree.Resolve))
            Rewrite(path, arguments, changed, word => word == "options");
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
    private IEnumerable<string> EspMenus(string esp) => tree.Names(esp).Where(name => name.Equals("EFI", StringComparison.OrdinalIgnoreCase)).SelectMany(efi => tree.Names($"{esp}/{efi}").Select(vendor => $"{esp}/{efi}/{vendor}"))
        .SelectMany(folder => tree.Names(folder).Where(name => name.Equals("grub.cfg", StringComparison.OrdinalIgnoreCase)).Select(name => $"{folder}/{name}"));

    private void Rewrite(string path, IReadOnlyList<string> arguments, List<string> changed, Func<string, bool> isTheirs)
    {
        if (tree.Read(path) is not { } text)
            return;
        var found = false;
        var lines = text.Split('\n').Select(line =>
        {
            if (line.TrimStart().Split((char[])[' ', '\t'], 2) is not [var word, _] || !isTheirs(word))
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
