using System.Text;

namespace LpmOs.Boot.Http;

/// <summary>A rendered script as plain ASCII, written where it goes: a whole room of machines asks at once, and the general results read and write content types each time.</summary>
internal sealed class ScriptText(string text) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/plain; charset=us-ascii";
        response.ContentLength = Encoding.ASCII.GetByteCount(text);
        if (HttpMethods.IsHead(httpContext.Request.Method))
            return;
        Encoding.ASCII.GetBytes(text, response.BodyWriter);
        await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }
}
