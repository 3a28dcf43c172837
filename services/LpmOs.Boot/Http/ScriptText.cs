using System.Buffers;
using System.Text;

namespace LpmOs.Boot.Http;

/// <summary>A rendered script as plain ASCII, written where it goes: a whole room of machines asks at once, and the general results read and write content types each time.</summary>
/// <param name="write">Renders it.</param>
internal sealed class ScriptText(Action<IBufferWriter<byte>> write) : IResult
{
    /// <summary>A longer one is not kept for the next script on the thread.</summary>
    private const int Longest = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _spare;

    public ScriptText(string text)
        : this(output => Encoding.ASCII.GetBytes(text, output))
    {
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        Render(httpContext);
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }

    // The length must be known before the first byte is sent.
    private void Render(HttpContext httpContext)
    {
        var buffer = _spare ?? new ArrayBufferWriter<byte>(4096);
        _spare = null;
        write(buffer);
        var response = httpContext.Response;
        response.ContentType = "text/plain; charset=us-ascii";
        response.ContentLength = buffer.WrittenCount;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            response.BodyWriter.Write(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
        if (buffer.Capacity <= Longest)
            _spare = buffer;
    }
}
