using System.Text.Json;
using System.Text.Json.Serialization;
using LpmOs.Tasks.Access;
using LpmOs.Tasks.Assets;
using LpmOs.Tasks.Audit;
using LpmOs.Tasks.Batch;
using LpmOs.Tasks.Batch.AllOrNothing;
using LpmOs.Tasks.Boots;
using LpmOs.Tasks.Events;
using LpmOs.Tasks.Idcs;
using LpmOs.Tasks.Layouts;
using LpmOs.Tasks.Machines;
using LpmOs.Tasks.Profiles;
using LpmOs.Tasks.Sealing;
using LpmOs.Tasks.Servers;
using LpmOs.Tasks.Shells;
using LpmOs.Tasks.Stats;
using LpmOs.Tasks.Systems;
using LpmOs.Tasks.Tasks;
using LpmOs.Tasks.Templates;
using LpmOs.Tasks.Webhooks;
using LpmOs.Tasks.Wipes;

namespace LpmOs.Tasks;

/// <summary>Answers of the operators' API that are not shared with the agent; the same dialect as <see cref="Contracts.ContractsJson"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 32)]
[JsonSerializable(typeof(JsonDocument))]
[JsonSerializable(typeof(ApproveRequest))]
[JsonSerializable(typeof(ReasonRequest))]
[JsonSerializable(typeof(TaskPage))]
[JsonSerializable(typeof(TaskPlanAnswer))]
[JsonSerializable(typeof(TaskPreview))]
[JsonSerializable(typeof(TaskLogs))]
[JsonSerializable(typeof(TaskHistory))]
[JsonSerializable(typeof(ServerList))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(AuditVerification))]
[JsonSerializable(typeof(BatchBody))]
[JsonSerializable(typeof(BatchRecord))]
[JsonSerializable(typeof(BatchDecisionBody))]
[JsonSerializable(typeof(BatchResult))]
[JsonSerializable(typeof(IdempotentCall))]
[JsonSerializable(typeof(MachinePage))]
[JsonSerializable(typeof(BootPage))]
[JsonSerializable(typeof(BootSummary))]
[JsonSerializable(typeof(BootList))]
[JsonSerializable(typeof(MachineSummary))]
[JsonSerializable(typeof(EventMessage))]
[JsonSerializable(typeof(MachineDetail))]
[JsonSerializable(typeof(ProfileRequest))]
[JsonSerializable(typeof(ProfileList))]
[JsonSerializable(typeof(ProfileVersions))]
[JsonSerializable(typeof(EffectiveProfile))]
[JsonSerializable(typeof(TagDefaultsList))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(ResealResult))]
[JsonSerializable(typeof(RetireRequest))]
[JsonSerializable(typeof(KeyRotationRecord))]
[JsonSerializable(typeof(MachinePatch))]
[JsonSerializable(typeof(TpmRequirement))]
[JsonSerializable(typeof(ShellRequest))]
[JsonSerializable(typeof(MachineTaskRequest))]
[JsonSerializable(typeof(MachineTasks))]
[JsonSerializable(typeof(InventoryVersions))]
[JsonSerializable(typeof(InventoryDifference))]
[JsonSerializable(typeof(FleetStats))]
[JsonSerializable(typeof(IdcStats))]
[JsonSerializable(typeof(LayoutList))]
[JsonSerializable(typeof(WipeCertificateList))]
[JsonSerializable(typeof(AssetList))]
[JsonSerializable(typeof(AssetRequest))]
[JsonSerializable(typeof(LpmOs.Core.Domain.SiteAsset))]
[JsonSerializable(typeof(TemplateList))]
[JsonSerializable(typeof(TemplateText))]
[JsonSerializable(typeof(TemplateVersions))]
[JsonSerializable(typeof(TemplateVersionSummary))]
[JsonSerializable(typeof(TemplateDifference))]
[JsonSerializable(typeof(TemplateRequest))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(RenderRequest))]
[JsonSerializable(typeof(RenderedTemplate))]
[JsonSerializable(typeof(LintResult))]
[JsonSerializable(typeof(SampleList))]
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(WebhookState))]
[JsonSerializable(typeof(Delivery))]
[JsonSerializable(typeof(WebhookRequest))]
[JsonSerializable(typeof(WebhookAnswer))]
[JsonSerializable(typeof(WebhookList))]
[JsonSerializable(typeof(WebhookDeliveries))]
[JsonSerializable(typeof(LoginWays))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(PasswordRequest))]
[JsonSerializable(typeof(Me))]
[JsonSerializable(typeof(UserRequest))]
[JsonSerializable(typeof(UserAnswer))]
[JsonSerializable(typeof(UserList))]
[JsonSerializable(typeof(UserWithPassword))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenList))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(RoleList))]
[JsonSerializable(typeof(IdcList))]
[JsonSerializable(typeof(SystemList))]
internal sealed partial class TasksJson : JsonSerializerContext;
