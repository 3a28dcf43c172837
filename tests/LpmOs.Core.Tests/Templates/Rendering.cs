using LpmOs.Core.Templates;

namespace LpmOs.Core.Tests.Templates;

/// <summary>Renders a text in one call.</summary>
internal static class Rendering
{
    public static string Of(string text, IReadOnlyDictionary<string, object?>? variables = null, TemplateLimits? limits = null)
    {
        var engine = new TemplateEngine(new TemplateSource("/nonexistent"), limits);
        return engine.Render(engine.Parse(text, "test"), variables ?? new Dictionary<string, object?>());
    }

    public static string With(string text, string name, object? value) => Of(text, new Dictionary<string, object?> { [name] = value });
}
