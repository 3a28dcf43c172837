namespace LpmOs.Agent.Install.Target;

/// <summary>While it lives, packages of Debian's family start no services in the new system (invoke-rc.d(8)): one that ran would hold its disks.</summary>
internal sealed class QuietServices : IDisposable
{
    private const string Policy = "/usr/sbin/policy-rc.d";

    private readonly TargetTree? _tree;

    public QuietServices(TargetTree tree)
    {
        if (tree.Exists(Policy) || !tree.HasProgram("apt-get"))
            return;
        tree.Write(Policy, "#!/bin/sh\nexit 101\n", TargetTree.PublicProgram);
        _tree = tree;
    }

    public void Dispose() => _tree?.Delete(Policy);
}
