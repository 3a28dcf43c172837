using LpmOs.Contracts.Hardware;

namespace LpmOs.Agent.Reporting;

/// <summary>The attempt that reports belong to.</summary>
/// <param name="Sn">Of this machine, which a task may know by its MAC only.</param>
/// <param name="TaskId">The task.</param>
/// <param name="Attempt">1 for the first try.</param>
/// <param name="LastSequence">Highest number that the service has accepted in this attempt, from an agent before a restart.</param>
internal sealed record TaskIdentity(string Sn, string TaskId, int Attempt, long LastSequence)
{
    /// <summary>How far an agent before a restart had come in this attempt, 0 to 100.</summary>
    public int PercentBefore { get; init; }

    /// <summary>What this machine is besides its serial number, which another one may share.</summary>
    public MachineIdentity? Machine { get; init; }
}
