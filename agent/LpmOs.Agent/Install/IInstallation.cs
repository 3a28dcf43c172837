using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install;

/// <summary>Puts the planned system on the planned disk, or (dry run) tells how it would.</summary>
internal interface IInstallation
{
    /// <exception cref="InstallException">It failed; nothing that could boot is left on the disk.</exception>
    /// <exception cref="OperationCanceledException">Aborted, with the same care.</exception>
    /// <param name="plan">Null only in a dry run, of a machine that no plan could be made for.</param>
    Task RunAsync(InstallPlan? plan, InstallOrder order, CancellationToken cancellationToken);
}
