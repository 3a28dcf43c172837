using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target.Network;

/// <summary>One interface of the new system, every value checked and in canonical form.</summary>
internal sealed record NetworkPlan(string Mac, bool Dhcp4, IReadOnlyList<string> Addresses, string? Gateway, IReadOnlyList<string> Dns)
{
    /// <summary>The plan's interfaces; without any, DHCP on the boot interface.</summary>
    /// <exception cref="InstallException">An address is not one.</exception>
    public static IReadOnlyList<NetworkPlan> From(NetworkSpec network, string bootMac)
    {
        var interfaces = network.Interfaces.Count > 0 ? network.Interfaces : [new InterfaceSpec()];
        if (interfaces.FirstOrDefault(spec => spec.Kind is not null) is { } other)
            throw Invalid("network.interfaces.kind", other.Kind!, InterfaceKinds.Ethernet);
        return interfaces.Select(spec => new NetworkPlan(
            HardwareAddress(spec.Mac ?? bootMac),
            spec.Dhcp4,
            spec.Addresses.Select(Cidr).ToList(),
            spec.Gateway is null ? null : Address("network.interfaces.gateway", spec.Gateway),
            spec.Dns.Select(dns => Address("network.interfaces.dns", dns)).ToList())).ToList();
    }

    private static string HardwareAddress(string text) =>
        text.Length == 17 && text.Split(':') is { Length: 6 } parts && parts.All(part => part.Length == 2 && part.All(char.IsAsciiHexDigit)) ? text.ToLowerInvariant() : throw Invalid("network.interfaces.mac", text, "a MAC address such as 00:1a:2b:3c:4d:5e");

    private static string Cidr(string text)
    {
        if (text.Split('/') is [var address, var bits] && IPAddress.TryParse(address, out var ip) && int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out var prefix)
            && prefix <= (ip.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) && ip.ScopeIdIsZero())
            return $"{ip}/{prefix}";
        throw Invalid("network.interfaces.addresses", text, "an address in CIDR form such as 10.0.0.5/24");
    }

    private static string Address(string field, string text) => IPAddress.TryParse(text, out var ip) && ip.ScopeIdIsZero() ? ip.ToString() : throw Invalid(field, text, "an IP address");

    private static InstallException Invalid(string field, string value, string allowed) =>
        new(FailureCodes.PlanInvalid, $"The plan's {field} is '{Printable.Clean(value, 80)}'. Allowed: {allowed}.", "Change the task's network, then retry it.");
}

file static class Scopes
{
    public static bool ScopeIdIsZero(this IPAddress ip) => ip.AddressFamily != AddressFamily.InterNetworkV6 || ip.ScopeId == 0;
}
