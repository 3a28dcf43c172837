using LpmOs.Contracts.Tasks;
using LpmOs.Tasks.Machines;

namespace LpmOs.Tasks.Tests.Machines;

public sealed class MachineTaskRequestTests
{
    /// <summary>What the document does not name, no generated client can send.</summary>
    [Fact]
    public void The_document_names_all_that_a_task_may_be_asked_for_but_the_machine() =>
        Assert.Equal(typeof(TaskSpec).GetProperties().Select(property => property.Name).Except([nameof(TaskSpec.Idc), nameof(TaskSpec.Sn)]).Order(), typeof(MachineTaskRequest).GetProperties().Select(property => property.Name).Order());
}
