using System.Net;
using LpmOs.Contracts;

namespace LpmOs.Agent.Reporting;

/// <summary>A decided answer of the regional service: what was asked for, or its refusal.</summary>
internal sealed record ApiAnswer<T>(HttpStatusCode Status, T? Value, ProblemAnswer? Problem) where T : class
{
    /// <summary>The refusal for a person: title, detail and the fields that are wrong.</summary>
    public string Refusal
    {
        get
        {
            var fields = Problem?.Errors is { Count: > 0 } errors ? " " + string.Join(" ", errors.Take(8).Select(error => $"{error.Key}: {string.Join(" ", error.Value)}")) : "";
            return Printable.Clean($"{(int)Status} {Problem?.Title ?? Status.ToString()}{(Problem?.Detail is { } detail ? ": " + detail : "")}{fields}", 600);
        }
    }
}
