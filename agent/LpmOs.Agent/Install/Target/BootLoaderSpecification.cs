namespace LpmOs.Agent.Install.Target;

/// <summary>
/// Menu entries as files (Boot Loader Specification, UAPI group 1), as the RHEL family has them: new kernels add theirs, and GRUB's blscfg shows all. Those of an image name the
/// machine that it was built on.
/// </summary>
internal sealed class BootLoaderSpecification(TargetTree tree)
{
    private const string Folder = "/boot/loader/entries";
    private const string CommandLine = "/etc/kernel/cmdline";

    public bool IsUsed => Entries.Any();

    private IEnumerable<string> Entries => tree.Names(Folder).Where(name => name.EndsWith(".conf", StringComparison.Ordinal)).Select(name => $"{Folder}/{name}");

    /// <param name="apart">/boot is a file system of its own: paths begin there.</param>
    public void Rewrite(string root, IReadOnlyList<string> arguments, bool apart)
    {
        var options = $"root={root} ro {string.Join(' ', arguments)}".TrimEnd();
        foreach (var entry in Entries.ToList())
        {
            var lines = (tree.Read(entry) ?? "").Split('\n').Select(line => line.Split((char[])[' ', '\t'], 2, StringSplitOptions.TrimEntries) switch
            {
                ["options", _] => "options " + options,
                [("linux" or "initrd") and var key, var path] => $"{key} {OnBoot(path, apart)}",
                _ => line,
            });
            tree.Rewrite(entry, string.Join('\n', lines));
        }
        // What kernel-install gives to the kernels that come later.
        tree.Write(CommandLine, options + "\n");
    }

    // The part behind a blank is GRUB's own variable for an initramfs that is not there yet ($tuned_initrd).
    private static string OnBoot(string paths, bool apart) => string.Join(' ', paths.Split(' ').Select(path =>
    {
        if (!path.StartsWith('/'))
            return path;
        var name = path.StartsWith("/boot/", StringComparison.Ordinal) ? path["/boot".Length..] : path;
        return apart ? name : "/boot" + name;
    }));
}
