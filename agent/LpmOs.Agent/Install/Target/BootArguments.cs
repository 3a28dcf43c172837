namespace LpmOs.Agent.Install.Target;

/// <summary>Adds kernel arguments to a boot loader that an image brought: to the menu as it is, and to what makes the next one.</summary>
internal sealed class BootArguments(TargetTree tree)
{
    private static readonly string[] Menus = ["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg", "/boot/efi/EFI/debian/grub.cfg"];
    private const string Entries = "/boot/loader/entries";
    private const string CommandLine = "/etc/kernel/cmdline";

    /// <returns>The files that were changed.</returns>
    public IReadOnlyList<string> Add(IReadOnlyList<string> arguments)
    {
        var changed = new List<string>();
        if (arguments.Count == 0)
            return changed;
        // GRUB's menu: linux, linux16 and linuxefi, then kernel and arguments. Entries of the Boot Loader Specification: options and arguments.
        foreach (var path in Menus)
            Rewrite(path, arguments, changed, word => word is "linux" or "linux16" or "linuxefi");
        foreach (var name in tree.Names(Entries).Where(name => name.EndsWith(".conf", StringComparison.Ordinal)))
            Rewrite($"{Entries}/{name}", arguments, changed, word => word == "options");
        if (tree.Read(CommandLine) is { } line)
        {
            tree.Write(CommandLine, With(line.Trim(), arguments) + "\n");
            changed.Add(CommandLine);
        }
        if (tree.Exists("/etc/default/grub.d") || tree.Exists("/etc/debian_version"))
        {
            tree.Write("/etc/default/grub.d/lpmos.cfg", $"# Written by LpmOs at installation.\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX {string.Join(' ', arguments)}\"\n");
            changed.Add("/etc/default/grub.d/lpmos.cfg");
        }
        return changed;
    }

    private void Rewrite(string path, IReadOnlyList<string> arguments, List<string> changed, Func<string, bool> isTheirs)
    {
        if (tree.Read(path) is not { } text)
            return;
        var lines = text.Split('\n').Select(line => line.TrimStart().Split((char[])[' ', '\t'], 2) is [var word, _] && isTheirs(word) ? With(line.TrimEnd(), arguments) : line);
        tree.Rewrite(path, string.Join('\n', lines));
        changed.Add(path);
    }

    // The last console= is where the system's own messages go: it must be ours.
    private static string With(string line, IReadOnlyList<string> arguments)
    {
        return string.Join(' ', line.Split(' ').Where(word => !arguments.Contains(word)).Concat(arguments));
    }
}
