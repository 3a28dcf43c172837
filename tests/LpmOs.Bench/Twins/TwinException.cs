namespace LpmOs.Bench.Twins;

/// <summary>A service did what a machine cannot live with.</summary>
internal sealed class TwinException(string message) : Exception(message);
