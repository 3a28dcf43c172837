using System.Buffers;
using System.Text;

namespace LpmOs.Boot.Http;

/// <summary>A GET of a whole file below <c>/files/</c> that asks for nothing else.</summary>
/// <param name="Path">Below <c>/files/</c>.</param>
/// <param name="Close">The client wants the connection closed after the answer.</param>
internal sealed record PlainFileRequest(string Path, bool Close)
{
    private const int LongestHead = 4096;

    private static ReadOnlySpan<byte> Start => "GET /files/"u8;
    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+~");
    /// <summary>Header fields that change nothing of the answer. With any other one (ranges, conditions, a body) the request is not plain.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase) { "Host", "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Cache-Control", "Pragma" };

    /// <param name="end">Behind the request, where there is one.</param>
    /// <returns>The request, or whether more must come before it can be told.</returns>
    public static (PlainFileRequest? Request, bool More) Read(in ReadOnlySequence<byte> buffer, out SequencePosition end)
    {
        end = buffer.Start;
        var length = (int)Math.Min(buffer.Length, LongestHead);
        Span<byte> head = stackalloc byte[length];
        buffer.Slice(0, length).CopyTo(head);
        var known = Math.Min(length, Start.Length);
        if (!head[..known].SequenceEqual(Start[..known]))
            return (null, false);
        var at = head.IndexOf(EndOfHead);
        if (at < 0)
            return (null, length < LongestHead);
        end = buffer.GetPosition(at + EndOfHead.Length);
        return (Parse(Encoding.Latin1.GetString(head[..at])), false);
    }

    private static PlainFileRequest? Parse(string head)
    {
        var lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not ["GET", var path, "HTTP/1.1"] || path.AsSpan().ContainsAnyExcept(PathCharacters))
            return null;
        var (host, close) = (false, false);
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan().ContainsAnyInRange('\0', '\x1f'))
                return null;
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            if (name.Equals("Connection", StringComparison.OrdinalIgnoreCase))
            {
                if (value.Equals("close", StringComparison.OrdinalIgnoreCase))
                    close = true;
                else if (!value.Equals("keep-alive", StringComparison.OrdinalIgnoreCase))
                    return null;
            }
            else if (!Harmless.Contains(name) || (host && name.Equals("Host", StringComparison.OrdinalIgnoreCase)))
                return null;
            else
                host |= name.Equals("Host", StringComparison.OrdinalIgnoreCase);
        }
        // RFC 9112, section 3.2: a request without Host is refused, which ASP.NET Core does.
        return host ? new PlainFileRequest(path["/files/".Length..], close) : null;
    }
}
