using LpmOs.Agent.Install;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Workflow;

internal sealed class WorkingInstallation(Func<CancellationToken, Task> work) : IInstallation
{
    public Task RunAsync(InstallPlan? plan, InstallOrder order, CancellationToken cancellationToken) => work(cancellationToken);
}
