using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LpmOs.Boot.Dhcp;

/// <summary>The value at <c>/os/{idc}/dhcp/leases/{address}</c>.</summary>
internal sealed record DhcpLease
{
    public required string Address { get; init; }
    /// <summary><see cref="DhcpPacket.ClientKey"/>; null where the address was declined: something that is not our client uses it.</summary>
    public string? Client { get; init; }
    public string? Mac { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    public static DhcpLease? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var lease = JsonSerializer.Deserialize(json, LeaseJson.Default.DhcpLease);
            return IPAddress.TryParse(lease?.Address, out _) ? lease : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, LeaseJson.Default.DhcpLease);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DhcpLease))]
internal sealed partial class LeaseJson : JsonSerializerContext;
