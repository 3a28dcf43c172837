using System.Globalization;
using System.Text.RegularExpressions;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Validation;

/// <summary>What scripts may be.</summary>
internal static partial class ScriptRules
{
    private const string NameAllowed = "1 to 63 letters, digits or any of . _ - beginning with a letter or digit";

    /// <summary>The scripts with line feeds alone at their line ends: a carriage return would be part of each command.</summary>
    public static IReadOnlyList<TaskScript>? Check(IReadOnlyList<TaskScript>? scripts, FieldErrors errors)
    {
        if (scripts is null)
            return null;
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < scripts.Count; i++)
        {
            var (script, field) = (scripts[i], $"scripts[{i}]");
            errors.Check($"{field}.name", NamePattern().IsMatch(script.Name), script.Name.Length == 0 ? null : script.Name, NameAllowed);
            if (!names.Add(script.Name) && script.Name.Length > 0)
                errors.Add($"{field}.name", "Is given twice; a log line or a failure must name one script.");
            errors.Check($"{field}.when", ScriptTimes.All.Contains(script.When), script.When.Length == 0 ? null : script.When, string.Join(", ", ScriptTimes.All));
            if (string.IsNullOrWhiteSpace(script.Text))
                errors.Check($"{field}.text", false, null, $"1 to {TaskScript.Longest} characters");
            TaskRules.FreeText(errors, $"{field}.text", script.Text, TaskScript.Longest);
        }
        var together = scripts.Sum(script => script.Text.Length);
        if (together > TaskScript.LongestTogether)
            errors.Add("scripts", string.Create(CultureInfo.InvariantCulture, $"Have {together} characters together; at most {TaskScript.LongestTogether} are allowed. Fetch what is longer from a server of yours."));
        return [.. scripts.Select(script => script with { Text = script.Text.ReplaceLineEndings("\n") })];
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z")]
    private static partial Regex NamePattern();
}
