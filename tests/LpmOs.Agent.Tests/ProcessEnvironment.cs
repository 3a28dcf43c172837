namespace LpmOs.Agent.Tests;

/// <summary>Tests that change variables of the whole process run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessEnvironment
{
    public const string Name = "process environment";
}
