namespace LpmOs.Cli.Session;

/// <summary>Something that was typed or configured is wrong; the message says what and what is allowed.</summary>
internal sealed class UsageException(string message) : Exception(message);
