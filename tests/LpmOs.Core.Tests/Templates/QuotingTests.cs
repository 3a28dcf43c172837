using System.Diagnostics;
using System.Text.Json;
using System.Xml;
using LpmOs.Core.Templates;
using YamlDotNet.RepresentationModel;

namespace LpmOs.Core.Tests.Templates;

/// <summary>Quoted values, read by other programs: they get back what went in, or the value is refused; a line is never added.</summary>
public sealed class QuotingTests
{
    private static readonly string[] Nasty =
    [
        "plain", "two words", "it's", "\"double\"", "back\\slash", "end\\", "$HOME", "${HOME}", "`id`", "$(id)", "a;b", "a && b", "||", "#x", "a#b", " lead", "trail ", "-rf",
        "<a href='x'>&amp;</a>", "]]>", "{{ x }}", "%end", "%post", "é中文🙂", "a: b", "- a", "!tag", "&anchor", "*alias", "null", "yes", "0x1F", "''", "'", "~", "@", "!",
        "a\nb", "a\rb", "a\r\nb", "a\tb", "a\0b", "a\u001bb", "a\u007fb", "a\u0085b", "a\u2028b", "a\u2029b", "\n", "line\n%post\nrm -rf /", "x\nchain http://evil/",
    ];

    public static TheoryData<string, string> Cases(params string[] functions) => [.. functions.SelectMany(f => Nasty.Select(v => (f, v)))];

    public static TheoryData<string, string> AllCases => Cases("ipxe", "ipxe_words", "shell", "kickstart", "grub", "preseed", "yaml", "json", "xml", "url");

    private static string? Quote(string function, object? value)
    {
        try
        {
            return Rendering.With($"{{{{ value | quote.{function} }}}}", "value", value);
        }
        catch (TemplateException error) when (error.Message.Contains("refuses", StringComparison.Ordinal))
        {
            return null;
        }
    }

    [Theory]
    [MemberData(nameof(AllCases))]
    public void Never_adds_a_line_or_a_control_character(string function, string value)
    {
        if (Quote(function, value) is not { } quoted)
            return;
        Assert.DoesNotContain(quoted, c => char.IsControl(c) || c is '\u2028' or '\u2029');
        Assert.Equal(["before", $"set x {quoted}", "after"], $"before\nset x {quoted}\nafter".ReplaceLineEndings("\n").Split('\n'));
    }

    [Theory]
    [InlineData("shell")]
    [InlineData("kickstart")]
    [InlineData("grub")]
    public async Task A_shell_reads_back_the_value(string function)
    {
        var values = Nasty.Where(v => Quote(function, v) is not null).ToArray();
        Assert.Contains("it's", values);
        Assert.DoesNotContain("a\nb", values);
        var script = string.Join('\n', values.Select(v => $"printf '%s\\n' {Quote(function, v)}"));
        var start = new ProcessStartInfo("/bin/sh", ["-s"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var shell = Process.Start(start)!;
        await shell.StandardInput.WriteAsync(script);
        shell.StandardInput.Close();

        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(string.Join('\n', values) + "\n", output);
    }

    [Fact]
    public void A_YAML_reader_reads_back_every_value()
    {
        foreach (var value in Nasty)
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader($"a:\n  key: {Quote("yaml", value)}\n  next: 1\n"));
            var map = (YamlMappingNode)((YamlMappingNode)yaml.Documents[0].RootNode)["a"];
            Assert.Equal(value, ((YamlScalarNode)map["key"]).Value);
            Assert.Equal(2, map.Children.Count);
        }
    }

    [Fact]
    public void A_JSON_reader_reads_back_every_value()
    {
        foreach (var value in Nasty)
            Assert.Equal(value, JsonDocument.Parse($"[{Quote("json", value)}]").RootElement[0].GetString());
    }

    [Fact]
    public void An_XML_reader_reads_back_every_value_that_XML_can_have()
    {
        foreach (var value in Nasty)
        {
            if (Quote("xml", value) is not { } quoted)
            {
                Assert.Contains(value, c => c < ' ');
                continue;
            }
            var document = new XmlDocument { PreserveWhitespace = true };
            document.LoadXml($"<a b=\"{quoted}\" c='{quoted}'>{quoted}</a>");
            Assert.Equal((value, value, value), (document.DocumentElement!.InnerText, document.DocumentElement.GetAttribute("b"), document.DocumentElement.GetAttribute("c")));
        }
    }

    [Fact]
    public void A_URL_component_reads_back_every_value()
    {
        foreach (var value in Nasty)
        {
            var url = new Uri($"http://host/path?x={Quote("url", value)}&y=1");
            Assert.Equal(value, Uri.UnescapeDataString(url.Query.Split(['?', '&', '='])[2]));
        }
    }

    [Theory]
    [InlineData("task-1a2b3c4d")]
    [InlineData("http://10.0.0.1:8082/a?b=c&d=%20#x")]
    [InlineData("$6$salt$hash")]
    [InlineData("fe80::1")]
    [InlineData("中文")]
    public void IPXE_takes_a_plain_argument_as_it_is(string value)
    {
        Assert.Equal(value, Quote("ipxe", value));
        Assert.Equal([value], IpxeWords($"set x {value}")[2..]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a\tb")]
    [InlineData("a\nchain http://evil/")]
    [InlineData("${net0/mac}")]
    [InlineData("a${")]
    [InlineData("a$")]
    [InlineData("{x}")]
    [InlineData("#comment")]
    [InlineData("||")]
    [InlineData("&&")]
    [InlineData(";")]
    [InlineData("-n")]
    [InlineData("--name")]
    [InlineData("end\\")]
    public void IPXE_has_no_quoting_so_the_rest_is_refused(string value) => Assert.Null(Quote("ipxe", value));

    [Theory]
    [InlineData("quiet  console=ttyS0,115200 ", "quiet console=ttyS0,115200")]
    [InlineData("-- single", "-- single")]
    [InlineData("", "")]
    [InlineData("a || reboot", null)]
    [InlineData("a # b", null)]
    [InlineData("a ${b}", null)]
    [InlineData("a\nb", null)]
    public void IPXE_words_stay_words(string value, string? expected) => Assert.Equal(expected, Quote("ipxe_words", value));

    [Fact]
    public void Only_single_values_are_quoted()
    {
        Assert.Equal("'5' true \"2.5\"", Rendering.Of("{{ quote.shell 5 }} {{ quote.ipxe true }} {{ quote.yaml 2.5 }}"));
        foreach (var value in new object?[] { null, new[] { "a" }, new Dictionary<string, object?>() })
            Assert.Contains("needs text", Assert.Throws<TemplateException>(() => Quote("shell", value)).Message, StringComparison.Ordinal);
        Assert.Contains("Unicode", Assert.Throws<TemplateException>(() => Quote("json", "a\ud800")).Message, StringComparison.Ordinal);
    }

    /// <summary>What iPXE's split_command makes of a line (src/core/exec.c): white space is these six characters.</summary>
    private static string[] IpxeWords(string line) => line.Split([' ', '\f', '\n', '\r', '\t', '\v'], StringSplitOptions.RemoveEmptyEntries);
}
