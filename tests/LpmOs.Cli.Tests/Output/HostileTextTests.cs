using System.Text.Json;
using LpmOs.Cli.Output;
using YamlDotNet.Serialization;

namespace LpmOs.Cli.Tests.Output;

public sealed class HostileTextTests(CliFixture cli) : IClassFixture<CliFixture>
{
    private const string Hostile = "[bold]x[/] \e[2J\e]0;owned\a \u009b31m \u202egnp.exe \r\b \ud800 \"q\", 'a' 😀 中文";

    [Theory]
    [InlineData("table"), InlineData("csv"), InlineData("json"), InlineData("yaml")]
    public async Task Nothing_that_others_wrote_moves_the_terminal(string format)
    {
        var (sn, mac) = CliFixture.Machine();
        await cli.CreateAsync(sn, mac);
        await cli.ChangeAsync(sn, task => task with { Message = Hostile, OsType = Hostile, Step = Hostile, Notes = Hostile });
        foreach (var command in new[] { "list", "show" })
        {
            var run = await cli.RunAsync(["tasks", command, .. command == "list" ? ["-q", sn] : new[] { $"dc1/{sn}" }, "-o", format]);
            Assert.Equal(0, run.Code);
            Assert.DoesNotContain(run.Output, c => c != '\n' && (char.IsControl(c) || c is '\u202e'));
            Assert.Contains("中文", run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Scripts_get_the_value_itself_from_JSON_and_from_YAML()
    {
        var (sn, mac) = CliFixture.Machine();
        await cli.CreateAsync(sn, mac);
        var text = Hostile.Replace("\ud800", "", StringComparison.Ordinal);
        await cli.ChangeAsync(sn, task => task with { Notes = text, Message = "yes", Step = "12:30:45" });
        var json = (await cli.RunAsync("tasks", "show", $"dc1/{sn}", "-o", "json")).Json();
        Assert.Equal(text, json.GetProperty("notes").GetString());
        var yaml = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>((await cli.RunAsync("tasks", "show", $"dc1/{sn}", "-o", "yaml")).Output);
        Assert.Equal((text, "yes", "12:30:45"), (yaml["notes"], yaml["message"], yaml["step"]));
    }

    [Theory]
    [InlineData("plain 中文 é 😀", "plain 中文 é 😀")]
    [InlineData("\e[31m", "\\x1b[31m")]
    [InlineData("a\u2028b\u200bc", "a\\u2028b\\u200bc")]
    [InlineData("a\tb", "a\\x09b")]
    public void Control_characters_become_visible(string text, string shown) => Assert.Equal(shown, SafeText.Of(text));

    // Not as data of a theory: it could not be written down.
    [Fact]
    public void Half_a_surrogate_pair_becomes_visible() => Assert.Equal("a\\ud83d", SafeText.Of("a\ud83d"));

    [Theory]
    [InlineData("a", "a"), InlineData("a,b", "\"a,b\""), InlineData("say \"x\"", "\"say \"\"x\"\"\""), InlineData("a\nb", "\"a\nb\""), InlineData(null, "")]
    public void CSV_cells_are_quoted_where_they_must_be(string? cell, string expected) => Assert.Equal(expected, CsvText.Line([cell]));

    [Theory]
    [InlineData("null"), InlineData("No"), InlineData("~"), InlineData("1e3"), InlineData("- a"), InlineData("a: b"), InlineData("#x"), InlineData(""), InlineData(" x "), InlineData("2026-01-01"), InlineData("plain")]
    public void YAML_reads_back_as_the_same_text(string text)
    {
        var yaml = YamlText.Of(JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["k"] = text, ["list"] = new[] { text }, ["empty"] = Array.Empty<int>(), ["n"] = 1.5 }));
        var read = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<Dictionary<string, object>>(yaml);
        Assert.Equal(text, read["k"]);
        Assert.Equal([text], (List<object>)read["list"]);
    }
}
