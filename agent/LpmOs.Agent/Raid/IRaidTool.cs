using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Raid;

/// <summary>A vendor's program for its RAID controllers.</summary>
internal interface IRaidTool
{
    /// <summary>As in <see cref="RaidController.Tool"/>.</summary>
    string Name { get; }

    /// <summary>Every controller that it finds, with arrays and disks; none where the program is not there.</summary>
    /// <exception cref="ProgramException">The program is there and fails.</exception>
    Task<IReadOnlyList<RaidController>> ListAsync(CancellationToken cancellationToken);
}
