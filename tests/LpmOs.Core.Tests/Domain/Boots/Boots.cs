using LpmOs.Core.Domain.Boots;

namespace LpmOs.Core.Tests.Domain.Boots;

/// <summary>Boots as machines make them, in few words.</summary>
internal static class Boots
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static BootEvent Dhcp(double second, string name, string program = "pxe", int? architecture = 7, string? server = null) =>
        new() { At = Start.AddSeconds(second), Source = "dhcp", Event = name, Program = program, Architecture = architecture, Server = server, Address = name is "dhcp_ack" ? "10.0.0.100" : null };

    public static BootEvent Tftp(double second, string file, string name = "tftp_done") => new() { At = Start.AddSeconds(second), Source = "tftp", Event = name, File = file, Bytes = 1000 };

    public static BootEvent Http(double second, string name, string? file = null, string? script = null, bool? success = null, bool? first = null) =>
        new() { At = Start.AddSeconds(second), Source = "http", Event = name, File = file, Script = script, Success = success, AwaitsFirstBoot = first, Reason = script is null ? null : "the task is approved" };

    public static BootEvent Agent(double second, string name, string? operation = null) => new() { At = Start.AddSeconds(second), Source = "agent", Event = name, Operation = operation, TaskId = "task-00000001" };

    public static IEnumerable<BootEvent> Address(double second, string program = "pxe") =>
        [Dhcp(second, "dhcp_discover", program), Dhcp(second + 0.1, "dhcp_offer", program), Dhcp(second + 0.2, "dhcp_request", program), Dhcp(second + 0.3, "dhcp_ack", program)];

    /// <summary>From the first request to the agent's report, 20 seconds.</summary>
    public static IEnumerable<BootEvent> ToAgent(double second) =>
    [
        .. Address(second), Tftp(second + 1, "snponly.efi", "tftp_size"), Tftp(second + 2, "snponly.efi"), .. Address(second + 5, "ipxe"),
        Http(second + 6, "entry_script"), Http(second + 7, "machine_script", script: "agent"), Http(second + 8, "http_kernel", "boot/vmlinuz"), Http(second + 10, "http_initrd", "boot/initramfs"),
        .. Address(second + 15, "system"), Agent(second + 20, "agent_report"),
    ];

    public static (BootRecord Boot, IReadOnlyList<BootRecord> Ended) Of(params IEnumerable<BootEvent> events)
    {
        BootRecord? boot = null;
        var former = new List<BootRecord>();
        foreach (var happened in events)
        {
            boot = BootTimeline.Add(boot, happened, "dc1", Samples.Mac, null, out var ended);
            if (ended is not null)
                former.Add(ended);
        }
        return (boot!, former);
    }
}
