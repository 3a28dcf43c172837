namespace LpmOs.Agent.Install.Target;

/// <summary>
/// Files that the installation writes have no SELinux labels, and an enforcing system refuses them: it is told to label all files at its first boot
/// (selinux-autorelabel, policycoreutils), after which it restarts once.
/// </summary>
internal sealed class SecurityLabels(TargetTree tree)
{
    /// <returns>False where the image has no SELinux, or has it switched off.</returns>
    public bool Mark()
    {
        var mode = (tree.Read("/etc/selinux/config") ?? "").Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.StartsWith("SELINUX=", StringComparison.Ordinal));
        if (mode is not ("SELINUX=enforcing" or "SELINUX=permissive"))
            return false;
        tree.Write("/.autorelabel", "-F\n");
        return true;
    }
}
