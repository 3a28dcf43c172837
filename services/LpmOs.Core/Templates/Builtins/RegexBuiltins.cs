using System.Text;
using System.Text.RegularExpressions;
using LpmOs.Core.Templates.Runtime;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Builtins;

/// <summary>Scriban's <c>regex</c> functions. Each search is stopped after <see cref="TemplateLimits.RegexTime"/>.</summary>
internal static class RegexBuiltins
{
    private static readonly FunctionParameter Subject = new("text");
    private static readonly FunctionParameter Pattern = new("pattern");
    private static readonly FunctionParameter Options = new("options", true);

    public static IEnumerable<(string, FunctionParameter[]?, Func<BuiltinCall, object?>)> All =>
    [
        ("escape", [Pattern], c => Regex.Escape(c.Text(0))),
        ("unescape", [Pattern], c => Guard(c, () => Regex.Unescape(c.Text(0)))),
        ("match", [Subject, Pattern, Options], c => Guard(c, () => Match(c))),
        ("matches", [Subject, Pattern, Options], c => Guard(c, () => ScriptArray.From([.. EachMatch(c, 2).Select(Groups)]))),
        ("replace", [Subject, Pattern, new("replace"), Options], c => Guard(c, () => Replace(c))),
        ("split", [Subject, Pattern, Options], c => Guard(c, () => Split(c))),
    ];

    private static T Guard<T>(BuiltinCall c, Func<T> search)
    {
        try
        {
            return search();
        }
        catch (RegexMatchTimeoutException e)
        {
            throw c.Problem($"took longer than {c.Context.Limits.RegexTime.TotalMilliseconds} ms; simplify the pattern", e);
        }
        catch (ArgumentException e)
        {
            throw c.Problem($"has an invalid pattern: {e.Message}", e);
        }
    }

    private static Regex Expression(BuiltinCall c, int optionsIndex)
    {
        var options = RegexOptions.CultureInvariant;
        foreach (var letter in c.Text(optionsIndex))
        {
            options |= letter switch
            {
                'i' => RegexOptions.IgnoreCase,
                'm' => RegexOptions.Multiline,
                's' => RegexOptions.Singleline,
                'x' => RegexOptions.IgnorePatternWhitespace,
                _ => RegexOptions.None,
            };
        }
        return new Regex(c.Text(1), options, c.Context.Limits.RegexTime);
    }

    private static IEnumerable<Match> EachMatch(BuiltinCall c, int optionsIndex)
    {
        for (var match = Expression(c, optionsIndex).Match(c.Text(0)); match.Success; match = match.NextMatch())
        {
            c.Context.Step(c.Caller);
            c.Context.CheckTime(c.Caller);
            yield return match;
        }
    }

    private static ScriptArray Groups(Match match) => ScriptArray.From(match.Groups.Values.Select(g => g.Value));

    private static ScriptArray Match(BuiltinCall c) => Expression(c, 2).Match(c.Text(0)) is { Success: true } match ? Groups(match) : new ScriptArray();

    private static string Replace(BuiltinCall c)
    {
        var text = c.Text(0);
        var result = new StringBuilder();
        var at = 0;
        foreach (var match in EachMatch(c, 3))
        {
            result.Append(text, at, match.Index - at).Append(match.Result(c.Text(2)));
            c.Context.CheckLength(c.Caller, result.Length);
            at = match.Index + match.Length;
        }
        return result.Append(text, at, text.Length - at).ToString();
    }

    private static ScriptArray Split(BuiltinCall c)
    {
        var text = c.Text(0);
        var result = new ScriptArray();
        var at = 0;
        foreach (var match in EachMatch(c, 2))
        {
            result.Add(text[at..match.Index]);
            foreach (var group in match.Groups.Values.Skip(1).Where(g => g.Success))
                result.Add(group.Value);
            at = match.Index + match.Length;
        }
        result.Add(text[at..]);
        return result;
    }
}
