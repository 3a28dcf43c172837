using LpmOs.Core.Templates;

namespace LpmOs.Core.Tests.Templates;

/// <summary>Errors name the template, the line, the column and what is wrong.</summary>
public sealed class StrictnessTests
{
    [Theory]
    [InlineData("a\n  {{ hostname }}", 2, 6, "unknown variable 'hostname'")]
    [InlineData("{{ if flag }}x{{ end }}", 1, 7, "unknown variable 'flag'")]
    [InlineData("\n\n{{ task.hostnme }}", 3, 9, "unknown member 'hostnme' of 'task'")]
    [InlineData("{{ task.disk.size }}", 1, 14, "'task.disk' is null")]
    [InlineData("{{ task['x'] }}", 1, 9, "unknown member 'x' of 'task'")]
    [InlineData("{{ $local }}", 1, 4, "unknown variable '$local'")]
    [InlineData("{{ 'a' | string.upper }}", 1, 17, "unknown member 'upper' of 'string'")]
    [InlineData("{{ task 1 }}", 1, 4, "'task' is not a function")]
    [InlineData("{{ 'a' | task }}", 1, 10, "'task' is not a function")]
    [InlineData("{{ string.append 'a' }}", 1, 11, "string.append' needs an argument 'with'")]
    [InlineData("{{ 1 // 0 }}", 1, 4, "divides by zero")]
    [InlineData("{{ 9223372036854775807 + 1 }}", 1, 4, "out of range")]
    [InlineData("{{ date.now }}", 1, 9, "pass the time as a variable")]
    [InlineData("{{ for x in 5 }}{{ end }}", 1, 13, "a loop needs a list")]
    [InlineData("{{ break }}", 1, 4, "outside of a loop")]
    [InlineData("{{ regex.match 'a' '(' }}", 1, 10, "invalid pattern")]
    [InlineData("{{ task.sn = 'other' }}", 1, 9, "'sn' of 'task' is read-only")]
    [InlineData("{{ with task; sn = 'other'; end }}", 1, 15, "'sn' is read-only")]
    [InlineData("{{ string.append = 1 }}", 1, 11, "read-only")]
    [InlineData("{{ readonly task; task = 1 }}", 1, 19, "'task' is read-only")]
    public void Rendering_stops_at_the_place(string text, int line, int column, string problem)
    {
        var variables = new Dictionary<string, object?> { ["task"] = new Dictionary<string, object?> { ["sn"] = "1", ["disk"] = null } };

        var error = Assert.Throws<TemplateException>(() => Rendering.Of(text, variables));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(("test", line, column), (error.Name, error.Line, error.Column));
    }

    [Theory]
    [InlineData("x\n{{ if a }}", 2, 4, "this 'if' has no 'end'")]
    [InlineData("{{ end }}", 1, 4, "'end' without")]
    [InlineData("{{ for x on y }}{{ end }}", 1, 10, "expected 'in'")]
    [InlineData("{{ 1 + }}", 1, 8, "expected an expression to the right of '+'")]
    [InlineData("{{ \"abc }}", 1, 4, "not closed")]
    [InlineData("{{ 'a\\q' }}", 1, 6, "unknown escape")]
    [InlineData("{{ (1 }}", 1, 7, "expected ')'")]
    [InlineData("{{ [1, }}", 1, 8, "expected an expression")]
    [InlineData("{%{ x", 1, 1, "escape block is not closed")]
    [InlineData("{{ a b: }}", 1, 9, "expected an expression after ':'")]
    [InlineData("{{ x = }}", 1, 8, "expected an expression")]
    [InlineData("{{ § }}", 1, 4, "unexpected character '§'")]
    [InlineData("{{ 99999999999999999999 }}", 1, 4, "not valid or out of range")]
    [InlineData("{{ if 1 }}{{ when 2 }}{{ end }}", 1, 14, "'when' does not belong")]
    [InlineData("{{ f(x = 1 }}", 1, 8, "expected ','")]
    public void Parsing_stops_at_the_place(string text, int line, int column, string problem)
    {
        var error = Assert.Throws<TemplateException>(() => Rendering.Of(text));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
    }
}
