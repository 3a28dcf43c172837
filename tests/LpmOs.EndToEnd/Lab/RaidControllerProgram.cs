namespace LpmOs.EndToEnd.Lab;

/// <summary>
/// The program of the lab's RAID controller. The controller is QEMU's MegaRAID with the kernel's own driver; storcli may not be handed out, so a script in the boot image tells of disks and arrays in its
/// words. The kernel does not look for the controller's logical drive before the script was told to make it. What is then found, written and started is a disk as any other.
/// </summary>
internal static class RaidControllerProgram
{
    public const string Wwn = "naa.5000c500a1b2c3d4";
    /// <summary>QEMU device.</summary>
    public const string Controller = "megasas,id=raid,addr=0x10";
    /// <summary>QEMU device of the array.</summary>
    public const string Array = "scsi-hd,bus=raid.0,wwn=0x5000c500a1b2c3d4";
    /// <summary>Of the array: two disks of 7 GiB, less what the controller keeps.</summary>
    public const long ArrayBytes = 6L << 30;
    /// <summary>Begins each line on the console that tells how the program was called to change something.</summary>
    public const string Called = "E2E-CONTROLLER ";

    private const string Script = """
        #!/bin/sh
        made=/run/raid-controller
        answer() { printf '{"Controllers":[{"Command Status":{"CLI Version":"007.1513.0000.0000 Apr 01, 2021","Operating system":"Linux","Controller":0,"Status":"%s","Description":"%s"},"Response Data":{%s}}]}\n' "$1" "$2" "$3"; }
        state=UGood group='"-"' array=
        [ ! -e "$made" ] || { state=Onln group=0 array='{"DG/VD":"0/0","TYPE":"RAID1","State":"Optl","Access":"RW","Size":"6.000 GB","Name":"system"}'; }
        drive() { printf '{"EID:Slt":"%s","DID":%s,"State":"%s","DG":%s,"Size":"7.000 GB","Intf":"SAS","Med":"SSD","Model":"LAB-SSD-7G","Sp":"U"}' "$1" "${1#*:}" "$state" "$group"; }
        case $* in
        '/call show all J')
          answer Success None '"Basics":{"Controller":0,"Model":"MegaRAID SAS 8708EM2","Serial Number":"SV-LAB-0001","PCI Address":"00:00:10:00"},"Version":{"Firmware Version":"1.0"},"Status":{"Controller Status":"Optimal"},"VD LIST":['"$array"'],"PD LIST":['"$(drive 252:0),$(drive 252:1)"']' ;;
        '/c0/vall show all J')
          [ -e "$made" ] || { answer Failure 'No VDs have been configured' ''; exit 1; }
          answer Success None '"/c0/v0":['"$array"'],"PDs for VD 0":['"$(drive 252:0),$(drive 252:1)"'],"VD0 Properties":{"Number of Blocks":12582912,"SCSI NAA Id":"5000C500A1B2C3D4"}' ;;
        '/c0/eall/sall show all J')
          answer Success 'Show Drive Information Succeeded.' '' ;;
        '/c0 add vd type=raid1 name=system drives=252:0,252:1 J')
          echo "E2E-CONTROLLER $*" > /dev/console
          [ ! -e "$made" ] || { answer Failure 'The drives are in use' ''; exit 1; }
          : > "$made"
          for host in /sys/class/scsi_host/host*; do
            [ "$(cat "$host/proc_name")" != megaraid_sas ] || echo '- - -' > "$host/scan"
          done
          answer Success 'Add VD Succeeded.' '' ;;
        *)
          echo "E2E-CONTROLLER $*" > /dev/console
          answer Failure 'syntax error, unexpected command' ''; exit 1 ;;
        esac

        """;

    /// <summary>Puts the program into the boot image of these boot files, before all else of it: the kernel unpacks one archive behind the other (early-userspace/buffer-format in its documentation).</summary>
    public static async Task InstallAsync(string files, string folder, CancellationToken cancellationToken)
    {
        var tree = Directory.CreateDirectory(Path.Combine(folder, "controller")).FullName;
        var program = Path.Combine(Directory.CreateDirectory(Path.Combine(tree, "opt", "MegaRAID", "storcli")).FullName, "storcli64");
        await File.WriteAllTextAsync(program, Script, cancellationToken);
        // The kernel's SCSI layer: only who asks for it has a bus searched (Documentation/admin-guide/kernel-parameters, scsi_mod.scan).
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(tree, "etc", "modprobe.d")).FullName, "raid-controller.conf"), "options scsi_mod scan=manual\n", cancellationToken);
        var image = Path.Combine(files, "boot", "initramfs");
        await Command.RunAsync("/bin/sh", ["-c", $"chmod 755 '{program}' && cd '{tree}' && find . | sort | cpio -o -H newc -R 0:0 --quiet > '{image}.new' && cat '{image}' >> '{image}.new' && mv '{image}.new' '{image}'"], cancellationToken);
    }
}
