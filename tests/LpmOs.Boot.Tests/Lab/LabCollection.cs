namespace LpmOs.Boot.Tests.Lab;

/// <summary>Counts handles and starts processes: alone.</summary>
[CollectionDefinition("lab", DisableParallelization = true)]
public sealed class LabCollection;
