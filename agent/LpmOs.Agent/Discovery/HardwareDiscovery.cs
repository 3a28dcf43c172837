using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>The whole machine, as one report. Reads files only; a program (blkid) is asked just for disks that hold something.</summary>
internal sealed class HardwareDiscovery(SystemTree tree, DiskDiscovery disks, Func<string?> hypervisorSignature)
{
    public static string AgentVersion { get; } = typeof(HardwareDiscovery).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    public async Task<Inventory> CollectAsync(string? bootMac, CancellationToken cancellationToken)
    {
        var reading = disks.DisksAsync(cancellationToken);
        var smbios = new Smbios(tree);
        var nics = NicDiscovery.Nics(tree);
        var mac = NicDiscovery.BootMac(nics, bootMac);
        var virtualization = Virtualization.Of(smbios, hypervisorSignature(), ProcessorDiscovery.HasHypervisorFlag(tree));
        return new()
        {
            SerialNumber = SerialNumber.Of(smbios, mac),
            MacAddress = mac,
            Company = smbios.Company,
            Product = smbios.Product,
            ModelName = smbios.ModelName,
            IsVm = virtualization is not null,
            Virtualization = virtualization,
            Uuid = smbios.Uuid,
            Firmware = smbios.Firmware,
            Cpu = ProcessorDiscovery.Cpu(tree),
            Memory = ProcessorDiscovery.Memory(tree, smbios),
            Nics = nics,
            DriverlessDevices = NicDiscovery.Driverless(tree),
            AgentVersion = AgentVersion,
            Disks = await reading.ConfigureAwait(false),
        };
    }
}
