using System.Text;

namespace LpmOs.Agent.Tests;

public sealed class BoundedLinesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("\n", "|")]
    [InlineData("one", "one|")]
    [InlineData("one\ntwo\n", "one|two|")]
    [InlineData("1%\r2%\r\nend\r", "1%|2%|end|")]
    [InlineData("\r\n\r\n", "||")]
    public async Task Lines_end_as_everywhere(string text, string lines) => Assert.Equal(lines, string.Concat((await AllAsync(text, 100)).Select(line => line + "|")));

    [Fact]
    public async Task Of_a_line_without_an_end_only_so_much_is_kept_and_what_follows_is_not_lost()
    {
        var lines = await AllAsync(new string('x', 3_000_000) + "\nnext\n" + new string('y', 9_000), 500);
        Assert.Equal([new string('x', 500), "next", new string('y', 500)], lines);
    }

    private static async Task<List<string>> AllAsync(string text, int longest)
    {
        using var reader = new StreamReader(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        var (bounded, lines) = (new BoundedLines(reader, longest), new List<string>());
        while (await bounded.NextAsync() is { } line)
            lines.Add(line);
        return lines;
    }
}
