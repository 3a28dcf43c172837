namespace LpmOs.Agent.Install.Target.Network;

/// <summary>Which services an image brought, and which of them it starts (systemctl(1), "enable" and "mask"): by links, for nothing of it runs yet.</summary>
internal sealed class SystemdUnits(TargetTree tree)
{
    private const string Own = "/etc/systemd/system";
    private static readonly string[] Folders = ["/usr/lib/systemd/system/", "/lib/systemd/system/"];

    /// <summary>Where the unit's file is; null where there is none, or the image has masked it: it would never start.</summary>
    public string? Find(string name) => IsMasked(name) ? null : Folders.Select(folder => folder + name).FirstOrDefault(tree.Exists);

    /// <summary>Something that is started wants it.</summary>
    public bool IsEnabled(string name) => !IsMasked(name)
        && tree.Names(Own).Any(folder => (folder.EndsWith(".wants", StringComparison.Ordinal) || folder.EndsWith(".requires", StringComparison.Ordinal)) && tree.Names($"{Own}/{folder}").Contains(name));

    public bool IsMasked(string name) => tree.Names(Own).Contains(name) && tree.LinkTarget($"{Own}/{name}") == "/dev/null";
}
