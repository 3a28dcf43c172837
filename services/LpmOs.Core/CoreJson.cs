using System.Text.Json;
using System.Text.Json.Serialization;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Domain.Profiles;
using LpmOs.Core.Domain.Shells;
using LpmOs.Core.Domain.Sites;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Domain.Wipes;
using LpmOs.Core.Security;

namespace LpmOs.Core;

/// <summary>Store values that are not wire types of the agent; the same dialect as <see cref="Contracts.ContractsJson"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(AuditRecord))]
[JsonSerializable(typeof(AuditLink))]
[JsonSerializable(typeof(AuditMark))]
[JsonSerializable(typeof(RegisteredServer))]
[JsonSerializable(typeof(MachineRecord))]
[JsonSerializable(typeof(MachineClaim))]
[JsonSerializable(typeof(ServiceInstance))]
[JsonSerializable(typeof(ProfileSettings))]
[JsonSerializable(typeof(InstallProfile))]
[JsonSerializable(typeof(AssetCopy))]
[JsonSerializable(typeof(SiteAsset))]
[JsonSerializable(typeof(SiteImage))]
[JsonSerializable(typeof(SiteStats))]
[JsonSerializable(typeof(SiteSettings))]
[JsonSerializable(typeof(TemplateOverride))]
[JsonSerializable(typeof(TokenClaims))]
[JsonSerializable(typeof(TokenUse))]
[JsonSerializable(typeof(TpmBinding))]
[JsonSerializable(typeof(SecurityAlert))]
[JsonSerializable(typeof(UserAccount))]
[JsonSerializable(typeof(ApiToken))]
[JsonSerializable(typeof(LoginSession))]
[JsonSerializable(typeof(WipeCertificate))]
[JsonSerializable(typeof(WipeStatement))]
[JsonSerializable(typeof(LogChunk))]
[JsonSerializable(typeof(ShellSession))]
[JsonSerializable(typeof(BootRecord))]
[JsonSerializable(typeof(ForeignDhcpServer))]
public sealed partial class CoreJson : JsonSerializerContext;
