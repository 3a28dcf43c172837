using LpmOs.Core.Templates;

namespace LpmOs.Core.Tests.Templates;

/// <summary>A hostile template is stopped with an error, whatever it wants too much of.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData("{{ while true; end }}", "iterations")]
    [InlineData("{{ for i in 1..1000000000000; end }}", "out of range")]
    [InlineData("{{ for i in 1..1000000000; end }}", "iterations")]
    [InlineData("{{ for i in 1..9999; for j in 1..9999; end; end }}", "iterations")]
    [InlineData("{{ (1..1000000000) | array.size }}", "iterations")]
    [InlineData("{{ 1..1000000000 }}", "iterations")]
    [InlineData("{{ [] | array.insert_at 2000000000 1 }}", "iterations")]
    [InlineData("{{ a = []; a[2000000000] = 1 }}", "cannot be set")]
    [InlineData("{{ x = []; for i in 1..900; y = []; y[9999] = 1; x[i] = y; end }}", "iterations")]
    [InlineData("{{ x = []; t = 'a,' * 1000; for i in 1..900; x[i] = t | string.split ','; end }}", "iterations")]
    [InlineData("{{ x = []; t = '[' + ('{},' * 1000) + '1]'; for i in 1..900; x[i] = t | object.from_json; end }}", "iterations")]
    [InlineData("{{ func f; f; end; f }}", "nested too deeply")]
    [InlineData("{{ f(x) = f(x + 1); f(1) }}", "nested too deeply")]
    [InlineData("{{ a = {}; a.a = a; a }}", "contains itself")]
    [InlineData("{{ a = {}; a.a = a; a | object.to_json }}", "contains itself")]
    [InlineData("{{ 'x' * 2000000000 }}", "longer than")]
    [InlineData("{{ 'x' | string.pad_left 2000000000 }}", "longer than")]
    [InlineData("{{ x = 'x'; for i in 1..40; x = x + x; end }}", "characters")]
    [InlineData("{{ x = 'xxxxxxxx' * 400000; for i in 1..999; y = x + 'y'; end }}", "were built")]
    [InlineData("{{ x = 'x' * 100000; for i in 1..999; x; end }}", "output is longer")]
    [InlineData("{{ x = 'a' * 3000; x | string.replace 'a' x }}", "longer than")]
    [InlineData("{{ ('a' * 50) | regex.match '^(a+)+b$' }}", "simplify the pattern")]
    [InlineData("{{ 1.5 | math.format 'N99999999' }}", "does not take the format")]
    [InlineData("{{ timespan.from_days 1e300 }}", "out of range")]
    [InlineData("{{ date.parse '9999-12-31' | date.add_days 5 }}", "out of range")]
    public void Is_refused(string text, string problem)
    {
        var error = Assert.Throws<TemplateException>(() => Rendering.Of(text));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("-", "")]
    [InlineData("1 + (", ")")]
    [InlineData("$\"{", "}\"")]
    [InlineData("{a:", "}")]
    [InlineData("x ? 1 : ", "")]
    [InlineData("1 | x ", "")]
    [InlineData("if 1; ", "end;")]
    [InlineData("if 0; else ", "")]
    [InlineData("do; ret ", "end;")]
    public void Deep_nesting_is_refused_before_the_stack_ends(string open, string close)
    {
        var text = "{{ " + string.Concat(Enumerable.Repeat(open, 20_000)) + "1" + string.Concat(Enumerable.Repeat(close, 20_000)) + " }}";

        Assert.Throws<TemplateException>(() => Rendering.Of(text));
    }

    [Fact]
    public void Time_is_limited_even_without_loops_of_our_own()
    {
        var limits = new TemplateLimits { TotalTime = TimeSpan.FromMilliseconds(50), MaxSteps = int.MaxValue };

        var error = Assert.Throws<TemplateException>(() => Rendering.Of("{{ while true; end }}", limits: limits));

        Assert.Contains("took longer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_source_is_refused() =>
        Assert.Contains("longer than", Assert.Throws<TemplateException>(() => Rendering.Of(new string('x', (1 << 20) + 1))).Message, StringComparison.Ordinal);
}
