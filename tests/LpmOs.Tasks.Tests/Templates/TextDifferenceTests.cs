using System.Diagnostics;
using LpmOs.Tasks.Templates;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Templates;

public sealed class TextDifferenceTests
{
    private static readonly string[] Words = ["a\n", "b\n", "c\n", "d\n", "e\n", "f\n"];

    [Fact]
    public void What_does_not_differ_is_empty() => Assert.Equal(("", 0, 0), TextDifference.Unified("a\nb\n", "a\nb\n", "x", "y"));

    /// <summary>patch(1) makes the new text from the old one and our difference, for texts of every shape.</summary>
    [Fact]
    public async Task Patch_makes_the_new_text_of_it()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(20261122);
        for (var round = 0; round < 40; round++)
        {
            var before = string.Concat(Enumerable.Range(0, random.Next(0, 60)).Select(_ => Words[random.Next(Words.Length)]));
            var after = round % 3 == 0 ? string.Concat(Enumerable.Range(0, random.Next(0, 60)).Select(_ => Words[random.Next(Words.Length)])) : Edited(before, random);
            if (round % 5 == 0)
                after = after.TrimEnd('\n');
            var (text, added, removed) = TextDifference.Unified(before, after, "old", "new");
            if (before == after)
                continue;
            Assert.Equal(text.Split('\n').Count(line => line.StartsWith('+') && !line.StartsWith("+++", StringComparison.Ordinal)), added);
            Assert.Equal(text.Split('\n').Count(line => line.StartsWith('-') && !line.StartsWith("---", StringComparison.Ordinal)), removed);
            var file = folder.File($"{round}");
            await File.WriteAllTextAsync(file, before, TestContext.Current.CancellationToken);
            using var patch = Process.Start(new ProcessStartInfo(RequiredProgram.Find("patch", "patch"), ["--force", "--quiet", "--unified", file]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
            await patch.StandardInput.WriteAsync(text);
            patch.StandardInput.Close();
            var said = await patch.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await patch.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await patch.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(patch.ExitCode == 0, $"round {round}: {said}\n{text}");
            Assert.Equal(after, File.Exists(file) ? await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) : "");
        }
    }

    private static string Edited(string text, Random random)
    {
        var lines = text.Split('\n').Select(line => line + "\n").ToList();
        lines[random.Next(lines.Count)] = "changed\n";
        if (lines.Count > 20)
            lines.RemoveRange(random.Next(10), 3);
        return string.Concat(lines.SkipLast(1));
    }
}
