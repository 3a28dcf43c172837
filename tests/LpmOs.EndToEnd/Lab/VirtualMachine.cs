using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LpmOs.EndToEnd.Lab;

/// <summary>A virtual server on the lab's tap: QEMU in software emulation, network first in its boot order, then its disks.</summary>
internal sealed class VirtualMachine : IAsyncDisposable
{
    private readonly LabNetwork _network;
    private BackgroundProcess? _process;
    private int _powerOns;

    public VirtualMachine(LabNetwork network, MachineSpec spec)
    {
        _network = network;
        Spec = spec;
        DiskFile = Path.Combine(_network.Folder, "disk.raw");
        if (!File.Exists(DiskFile))
        {
            using var disk = File.Create(DiskFile);
            disk.SetLength(spec.DiskBytes);
        }

        foreach (var extra in spec.DisksBehind.Where(extra => !File.Exists(extra.File)))
        {
            using var disk = File.Create(extra.File);
            disk.SetLength(extra.Bytes);
        }

        if (QemuFirmware.Variables(spec.Firmware) is { } variables)
        {
            File.Copy(variables, VariablesFile);
        }
    }

    public MachineSpec Spec { get; }

    /// <summary>Its own disk; what a case put there before is kept.</summary>
    public string DiskFile { get; }

    /// <summary>Files of disks that were pulled: the machine starts without them.</summary>
    public HashSet<string> Pulled { get; } = [];

    /// <summary>What QEMU traced since the last power-on.</summary>
    public string TraceFile => Path.Combine(_network.Folder, "trace.txt");

    /// <summary>The serial console since the last power-on.</summary>
    public ConsoleLog Console => _process?.Log ?? throw new InvalidOperationException("The machine was never on.");

    public bool HasEnded => _process?.HasEnded ?? true;

    /// <summary>Processor time of all runs.</summary>
    public TimeSpan ProcessorTime { get; private set; }

    private string ControlSocket => Path.Combine(_network.Folder, "qmp");

    private string VariablesFile => Path.Combine(_network.Folder, "uefi-variables.fd");

    public void PowerOn()
    {
        _powerOns++;
        _process = _network.Start(QemuFirmware.Program(Spec.Firmware), Arguments(), $"console-{_powerOns.ToString(CultureInfo.InvariantCulture)}.log", typed: true);
    }

    /// <summary>Types on the serial console.</summary>
    public Task TypeAsync(string text, CancellationToken cancellationToken) =>
        (_process ?? throw new InvalidOperationException("The machine is off.")).TypeAsync(text, cancellationToken);

    /// <summary>As when the plug is pulled.</summary>
    public async Task PowerOffAsync()
    {
        if (_process is not null)
        {
            ProcessorTime += _process.ProcessorTime();
            await _process.DisposeAsync();
            _process = null;
        }
    }

    /// <summary>Pulls the cable out of a NIC (nic0 is the one that it boots from), or puts it in again: the machine sees its link go.</summary>
    public Task SetLinkAsync(string nic, bool up, CancellationToken cancellationToken) =>
        ControlAsync($$"""{"execute":"set_link","arguments":{"name":"{{nic}}","up":{{(up ? "true" : "false")}} } }""", cancellationToken);

    public async ValueTask DisposeAsync() => await PowerOffAsync();

    // QEMU Machine Protocol: a greeting, then capabilities, then commands; each answer is one line.
    private async Task ControlAsync(string command, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(ControlSocket), cancellationToken);
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        await reader.ReadLineAsync(cancellationToken);
        foreach (var line in (string[])["""{"execute":"qmp_capabilities"}""", command])
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), cancellationToken);
            var answer = await reader.ReadLineAsync(cancellationToken);
            while (answer?.Contains("\"event\"", StringComparison.Ordinal) == true)
                answer = await reader.ReadLineAsync(cancellationToken);
            if (answer?.Contains("\"return\"", StringComparison.Ordinal) != true)
                throw new InvalidOperationException($"QEMU answers {line} with {answer ?? "nothing"}");
        }
    }

    private List<string> Arguments()
    {
        // OVMF brings a driver for virtio-net only, and that one takes part in its own PXE client; other NICs need their option ROM.
        var rom = Spec.Firmware != FirmwareKind.Bios && Spec.NicDevice == "virtio-net-pci" ? ",romfile=" : "";
        List<string> arguments =
        [
            .. QemuFirmware.Machine(Spec.Firmware, VariablesFile),
            "-smp", Spec.Processors.ToString(CultureInfo.InvariantCulture), "-m", Spec.MemoryMiB.ToString(CultureInfo.InvariantCulture),
            "-display", "none", "-serial", "stdio", "-monitor", "none", "-no-user-config", "-nodefaults",
            "-smbios", $"type=1,serial={Spec.SerialNumber},product={Spec.Product},manufacturer={Spec.Manufacturer},uuid={Spec.Uuid}",
            "-device", "virtio-rng-pci",
            "-netdev", "tap,id=net,ifname=tap0,script=no,downscript=no",
            "-device", $"{Spec.NicDevice},id=nic0,netdev=net,mac={Spec.Mac},bootindex=1{rom}",
            "-qmp", $"unix:{ControlSocket},server=on,wait=off",
        ];
        foreach (var (at, mac) in Spec.MoreMacs.Index())
        {
            var name = (at + 1).ToString(CultureInfo.InvariantCulture);
            arguments.AddRange(["-netdev", $"tap,id=net{name},ifname=tap{name},script=no,downscript=no", "-device", $"{Spec.NicDevice},id=nic{name},netdev=net{name},mac={mac},romfile="]);
        }

        if (Spec.HasRaidController)
            arguments.AddRange(["-device", RaidControllerProgram.Controller]);

        var number = 1;
        foreach (var file in Spec.DisksInFront)
            arguments.AddRange(Disk(file, $"FRONT-{number.ToString(CultureInfo.InvariantCulture)}", ++number));
        number++;
        if (!Pulled.Contains(DiskFile))
            arguments.AddRange(Disk(DiskFile, Spec.DiskSerial, number));
        foreach (var extra in Spec.DisksBehind)
        {
            number++;
            if (!Pulled.Contains(extra.File))
                arguments.AddRange(Disk(extra.File, extra.Serial, number, extra.Device));
        }

        if (Spec.Clock is { } clock)
            arguments.AddRange(["-rtc", $"base={clock}"]);

        if (Spec.TraceNvme)
            arguments.AddRange(["-trace", $"pci_nvme_admin_cmd,file={TraceFile}"]);

        if (Spec.TpmSocket is { } tpm)
            arguments.AddRange(["-chardev", $"socket,id=tpm,path={tpm}", "-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-tis,tpmdev=tpm0"]);

        if (Spec.HttpBootOnly)
        {
            foreach (var way in new[] { "IPv4PXESupport", "IPv6PXESupport" })
                arguments.AddRange(["-fw_cfg", $"name=opt/org.tianocore/{way},string=no"]);
        }

        return arguments;
    }

    private IEnumerable<string> Disk(string file, string serial, int bootIndex, string? device = null)
    {
        var id = $"disk{bootIndex.ToString(CultureInfo.InvariantCulture)}";
        // QEMU's blkdebug driver: writes that touch the sector fail with EIO (5).
        var broken = Spec.BrokenByte is { } place && file == DiskFile
            ? $"driver=raw,file.driver=blkdebug,file.image.driver=file,file.image.filename={file},file.inject-error.0.event=none,file.inject-error.0.iotype=write,file.inject-error.0.errno=5,file.inject-error.0.sector={(place / 512).ToString(CultureInfo.InvariantCulture)}"
            : $"file={file},format=raw";
        return
        [
            "-drive", $"if=none,id={id},{broken},cache=unsafe,discard=unmap",
            "-device", $"{device ?? Spec.DiskDevice},drive={id},serial={serial},bootindex={bootIndex.ToString(CultureInfo.InvariantCulture)}",
        ];
    }
}
