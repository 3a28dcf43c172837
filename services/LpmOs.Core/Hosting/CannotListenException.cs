namespace LpmOs.Core.Hosting;

/// <summary>An address of a setting cannot be listened on; the message names the setting and says what to do. No IOException: of several addresses of one name Kestrel then tries the next.</summary>
internal sealed class CannotListenException(string message, Exception inner) : Exception(message, inner);
