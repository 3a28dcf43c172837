using System.Net;

namespace LpmOs.Core.Domain.Tokens;

/// <summary>An address as records name it: one form, so that a search finds all that came from it.</summary>
internal static class AddressText
{
    /// <summary>A socket on <c>[::]</c> shows callers by IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2).</summary>
    public static string? Of(IPAddress? address) => (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();
}
