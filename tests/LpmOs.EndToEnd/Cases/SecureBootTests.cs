using System.Buffers.Binary;
using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Evidence;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Cases;

/// <summary>
/// (e) Secure Boot with Microsoft's keys, enforced: iPXE is refused, the next start comes by shim, signed GRUB and signed kernel to the
/// agent; a kernel without its signature is refused; and shim and GRUB of a disk behind another one are started.
/// </summary>
public sealed partial class SecureBootTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("case", "e")]
    public async Task Secure_boot_lets_the_signed_way_pass_and_nothing_else()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Repository.NewWorkFolder("e");
        await using var network = await LabNetwork.CreateAsync("e", folder, cancellationToken);
        var files = await Repository.CopyBootFilesAsync(folder, cancellationToken);
        await using var deployment = await Deployment.StandaloneAsync(network, "full", cancellationToken, ("Boot:FilesPath", files));
        var spec = new MachineSpec
        {
            Firmware = FirmwareKind.UefiSecureBoot,
            NicDevice = "virtio-net-pci",
            DiskDevice = "virtio-blk-pci",
            SerialNumber = "SN-SECURE-0001",
            Mac = "52:54:00:77:00:05",
            DiskSerial = "VD-0005",
            DisksInFront = [Path.Combine(folder, "data.raw")],
        };
        await new SampleDisk(spec.DisksInFront[0]).MakeDataAsync(cancellationToken);
        await new SampleDisk(Path.Combine(folder, "disk.raw")).MakeSystemAsync("THE SIGNED SYSTEM", new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), true, cancellationToken);
        var boot = new BootCase("e UEFI, Secure Boot", network, output);
        await using var machine = new VirtualMachine(network, spec);

        // Nobody knows the machine yet, so it is offered iPXE. The firmware enforces: it fetches it and does not start it.
        await boot.StartAsync(machine, "iPXE refused after", Refused(), cancellationToken, ConsoleMarks.BootImage());
        await machine.PowerOffAsync();

        await using (var capture = await PacketCapture.StartAsync(network, "signed", cancellationToken))
        {
            await boot.StartAsync(machine, "power-on to first report by the signed way", ConsoleMarks.Polling(), cancellationToken);
            await BootCase.CheckAsync(capture, cancellationToken);
            var fetched = await capture.TftpFilesAsync(cancellationToken);
            foreach (var file in new[] { "shimx64.efi", "grubx64.efi", "grub/grub.cfg", "boot/vmlinuz", "boot/initramfs" })
                Assert.Contains(fetched, name => name.EndsWith(file, StringComparison.Ordinal));
            Assert.DoesNotContain(fetched, name => name.Contains("snponly", StringComparison.Ordinal));
        }

        // The kernel that runs says so itself.
        var found = await boot.Operator.MachineAsync(spec.SerialNumber, cancellationToken);
        Assert.Contains("\"secure_boot\":true", found.ToString(), StringComparison.Ordinal);
        await machine.PowerOffAsync();

        var kernel = Path.Combine(files, "boot", "vmlinuz");
        var signed = await File.ReadAllBytesAsync(kernel, cancellationToken);
        await File.WriteAllBytesAsync(kernel, WithoutSignature(signed), cancellationToken);
        await boot.StartAsync(machine, "unsigned kernel refused after", BadSignature(), cancellationToken, ConsoleMarks.BootImage());
        await machine.PowerOffAsync();
        await File.WriteAllBytesAsync(kernel, signed, cancellationToken);

        await boot.RejectAsync(spec, cancellationToken);
        await boot.StartAsync(machine, "power-on to the disk's signed system", SignedSystem(), cancellationToken, ConsoleMarks.BootImage());
        await boot.EndAsync(machine, cancellationToken);
    }

    /// <summary>The same program with an empty certificate table (PE format, "Optional Header Data Directories", entry 4).</summary>
    private static byte[] WithoutSignature(byte[] program)
    {
        const int optionalHeader = 24, directoriesOfPe32Plus = 112, certificateTable = 4 * 8;
        var at = BinaryPrimitives.ReadInt32LittleEndian(program.AsSpan(0x3C)) + optionalHeader + directoriesOfPe32Plus + certificateTable;
        var start = BinaryPrimitives.ReadInt32LittleEndian(program.AsSpan(at));
        Assert.InRange(start, 1, program.Length);
        var bare = program[..start];
        bare.AsSpan(at, 8).Clear();
        return bare;
    }

    [GeneratedRegex("Access Denied|Security Violation", RegexOptions.IgnoreCase)]
    private static partial Regex Refused();

    [GeneratedRegex("bad shim signature|has invalid signature", RegexOptions.IgnoreCase)]
    private static partial Regex BadSignature();

    [GeneratedRegex("^THE SIGNED SYSTEM")]
    private static partial Regex SignedSystem();
}
