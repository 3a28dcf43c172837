namespace LpmOs.Agent.Activation;

/// <summary>The TPM refused a command, or its answer cannot be read; the message says which.</summary>
internal sealed class TpmException(string message) : Exception(message);
