using LpmOs.Agent.Discovery;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks.Wiping;

/// <summary>How a disk can be wiped beside overwriting: asked of the kernel, the NVMe controller, and hdparm for ATA.</summary>
internal sealed class WipeAbilities(SystemTree tree, ProgramCall call)
{
    public async Task<Disk> WithMethodsAsync(Disk disk, CancellationToken cancellationToken)
    {
        var methods = disk.Transport switch
        {
            "nvme" => await Task.Run(() => Nvme(disk), cancellationToken).ConfigureAwait(false),
            // The kernel calls every ATA disk so, those behind SAS adapters too, which hand hdparm's commands on (SAT-3, 10.1.1).
            _ when tree.Line($"sys/block/{Path.GetFileName(disk.Device)}/device/vendor") == "ATA" && disk.Transport != "usb" => await new AtaErasure(call).MethodsAsync(disk.Device, cancellationToken).ConfigureAwait(false),
            _ => [],
        };
        return disk with { WipeMethods = tree.Number($"sys/block/{Path.GetFileName(disk.Device)}/queue/discard_max_bytes") is > 0 ? [.. methods, WipeMethods.Discard] : methods };
    }

    private IReadOnlyList<string> Nvme(Disk disk)
    {
        try
        {
            using var device = BlockDevice.Open(tree.PathOf(disk.Device), disk.SizeBytes);
            return [.. NvmeErasure.Methods(device.Admin)];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
