using LpmOs.Agent.Discovery.Mac;
using LpmOs.Agent.Raid;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Discovery;

/// <summary>The whole machine, as one report: from files first; programs are asked for what files do not tell, side by side and each with a time limit.</summary>
internal sealed class HardwareDiscovery(SystemTree tree, DiskDiscovery disks, MachineProbes probes)
{
    public HardwareDiscovery(SystemTree tree, DiskDiscovery disks, Func<string?> hypervisorSignature) : this(tree, disks, new MachineProbes { HypervisorSignature = hypervisorSignature })
    {
    }

    public static string AgentVersion { get; } = typeof(HardwareDiscovery).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    public async Task<Inventory> CollectAsync(string? bootMac, CancellationToken cancellationToken)
    {
        if (probes is { IsMac: true, Programs: { } macPrograms })
            return InventoryBound.Cut(await new MacDiscovery(macPrograms).CollectAsync(bootMac, cancellationToken).ConfigureAwait(false));
        var health = probes.Programs is { } programs ? new DiskHealthReader(programs) : null;
        var reading = Task.Run(() => disks.DisksAsync(async (disk, token) => health is null ? disk : await probes.WipeMethods(await health.WithHealthAsync(disk, token).ConfigureAwait(false), token).ConfigureAwait(false), cancellationToken), cancellationToken);
        var smbios = new Smbios(tree);
        var management = BmcAsync(smbios, cancellationToken);
        var devices = new PciDiscovery(tree);
        var controllers = RaidControllersAsync(devices, cancellationToken);
        var nics = NicDiscovery.Nics(tree, devices, probes.Nic);
        var mac = NicDiscovery.BootMac(nics, bootMac);
        var virtualization = Virtualization.Of(smbios, probes.HypervisorSignature(), ProcessorDiscovery.HasHypervisorFlag(tree));
        var (found, (raid, warnings)) = (await reading.ConfigureAwait(false), await controllers.ConfigureAwait(false));
        var neighbours = probes.Neighbours();
        return InventoryBound.Cut(new()
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
            Chassis = smbios.Chassis,
            Board = smbios.Board,
            Tpm = smbios.Tpm,
            Bmc = await management.ConfigureAwait(false),
            Cpu = ProcessorDiscovery.Cpu(tree, smbios),
            Memory = ProcessorDiscovery.Memory(tree, smbios),
            Nics = [.. nics.Select(nic => neighbours.TryGetValue(nic.Name, out var neighbour) ? nic with { Lldp = neighbour } : nic)],
            Gpus = devices.Gpus,
            PciDevices = devices.Devices,
            DriverlessDevices = devices.Driverless,
            RaidControllers = raid,
            AgentVersion = AgentVersion,
            Disks = found,
            SoftwareArrays = StorageDiscovery.Arrays(tree, found),
            Multipaths = StorageDiscovery.Multipaths(tree),
            VolumeGroups = probes.Programs is { } call && StorageDiscovery.Signatures(found).Any(signature => signature.Type == "LVM2_member") ? await new VolumeGroupReader(call).ReadAsync(cancellationToken).ConfigureAwait(false) : [],
            Warnings = [.. (smbios.IsCutShort ? ["The firmware's SMBIOS table is cut short: memory modules and boards behind that place are missing here."] : Array.Empty<string>()), .. warnings],
        });
    }

    private async Task<Bmc?> BmcAsync(Smbios smbios, CancellationToken cancellationToken) => await probes.Bmc(cancellationToken).ConfigureAwait(false) ?? (smbios.HasBmc ? new Bmc() : null);

    // Programs take a second and more each, so they are asked only where a controller of their kind is; one that no program knows is told by its PCI device.
    private async Task<(IReadOnlyList<RaidController> Controllers, IReadOnlyList<string> Warnings)> RaidControllersAsync(PciDiscovery devices, CancellationToken cancellationToken)
    {
        var present = devices.RaidControllers.Concat(devices.Devices.Where(device => device.Driver is "megaraid_sas" or "hpsa" or "smartpqi" or "aacraid")).DistinctBy(device => device.Slot).ToList();
        var (found, warnings) = (new List<RaidController>(), new List<string>());
        foreach (var tool in present.Count > 0 && probes.Programs is { } call ? RaidPrograms.All(call) : [])
        {
            try
            {
                found.AddRange((await tool.ListAsync(cancellationToken).ConfigureAwait(false)).Where(one => one.PciSlot is null || found.All(known => known.PciSlot != one.PciSlot)));
            }
            catch (ProgramException e)
            {
                warnings.Add($"{tool.Name} did not tell of its RAID controllers: {e.Message}");
            }
        }
        found.AddRange(present.Where(device => found.All(known => known.PciSlot != device.Slot)).Select(device => new RaidController { Id = device.Slot, Model = device.Name, PciSlot = device.Slot, Driver = device.Driver }));
        return ([.. found.Take(InventoryBounds.RaidControllers)], warnings);
    }
}
