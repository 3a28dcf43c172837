using System.Text.Json;

namespace LpmOs.Tasks.Lists;

/// <summary>A page of which every item is JSON already, as the answer to a request; its shape is that of <c>TaskPage</c> and <c>MachinePage</c>.</summary>
internal sealed class JsonPage(IReadOnlyList<byte[]> items, string? nextCursor, int total, long revision) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        // What is written here is written by us, and each item was valid when it was made.
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteStartArray("items"u8);
        foreach (var item in items)
            json.WriteRawValue(item, skipInputValidation: true);
        json.WriteEndArray();
        if (nextCursor is not null)
            json.WriteString("next_cursor"u8, nextCursor);
        json.WriteNumber("total"u8, total);
        json.WriteNumber("revision"u8, revision);
        json.WriteEndObject();
        await json.FlushAsync(httpContext.RequestAborted);
    }
}
