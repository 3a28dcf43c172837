namespace LpmOs.Agent.Discovery;

/// <summary>What the boot image does not wake by itself: on a host that is somebody's, nothing of this is done.</summary>
internal static class BootImageDevices
{
    private const int MostInterfaces = 64;
    private static readonly ProgramOptions Options = new() { TimeLimit = TimeSpan.FromSeconds(10), Quiet = true, AnyExitCode = true };

    /// <summary>Interfaces other than the boot one come up, so that links and switches are seen; the management controller gets its device file.</summary>
    public static async Task WakeAsync(SystemTree tree, ProgramCall call, CancellationToken cancellationToken)
    {
        var interfaces = tree.Names("sys/class/net").Where(name => tree.Exists($"sys/class/net/{name}/device") && tree.Line($"sys/class/net/{name}/operstate") == "down").Take(MostInterfaces);
        try
        {
            foreach (var name in interfaces)
                await call("ip", ["link", "set", "dev", name, "up"], Options, cancellationToken).ConfigureAwait(false);
            if (new Smbios(tree).HasBmc && !tree.Exists("dev/ipmi0"))
            {
                // The first has no device for which it would be loaded where the firmware tells of the controller in SMBIOS only; the second never has one.
                await call("modprobe", ["-qa", "ipmi_si", "ipmi_devintf"], Options, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (ProgramException)
        {
            // The report does without.
        }
    }
}
