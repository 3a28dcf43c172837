namespace LpmOs.Agent.Reporting;

/// <summary>The attempt that reports belong to.</summary>
internal sealed record TaskIdentity(string Sn, string TaskId, int Attempt);
