using System.Text.Json;
using LpmOs.Core.Templates;

namespace LpmOs.Core.Tests.Templates;

/// <summary>Our templates in Golden/, against what Scriban itself wrote for them (Golden/README.md).</summary>
public sealed class GoldenTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Templates", "Golden");

    public static TheoryData<string> Templates => [.. Directory.GetFiles(Folder, "*.sbn").Select(f => Path.GetFileName(f)!).Where(n => n[0] != '_').Order(StringComparer.Ordinal)];

    internal static Dictionary<string, object?> Variables()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "variables.json")));
        return json.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => TemplateValue.FromJson(p.Value.Clone()));
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Writes_what_Scriban_writes(string name)
    {
        var engine = new TemplateEngine(new TemplateSource(Folder));

        var output = engine.Render(name, Variables());

        Assert.Equal(File.ReadAllText(Path.Combine(Folder, Path.ChangeExtension(name, ".out"))), output);
    }
}
