namespace LpmOs.Agent.Install.Image;

/// <summary>The unpacking program does not take more: not a fault of the transfer.</summary>
internal sealed class UnpackException(string message, Exception inner) : IOException(message, inner);
