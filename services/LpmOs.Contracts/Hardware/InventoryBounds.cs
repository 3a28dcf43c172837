namespace LpmOs.Contracts.Hardware;

/// <summary>How much of a machine is described. The agent leaves out what is beyond and says so; the regional service refuses it.</summary>
public static class InventoryBounds
{
    public const int Disks = 1024;
    public const int Partitions = 256;
    public const int Nics = 512;
    public const int PciDevices = 1024;
    public const int Gpus = 64;
    public const int Dimms = 512;
    public const int NumaNodes = 1024;
    public const int Flags = 64;
    public const int SoftwareArrays = 256;
    public const int VolumeGroups = 256;
    public const int LogicalVolumes = 1024;
    public const int Multipaths = 1024;
    public const int RaidControllers = 32;
    /// <summary>Arrays of one controller, disks of one controller, members of anything.</summary>
    public const int Members = 1024;
    public const int Warnings = 64;
    /// <summary>Characters of one text.</summary>
    public const int Text = 1024;
    /// <summary>Of the whole as JSON: well under etcd's limit of a request (1.5 MiB), as a transaction holds two of them.</summary>
    public const int Bytes = 512 * 1024;
    /// <summary>Levels of objects and lists in JSON.</summary>
    public const int Depth = 32;
}
