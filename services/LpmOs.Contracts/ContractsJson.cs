using System.Text.Json;
using System.Text.Json.Serialization;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Contracts;

/// <summary>
/// The one JSON dialect: snake_case, nulls left out, enumerations as strings. Source-generated, so the agent can be trimmed.
/// Generated readers set every init-only property, absent ones to null or zero: a property with another default says so in its setter.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(HardwareReport))]
[JsonSerializable(typeof(HardwareReportAnswer))]
[JsonSerializable(typeof(AssignedTask))]
[JsonSerializable(typeof(ProgressReport))]
[JsonSerializable(typeof(ProgressAnswer))]
[JsonSerializable(typeof(NextOperationRequest))]
[JsonSerializable(typeof(NextOperation))]
[JsonSerializable(typeof(LogBatch))]
[JsonSerializable(typeof(DirectiveAnswer))]
[JsonSerializable(typeof(Acknowledgement))]
[JsonSerializable(typeof(InstalledReport))]
[JsonSerializable(typeof(WipeReport))]
[JsonSerializable(typeof(TpmChallengeRequest))]
[JsonSerializable(typeof(TpmChallenge))]
[JsonSerializable(typeof(TpmProof))]
[JsonSerializable(typeof(Inventory))]
[JsonSerializable(typeof(MachineIdentity))]
[JsonSerializable(typeof(InstallTask))]
[JsonSerializable(typeof(TaskSpec))]
[JsonSerializable(typeof(InstallPlan))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class ContractsJson : JsonSerializerContext;

/// <summary>RFC 9457 problem details with our stable code.</summary>
public sealed record ProblemAnswer
{
    public string? Type { get; init; }
    public string? Title { get; init; }
    public int? Status { get; init; }
    public string? Detail { get; init; }
    /// <summary>Stable, for programs.</summary>
    public string? Code { get; init; }
    /// <summary>Field name to what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }
}
