using System.Net;
using System.Text.Json;

namespace LpmOs.Tasks.Tests.Validation;

/// <summary>What a network of several interfaces may be, and what an answer says where it may not.</summary>
public sealed class NetworkTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    private const string Ports = """{"name":"port0","mac":"00:1a:2b:3c:4d:60"},{"name":"port1","slot":"0000:3b:00.1"}""";
    private const string Bond = """{"name":"bond0","bond":{"mode":"802.3ad","members":["port0","port1"],"lacp_rate":"fast","miimon":200,"hash_policy":"layer3+4"},"mtu":9000}""";
    private const string Vlan = """{"name":"bond0.42","vlan":{"id":42,"link":"bond0"},"addresses":["10.42.0.21/24","2001:db8:42::21/64"],"gateway":"10.42.0.1","gateway6":"fe80::1","routes":[{"to":"10.8.0.0/16","via":"10.42.0.254","metric":50},{"to":"default","via":"10.42.0.2","metric":5000}],"dns":["10.42.0.53"],"search":["db.example.com"]}""";

    [Fact]
    public async Task Bond_vlan_and_bridge_are_stored_as_they_were_given_and_their_parts_have_no_dhcp()
    {
        var interfaces = await AcceptedAsync($$$"""{{{Ports}}},{{{Bond}}},{{{Vlan}}},{"name":"br0","kind":"bridge","bridge":{"ports":["bond0.7"],"stp":true},"dhcp4":false,"dhcp6":true,"accept_ra":true},{"name":"bond0.7","vlan":{"id":7,"link":"bond0"}}""");

        Assert.Equal(["", "", "bond", "vlan", "bridge", "vlan"], interfaces.Select(one => one.TryGetProperty("kind", out var kind) ? kind.GetString() : ""));
        Assert.Equal([false, false, false, false, false, false], interfaces.Select(one => one.GetProperty("dhcp4").GetBoolean()));
        Assert.Equal("fast", interfaces[2].GetProperty("bond").GetProperty("lacp_rate").GetString());
        Assert.Equal(["port0", "port1"], interfaces[2].GetProperty("bond").GetProperty("members").EnumerateArray().Select(member => member.GetString()));
        Assert.Equal(42, interfaces[3].GetProperty("vlan").GetProperty("id").GetInt32());
        Assert.Equal(5000, interfaces[3].GetProperty("routes")[1].GetProperty("metric").GetInt64());
        Assert.Equal("0000:3b:00.1", interfaces[1].GetProperty("slot").GetString());
    }

    [Fact]
    public async Task One_interface_is_stored_as_it_always_was()
    {
        var interfaces = await AcceptedAsync("""{"addresses":["10.0.0.21/24"],"gateway":"10.0.0.1","dns":["10.0.0.53"]}""");
        Assert.Equal("""{"dhcp4":false,"addresses":["10.0.0.21/24"],"gateway":"10.0.0.1","dns":["10.0.0.53"]}""", JsonSerializer.Serialize(Assert.Single(interfaces)));
    }

    [Theory]
    [InlineData("[2].bond.members[1]", """{"name":"a","mac":"00:1a:2b:3c:4d:60"},{"name":"b","mac":"00:1a:2b:3c:4d:61"},{"name":"bond0","bond":{"mode":"active-backup","members":["a","c"]}}""", "here: a, b")]
    [InlineData("[0].vlan.id", """{"name":"v","vlan":{"id":4095,"link":"p"},"addresses":["10.0.0.2/24"]},{"name":"p"}""", "1 to 4094")]
    [InlineData("[0].vlan.id", """{"name":"v","vlan":{"id":0,"link":"p"},"addresses":["10.0.0.2/24"]},{"name":"p"}""", "1 to 4094")]
    [InlineData("[0].vlan.link", """{"name":"v","vlan":{"id":5,"link":"w"},"addresses":["10.0.0.2/24"]},{"name":"w","vlan":{"id":6,"link":"p"},"addresses":["10.0.1.2/24"]},{"name":"p"}""", "ethernet or bond or bridge")]
    [InlineData("[0].name", """{"name":"a-name-too-long0"}""", "1 to 15")]
    [InlineData("[0].name", """{"name":"lo"}""", "not lo")]
    [InlineData("[0].name", """{"kind":"bridge","bridge":{"ports":["p"]}},{"name":"p"}""", "Required")]
    [InlineData("[1].name", """{"name":"p"},{"name":"p","mac":"00:1a:2b:3c:4d:61"}""", "twice")]
    [InlineData("[0].kind", """{"kind":"team","name":"t"}""", "ethernet, bond, vlan, bridge")]
    [InlineData("[0].bond", """{"kind":"bond","name":"b","addresses":["10.0.0.2/24"]}""", "Required for kind bond")]
    [InlineData("[0].bond.mode", """{"name":"b","bond":{"mode":"balance-rr","members":["p"]},"addresses":["10.0.0.2/24"]},{"name":"p"}""", "802.3ad, active-backup")]
    [InlineData("[0].bond.lacp_rate", """{"name":"b","bond":{"mode":"active-backup","members":["p"],"lacp_rate":"fast"},"addresses":["10.0.0.2/24"]},{"name":"p"}""", "with mode 802.3ad")]
    [InlineData("[0].bond.primary", """{"name":"b","bond":{"mode":"active-backup","members":["p"],"primary":"q"},"addresses":["10.0.0.2/24"]},{"name":"p"}""", "one of members")]
    [InlineData("[1].addresses", """{"name":"b","bond":{"mode":"active-backup","members":["p"]},"addresses":["10.0.0.2/24"]},{"name":"p","addresses":["10.1.0.2/24"]}""", "Is part of b")]
    [InlineData("[1].dhcp4", """{"name":"b","bond":{"mode":"active-backup","members":["p"]},"addresses":["10.0.0.2/24"]},{"name":"p","dhcp4":true}""", "Is part of b")]
    [InlineData("", """{"name":"b","bond":{"mode":"active-backup","members":["p"]},"addresses":["10.0.0.2/24"]},{"name":"c","bridge":{"ports":["p"]},"addresses":["10.1.0.2/24"]},{"name":"p"}""", "part of b and of c")]
    [InlineData("", """{"name":"c","bridge":{"ports":["v"]},"addresses":["10.1.0.2/24"]},{"name":"v","vlan":{"id":3,"link":"c"}}""", "made of itself")]
    [InlineData("", """{"name":"v","vlan":{"id":3,"link":"p"},"addresses":["10.1.0.2/24"]},{"name":"w","vlan":{"id":3,"link":"p"},"addresses":["10.2.0.2/24"]},{"name":"p"}""", "VLAN 3 of p is given twice")]
    [InlineData("[1].addresses[0]", """{"addresses":["10.0.0.5/24"]},{"mac":"00:1a:2b:3c:4d:61","addresses":["10.0.0.130/25"]}""", "overlaps with 10.0.0.0/24")]
    [InlineData("[1].addresses[0]", """{"addresses":["10.0.0.5/24"]},{"mac":"00:1a:2b:3c:4d:61","addresses":["10.0.0.5/32"]}""", "given twice")]
    [InlineData("[1].gateway", """{"addresses":["10.0.0.5/24"],"gateway":"10.0.0.1"},{"mac":"00:1a:2b:3c:4d:61","addresses":["10.1.0.5/24"],"gateway":"10.1.0.1"}""", "already")]
    [InlineData("[0].gateway6", """{"addresses":["10.0.0.5/24"],"gateway6":"10.0.0.1"}""", "an IPv6 address")]
    [InlineData("[0].routes[0].to", """{"addresses":["10.0.0.5/24"],"routes":[{"to":"10.8.0.1/16","via":"10.0.0.1"}]}""", "no bit set")]
    [InlineData("[0].routes[0].via", """{"addresses":["10.0.0.5/24"],"routes":[{"to":"10.8.0.0/16","via":"10.9.0.1"}]}""", "router")]
    [InlineData("[0].routes[0].via", """{"addresses":["10.0.0.5/24"],"routes":[{"to":"2001:db8::/32","via":"10.0.0.1"}]}""", "same family")]
    [InlineData("[0].routes[0].gate", """{"addresses":["10.0.0.5/24"],"routes":[{"to":"10.8.0.0/16","via":"10.0.0.1","gate":"10.0.0.1"}]}""", "no such field")]
    [InlineData("[0].mtu", """{"mtu":9217}""", "68 to 9216")]
    [InlineData("[0].mtu", """{"mtu":1000,"dhcp6":true}""", "1280 to 9216")]
    [InlineData("[0].search[0]", """{"search":["-bad-.example"]}""", "example.com")]
    [InlineData("[0].slot", """{"slot":"../eth0"}""", "PCI slot")]
    [InlineData("[0].slot", """{"slot":"eth1","mac":"00:1a:2b:3c:4d:61"}""", "either slot or mac")]
    [InlineData("[0].mac", """{"name":"b","bond":{"mode":"active-backup","members":["p"]},"mac":"00:1a:2b:3c:4d:61"},{"name":"p"}""", "only for kind ethernet")]
    public async Task What_cannot_be_is_refused_by_the_field_with_what_is_allowed(string field, string interfaces, string says)
    {
        var (sn, mac) = Samples.Machine();
        var answer = await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac, more: $$""","network":{"interfaces":[{{interfaces}}]}"""));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = Assert.Single((await TasksFixture.JsonAsync(answer)).GetProperty("errors").EnumerateObject());
        Assert.Equal("network.interfaces" + field, error.Name);
        Assert.Contains(error.Value.EnumerateArray(), reason => reason.GetString()!.Contains(says, StringComparison.Ordinal));
    }

    private async Task<List<JsonElement>> AcceptedAsync(string interfaces)
    {
        var (sn, mac) = Samples.Machine();
        var answer = await tasks.PostAsync("/api/v1/tasks", Samples.Task(sn, mac, more: $$""","network":{"interfaces":[{{interfaces}}]}"""));
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var task = await TasksFixture.JsonAsync(await tasks.GetAsync($"/api/v1/tasks/dc1/{sn}"));
        return [.. task.GetProperty("network").GetProperty("interfaces").EnumerateArray()];
    }
}
