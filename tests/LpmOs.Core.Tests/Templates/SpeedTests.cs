using System.Diagnostics;
using LpmOs.Core.Templates;

namespace LpmOs.Core.Tests.Templates;

/// <summary>Prints what a boot script costs; judges only that it is right.</summary>
public sealed class SpeedTests(ITestOutputHelper output)
{
    [Fact]
    public void A_boot_script_of_thirty_lines()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Templates", "Golden");
        var engine = new TemplateEngine(new TemplateSource(folder));
        var variables = GoldenTests.Variables();
        var text = string.Concat(Enumerable.Repeat(File.ReadAllText(Path.Combine(folder, "ipxe.sbn")), 2));
        var template = engine.Parse(text, "ipxe");
        var expected = string.Concat(Enumerable.Repeat(File.ReadAllText(Path.Combine(folder, "ipxe.out")), 2));

        Measure("render, compiled", 20_000, () => Assert.Equal(expected.Length, engine.Render(template, variables).Length));
        Measure("render by name, cached", 20_000, () => engine.Render("ipxe.sbn", variables));
        Measure("parse", 2_000, () => engine.Parse(text, "ipxe"));

        Assert.Equal(expected, engine.Render(template, variables));
    }

    private void Measure(string what, int rounds, Action action)
    {
        for (var i = 0; i < rounds / 4; i++)
            action();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < rounds; i++)
            action();
        output.WriteLine($"{what}: {Stopwatch.GetElapsedTime(start).TotalMicroseconds / rounds:F1} us");
    }
}
