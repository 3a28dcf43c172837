namespace LpmOs.Tasks.Requests;

/// <summary>Who asks for a change, and from where.</summary>
internal sealed record Actor(string Name, string? From)
{
    public static ValueTask<Actor> BindAsync(HttpContext context) =>
        ValueTask.FromResult(new Actor("operator", context.Connection.RemoteIpAddress?.ToString()));
}
