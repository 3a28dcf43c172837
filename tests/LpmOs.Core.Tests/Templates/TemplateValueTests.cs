using System.Text.Json;
using System.Text.Json.Nodes;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Templates;

namespace LpmOs.Core.Tests.Templates;

public sealed class TemplateValueTests
{
    private static readonly TaskSpec Spec = new() { Idc = "dc1", Sn = "sn-001", Mac = "00:1a:2b:3c:4d:5e", OsType = "ubuntu", OsVersion = "22.04", SshKeys = ["ssh-ed25519 AAAA a@b"] };

    [Fact]
    public void A_record_has_its_members_by_their_wire_names_and_those_without_a_value()
    {
        var spec = TemplateValue.FromRecord(Spec, ContractsJson.Default.TaskSpec);

        Assert.Equal("sn-001 22.04 ssh-ed25519 AAAA a@b none",
            Rendering.With("{{ spec.sn }} {{ spec.os_version }} {{ spec.ssh_keys[0] }} {{ spec.hostname ?? 'none' }}", "spec", spec));
        Assert.Throws<TemplateException>(() => Rendering.With("{{ spec.host_name ?? 'none' }}", "spec", spec));
    }

    [Fact]
    public void A_record_has_the_text_that_its_JSON_has()
    {
        var json = JsonSerializer.SerializeToElement(Spec, ContractsJson.Default.TaskSpec);
        var spec = TemplateValue.FromRecord(Spec, ContractsJson.Default.TaskSpec);

        foreach (var member in json.EnumerateObject())
        {
            var expected = Rendering.With("{{ x }}", "x", member.Value);
            Assert.Equal(expected, Rendering.With($"{{{{ x.{member.Name} }}}}", "x", spec));
        }
    }

    [Fact]
    public void Json_and_plain_values_read_alike()
    {
        var variables = new Dictionary<string, object?>
        {
            ["node"] = JsonNode.Parse("""{"a":[1,2.5,"x",null,true]}"""),
            ["numbers"] = new[] { 1, 2 },
            ["map"] = new Dictionary<string, string> { ["k"] = "v" },
            ["time"] = new DateTimeOffset(2026, 11, 22, 2, 0, 0, TimeSpan.FromHours(8)),
            ["texts"] = new List<string> { "p", "q" },
        };

        Assert.Equal("""[1, 2.5, "x", null, true] [1, 2] v 2026-11-21T18:00 q p,q""",
            Rendering.Of("{{ node.a }} {{ numbers }} {{ map.k }} {{ time | date.to_string '%FT%R' }} {{ texts[1] }} {{ texts | array.join ',' }}", variables));
    }

    [Fact]
    public void Another_type_is_refused() =>
        Assert.Contains("Version", Assert.Throws<TemplateException>(() => Rendering.With("{{ x }}", "x", new Version(1, 2))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_template_does_not_change_what_it_is_given()
    {
        var given = new Dictionary<string, object?> { ["x"] = 1, ["list"] = new List<object?> { 1 } };

        Assert.Equal("5[1, 2]", Rendering.Of("{{ x = 5; x; list | array.add 2 }}", given));

        Assert.Equal(1, given["x"]);
        Assert.Single((List<object?>)given["list"]!);
    }
}
