namespace LpmOs.Contracts.Tasks;

/// <summary>What is to be set up in the hardware before a disk is written. Firmware and BIOS scripts are <see cref="TaskScript"/>s with <c>when</c> = <c>hardware</c>.</summary>
public sealed record HardwareConfigSpec
{
    public const int MostControllers = 8;

    /// <summary>RAID controllers to configure, at most 8.</summary>
    public IReadOnlyList<ControllerSpec> Controllers { get; init => field = value ?? []; } = [];
}

/// <summary>Arrays that a RAID controller is to have.</summary>
public sealed record ControllerSpec
{
    public const int MostArrays = 32;

    /// <summary>Its id in the hardware report (<c>raid_controllers</c>); null: the machine's only one.</summary>
    public string? Id { get; init; }
    /// <summary>Delete the arrays that are not asked for, and take asked-for disks that the system uses one by one (JBOD; storcli and perccli). What they hold is lost; the plan names each of them.</summary>
    public bool DeleteOthers { get; init; }
    /// <summary>At most 32.</summary>
    public IReadOnlyList<RaidArraySpec> Arrays { get; init => field = value ?? []; } = [];
}

/// <summary>An array on whole disks of a controller.</summary>
public sealed record RaidArraySpec
{
    public const int MostDisks = 64;

    /// <summary>1 to 15 letters, digits or any of _ - ; once on a controller.</summary>
    public required string Name { get; init; }
    /// <summary><c>raid0</c>, <c>raid1</c>, <c>raid5</c>, <c>raid6</c>, <c>raid10</c>.</summary>
    public required string Level { get; init; }
    /// <summary>Places of the disks as the hardware report has them: <c>252:0</c>, <c>1I:1:1</c>, <c>0,4</c>.</summary>
    public required IReadOnlyList<string> Disks { get; init; }
}

/// <summary>Levels of arrays, and how many disks each needs.</summary>
public static class RaidLevels
{
    /// <summary>Fewest disks; a mirror of mirrors takes an even number.</summary>
    public static IReadOnlyDictionary<string, int> Fewest { get; } = new Dictionary<string, int> { ["raid0"] = 1, ["raid1"] = 2, ["raid5"] = 3, ["raid6"] = 4, ["raid10"] = 4 };

    public static bool Fits(string level, int disks) => Fewest.TryGetValue(level, out var fewest) && disks >= fewest && (level != "raid1" || disks == 2) && (level != "raid10" || disks % 2 == 0);
}

/// <summary>A controller as it was found when the plan was made, and what will be done to it.</summary>
public sealed record ControllerPlan
{
    public required string Id { get; init; }
    /// <summary>storcli, perccli, ssacli or arcconf.</summary>
    public required string Tool { get; init; }
    public string? Model { get; init; }
    /// <summary>By it the controller is known again.</summary>
    public string? Serial { get; init; }
    /// <summary>Arrays that are deleted, with all that they hold.</summary>
    public IReadOnlyList<PlannedArray> Delete { get; init => field = value ?? []; } = [];
    /// <summary>Disks that the system uses one by one now (JBOD), by their places: the controller takes them, with all that they hold. Null: none.</summary>
    public IReadOnlyList<string>? Claim { get; init; }
    /// <summary>The disks that all this concerns, as they were when the plan was made: one that is another since, or holds something else, is not touched. Null: none is.</summary>
    public IReadOnlyList<ControllerDiskPlan>? Disks { get; init; }
    /// <summary>Arrays that are made; those that are there as they should be are not among them.</summary>
    public IReadOnlyList<RaidArraySpec> Create { get; init => field = value ?? []; } = [];
}

/// <summary>A disk behind a controller that is taken, made a part of an array, or whose array is deleted.</summary>
public sealed record ControllerDiskPlan
{
    /// <summary>As in <see cref="RaidArraySpec.Disks"/>.</summary>
    public required string Place { get; init; }
    /// <summary>Null where the controller's program tells none.</summary>
    public string? Serial { get; init; }
    /// <summary>Of what the system sees on it, where it uses the disk by itself; as <see cref="DiskPlan.ContentDigest"/>.</summary>
    public string? ContentDigest { get; init; }
}

/// <summary>An array that is there.</summary>
public sealed record PlannedArray
{
    public required string Id { get; init; }
    public string? Name { get; init; }
    public string? Level { get; init; }
    public long SizeBytes { get; init; }
    /// <summary>Of what the system sees on it; null where it is not known which of its disks the array is.</summary>
    public string? ContentDigest { get; init; }
    public IReadOnlyList<string> Disks { get; init => field = value ?? []; } = [];
}
