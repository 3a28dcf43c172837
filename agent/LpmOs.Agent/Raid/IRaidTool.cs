using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Raid;

/// <summary>A vendor's program for its RAID controllers.</summary>
internal interface IRaidTool
{
    /// <summary>As in <see cref="RaidController.Tool"/>.</summary>
    string Name { get; }

    /// <summary>Every controller that it finds, with arrays and disks; none where the program is not there.</summary>
    /// <exception cref="ProgramException">The program is there and fails.</exception>
    Task<IReadOnlyList<RaidController>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Deletes an array with all that it holds.</summary>
    /// <exception cref="ProgramException">The program refused, or failed.</exception>
    Task DeleteAsync(RaidController controller, RaidArray array, CancellationToken cancellationToken);

    /// <summary>Takes a disk that the system uses by itself (JBOD) for arrays, with all that it holds.</summary>
    /// <exception cref="ProgramException">The program refused, failed, or has no such order.</exception>
    Task ClaimAsync(RaidController controller, RaidDisk disk, CancellationToken cancellationToken) => throw new ProgramException($"{Name} takes no such disk");

    /// <summary>Makes an array of whole disks.</summary>
    /// <exception cref="ProgramException">The program refused, or failed.</exception>
    Task CreateAsync(RaidController controller, RaidArraySpec array, CancellationToken cancellationToken);
}
