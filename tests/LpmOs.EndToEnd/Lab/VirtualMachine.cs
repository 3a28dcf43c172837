using System.Globalization;

namespace LpmOs.EndToEnd.Lab;

/// <summary>A virtual server on the lab's tap: QEMU in software emulation, network first in its boot order, then its disk.</summary>
internal sealed class VirtualMachine : IAsyncDisposable
{
    private const string OvmfCode = "/usr/share/OVMF/OVMF_CODE_4M.fd";
    private const string OvmfVariables = "/usr/share/OVMF/OVMF_VARS_4M.fd";

    private readonly LabNetwork _network;
    private BackgroundProcess? _process;
    private int _powerOns;

    public VirtualMachine(LabNetwork network, MachineSpec spec)
    {
        _network = network;
        Spec = spec;
        DiskFile = Path.Combine(_network.Folder, "disk.raw");
        using (var disk = File.Create(DiskFile))
        {
            disk.SetLength(spec.DiskBytes);
        }

        if (spec.Firmware == FirmwareKind.Uefi)
        {
            File.Copy(OvmfVariables, VariablesFile);
        }
    }

    public MachineSpec Spec { get; }

    public string DiskFile { get; }

    /// <summary>The serial console since the last power-on.</summary>
    public ConsoleLog Console => _process?.Log ?? throw new InvalidOperationException("The machine was never on.");

    public bool HasEnded => _process?.HasEnded ?? true;

    /// <summary>Processor time of all runs.</summary>
    public TimeSpan ProcessorTime { get; private set; }

    private string VariablesFile => Path.Combine(_network.Folder, "uefi-variables.fd");

    public void PowerOn()
    {
        _powerOns++;
        _process = _network.Start("qemu-system-x86_64", Arguments(), $"console-{_powerOns.ToString(CultureInfo.InvariantCulture)}.log");
    }

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

    public async ValueTask DisposeAsync() => await PowerOffAsync();

    private List<string> Arguments()
    {
        var uefi = Spec.Firmware == FirmwareKind.Uefi;
        List<string> arguments =
        [
            // graphics=off: BIOS and iPXE write to the serial console. /dev/kvm may exist and hang, so never ask for it.
            "-machine", uefi ? "q35" : "q35,graphics=off", "-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max",
            "-smp", Spec.Processors.ToString(CultureInfo.InvariantCulture), "-m", Spec.MemoryMiB.ToString(CultureInfo.InvariantCulture),
            "-display", "none", "-vga", "none", "-serial", "stdio", "-monitor", "none", "-no-user-config", "-nodefaults",
            "-smbios", $"type=1,serial={Spec.SerialNumber},product={Spec.Product},manufacturer={Spec.Manufacturer},uuid={Spec.Uuid}",
            "-device", "virtio-rng-pci",
            "-netdev", "tap,id=net,ifname=tap0,script=no,downscript=no",
            // OVMF brings a driver for virtio-net only, and that one takes part in its own PXE client; other NICs need their option ROM.
            "-device", $"{Spec.NicDevice},netdev=net,mac={Spec.Mac},bootindex=1" + (uefi && Spec.NicDevice == "virtio-net-pci" ? ",romfile=" : ""),
            "-drive", $"if=none,id=disk,file={DiskFile},format=raw,cache=unsafe,discard=unmap",
            "-device", $"{Spec.DiskDevice},drive=disk,serial={Spec.DiskSerial},bootindex=2",
        ];
        if (uefi)
        {
            arguments.AddRange(
            [
                "-drive", $"if=pflash,format=raw,unit=0,readonly=on,file={OvmfCode}",
                "-drive", $"if=pflash,format=raw,unit=1,file={VariablesFile}",
            ]);
        }

        return arguments;
    }
}
