using System.Net;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;
using LpmOs.Regional.Documents;
using LpmOs.Regional.Reports;

namespace LpmOs.Regional.Tests.Reports;

/// <summary>What a machine that nobody vouches for may send, judged by the answer and by the store.</summary>
public sealed class ReportValidationTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    [Theory]
    [InlineData("\"disks\":[{0}]", "{\"device\":\"/dev/sda\"}", 1025, "hardware.disks", "Has 1025 entries; at most 1024 are allowed.")]
    [InlineData("\"memory\":{\"dimms\":[{0}]}", "{}", 513, "hardware.memory.dimms", "Has 513 entries; at most 512 are allowed.")]
    [InlineData("\"cpu\":{\"flags\":[{0}]}", "\"a\"", 65, "hardware.cpu.flags", "Has 65 entries; at most 64 are allowed.")]
    [InlineData("\"pci_devices\":[{0}]", "{\"slot\":\"a\",\"id\":\"b\"}", 1025, "hardware.pci_devices", "Has 1025 entries; at most 1024 are allowed.")]
    [InlineData("\"raid_controllers\":[{\"id\":\"0\",\"disks\":[{0}]}]", "{\"id\":\"1\"}", 1025, "hardware.raid_controllers[0].disks", "Has 1025 entries; at most 1024 are allowed.")]
    [InlineData("\"volume_groups\":[{\"name\":\"a\",\"logical_volumes\":[{0}]}]", "{\"name\":\"b\"}", 1025, "hardware.volume_groups[0].logical_volumes", "Has 1025 entries; at most 1024 are allowed.")]
    public async Task Lists_without_end_are_refused_by_name(string fields, string entry, int count, string field, string expected)
    {
        var (sn, mac, _) = Samples.Machine();

        var (status, errors) = await SendAsync(sn, mac, fields.Replace("{0}", string.Join(',', Enumerable.Repeat(entry, count)), StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(expected, errors.GetProperty(field)[0].GetString());
        Assert.Null(await regional.Store.GetAsync(Keys.Meta("dc1", sn), CancellationToken.None));
    }

    [Theory]
    [InlineData("\"product\":\"a\\u0000b\"", "hardware.product", "U+0000 at place 2")]
    [InlineData("\"product\":\"\\u001b]0;owned\\u0007\"", "hardware.product", "U+001B at place 1")]
    [InlineData("\"nics\":[{\"name\":\"eth0\",\"mac\":\"x\",\"lldp\":{\"switch_name\":\"a\\nb\"}}]", "hardware.nics[0].lldp.switch_name", "U+000A at place 2")]
    [InlineData("\"warnings\":[\"a\\rb\"]", "hardware.warnings[0]", "U+000D at place 2")]
    public async Task Control_characters_are_refused_wherever_they_are(string fields, string field, string expected)
    {
        var (sn, mac, _) = Samples.Machine();

        var (status, errors) = await SendAsync(sn, mac, fields);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(expected, errors.GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_of_4_KB_is_refused_and_quotes_and_shell_marks_are_kept_as_they_are()
    {
        var (sn, mac, _) = Samples.Machine();
        var (status, errors) = await SendAsync(sn, mac, $"\"disks\":[{{\"device\":\"/dev/sda\",\"serial\":\"{new string('x', 4096)}\"}}]");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("Has 4096 characters; at most 1024 are allowed.", errors.GetProperty("hardware.disks[0].serial")[0].GetString());

        (status, _) = await SendAsync(sn, mac, """ "disks":[{"device":"/dev/sda","serial":"a\"b'$(reboot)`x`;|<b>"}] """);
        Assert.Equal(HttpStatusCode.OK, status);
        var stored = JsonSerializer.Deserialize((await regional.Store.GetAsync(Keys.Meta("dc1", sn), CancellationToken.None))!.Value.Span, ContractsJson.Default.Inventory)!;
        Assert.Equal("a\"b'$(reboot)`x`;|<b>", Assert.Single(stored.Disks).Serial);
    }

    [Fact]
    public void The_example_of_the_documents_is_accepted_whole()
    {
        var report = JsonSerializer.Deserialize(Assert.Single(Examples.Report).Json, ContractsJson.Default.HardwareReport)!;

        var hardware = ReportValidation.Check(report).Hardware;

        Assert.Equal("03A1B2C3", hardware.Memory!.Dimms[0].SerialNumber);
        Assert.Equal("leaf-a12-1", hardware.Nics[0].Lldp!.SwitchName);
        Assert.Equal(["32:0", "32:1"], Assert.Single(hardware.RaidControllers).Arrays[0].Disks);
        Assert.Equal((true, 3), (hardware.Disks[0].Health!.Passed, hardware.Disks[0].Health!.WearPercent));
    }

    private async Task<(HttpStatusCode Status, JsonElement Errors)> SendAsync(string sn, string mac, string fields)
    {
        var answer = await regional.PostTextAsync("/api/v1/report", $$"""{"sn":"{{sn}}","mac_address":"{{mac}}","hardware":{"serial_number":"{{sn}}","mac_address":"{{mac}}",{{fields}} } }""");
        var body = await RegionalFixture.JsonAsync(answer);
        return (answer.StatusCode, body.TryGetProperty("errors", out var errors) ? errors : default);
    }
}
