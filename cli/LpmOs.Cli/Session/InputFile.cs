namespace LpmOs.Cli.Session;

/// <summary>Files that a person names; <c>-</c> is the standard input.</summary>
internal static class InputFile
{
    /// <summary>What the service accepts at most in one call, 8 MiB.</summary>
    private const long Longest = 8 * 1024 * 1024;

    public static async Task<string> TextAsync(string path, CliSession session, CancellationToken cancellationToken) =>
        path == "-" ? await session.Terminal.In.ReadToEndAsync(cancellationToken) : System.Text.Encoding.UTF8.GetString(await BytesAsync(path, session, cancellationToken));

    /// <summary>As they are, so that the service judges the encoding.</summary>
    /// <exception cref="UsageException">It cannot be read.</exception>
    public static async Task<byte[]> BytesAsync(string path, CliSession session, CancellationToken cancellationToken)
    {
        try
        {
            if (path == "-")
                return System.Text.Encoding.UTF8.GetBytes(await session.Terminal.In.ReadToEndAsync(cancellationToken));
            return new FileInfo(path).Length > Longest ? throw new UsageException(session.Words.FileUnreadable(path, "> 8 MiB")) : await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new UsageException(session.Words.FileUnreadable(path, e.Message));
        }
    }
}
