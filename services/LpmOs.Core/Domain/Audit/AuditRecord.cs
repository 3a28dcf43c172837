using System.Text.Json;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Audit;

/// <summary>One change, for good: the value of <c>/os/{idc}/audit/{id}</c>, written in the transaction of the change itself.</summary>
public sealed record AuditRecord
{
    /// <summary>Sorts the newest first: the time that is left until the year 9999, and eight random hexadecimal digits.</summary>
    public required string Id { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>An operator, or the part of the system that did it.</summary>
    public required string By { get; init; }
    /// <summary>Address that the request came from; absent where no operator's request was the cause.</summary>
    public string? From { get; init; }
    /// <summary>For example <c>task.created</c>, <c>task.approved</c>.</summary>
    public required string Action { get; init; }
    public required string Idc { get; init; }
    public string? Sn { get; init; }
    public string? TaskId { get; init; }
    public string? Reason { get; init; }
    public AuditedTask? Before { get; init; }
    public AuditedTask? After { get; init; }
    /// <summary>What the thing that was changed was, where it is no task; absent where it is new.</summary>
    public JsonElement? ValueBefore { get; init; }
    /// <summary>What it is now; absent where it was deleted.</summary>
    public JsonElement? ValueAfter { get; init; }
    /// <summary>Which of the IDC's chains of records, 0 to 7; absent where the record is older than the chains.</summary>
    public int? Chain { get; init; }
    /// <summary>Place in the chain; none is left out.</summary>
    public long? Number { get; init; }
    /// <summary>Hash of the record before it in the chain.</summary>
    public string? Previous { get; init; }
    /// <summary>SHA-256 of the record as it lies in the store, without this field.</summary>
    public string? Hash { get; init; }
}

/// <summary>What matters of a task for who looks back.</summary>
public sealed record AuditedTask
{
    public required string TaskId { get; init; }
    public required TaskState Status { get; init; }
    public required int Attempt { get; init; }
    public string? OsType { get; init; }
    public string? OsVersion { get; init; }
    public string? Hostname { get; init; }
    public string? PlanHash { get; init; }
    public string? FailureCode { get; init; }
}
