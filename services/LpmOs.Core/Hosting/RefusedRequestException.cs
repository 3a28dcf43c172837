namespace LpmOs.Core.Hosting;

/// <summary>A request that is understood and refused: answered with the status and the stable code that it carries.</summary>
public sealed class RefusedRequestException(int status, string code, string title, string? detail = null) : Exception(title)
{
    public int Status { get; } = status;
    public string Code { get; } = code;
    public string? Detail { get; } = detail;

    /// <summary>404 "Task not found".</summary>
    public static RefusedRequestException TaskNotFound(string detail) => new(404, "task_not_found", "Task not found", detail);
}
