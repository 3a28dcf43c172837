using System.Text.RegularExpressions;
using LpmOs.Testing;

namespace LpmOs.Page.Tests.Cases;

/// <summary>Every stable code that a service or the agent can answer with says in the page's language what it means.</summary>
public sealed partial class CodeTests
{
    [Theory]
    [InlineData("zh-CN")]
    [InlineData("en")]
    public void Each_code_of_the_services_has_a_text(string language)
    {
        var codes = Codes("services/LpmOs.Tasks", "services/LpmOs.Core", "services/LpmOs.Regional", "agent/LpmOs.Agent/Install").ToHashSet(StringComparer.Ordinal);
        // The search itself works.
        Assert.Superset(new HashSet<string> { "task_not_found", "active_task_exists", "bad_request", "no_disk", "no_hardware", "agent_stuck", "disk_changed", "plan_changed" }, codes);
        var texts = Text().Matches(string.Concat(new[] { $"codes.{language}.ts", $"{language}.ts" }.Select(file => File.ReadAllText(Path.Combine(Repository.Root, "web", "src", "i18n", file)))))
            .ToDictionaryOfFirst(match => match.Groups[1].Value, match => match.Groups[2].Value);
        Assert.Empty(codes.Where(code => !texts.ContainsKey(code)).Order(StringComparer.Ordinal));
        if (language == "zh-CN")
            Assert.Empty(codes.Where(code => !Chinese().IsMatch(texts[code])).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_permission_that_a_role_gives_has_a_word_in_both_languages()
    {
        var permissions = Member().Matches(File.ReadAllText(Path.Combine(Repository.Root, "services/LpmOs.Core/Domain/Access/Permission.cs"))).Select(match => match.Groups[1].Value).Except(["anonymous", "signed_in", "machine"]).ToList();
        Assert.Contains("open_shells", permissions);
        var words = Permissions().Matches(File.ReadAllText(Path.Combine(Repository.Root, "web", "src", "access", "words.ts")));
        Assert.Equal(2, words.Count);
        Assert.All(words, language => Assert.Equal(permissions, Text().Matches(language.Groups[1].Value).Select(word => word.Groups[1].Value)));
    }

    [Theory]
    [InlineData("zh-CN")]
    [InlineData("en")]
    public void Each_reason_why_a_disk_is_no_target_has_words(string language)
    {
        var folder = Path.Combine(Repository.Root, "services/LpmOs.Core/Domain/Planning/Disks");
        var codes = new[] { "DiskReason.cs", "DiskChoice.cs" }.SelectMany(file => DiskReason().Matches(File.ReadAllText(Path.Combine(folder, file)))).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        Assert.Contains("several_paths", codes);
        var words = Reasons().Match(File.ReadAllText(Path.Combine(Repository.Root, "web", "src", "i18n", $"machine.{language}.ts"))).Groups[1].Value;
        Assert.Equal(codes, Text().Matches(words).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_end_of_a_rescue_shell_is_known_to_the_page_and_says_in_both_languages_what_to_do()
    {
        var rescue = Path.Combine(Repository.Root, "web", "src", "components", "rescue");
        var known = Known().Matches(File.ReadAllText(Path.Combine(rescue, "ends.ts"))).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value, StringComparer.Ordinal);
        var ends = End().Matches(File.ReadAllText(Path.Combine(Repository.Root, "services/LpmOs.Core/Domain/Shells/ShellEnds.cs"))).Select(match => match.Groups[1].Value).ToList();
        Assert.Contains("its time is over", ends);
        Assert.Equal(ends.Order(StringComparer.Ordinal), known.Keys.Order(StringComparer.Ordinal));
        var words = File.ReadAllText(Path.Combine(rescue, "words.ts"));
        Assert.All(known.Values.Concat(["exit", "cannot", "lost"]).Distinct(StringComparer.Ordinal), word => Assert.Equal(2, Regex.Count(words, $@"^    {word}: \{{ what: '[^']+', then: '[^']+' \}},$", RegexOptions.Multiline)));
    }

    private static IEnumerable<string> Codes(params string[] folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        where !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
        let text = File.ReadAllText(file)
        from pattern in file.EndsWith("FailureCodes.cs", StringComparison.Ordinal) ? [Constant()] : new[] { Refusal(), Failure(), OfStatus(), PlanProblem() }
        from Match match in pattern.Matches(text)
        select match.Groups[1].Value;

    /// <summary>A status and beside it the code: <c>new(409, "four_eyes", …</c>, <c>Problems.Of(StatusCodes.Status404NotFound, "not_found", …</c>.</summary>
    [GeneratedRegex(@"\(\s*(?:StatusCodes\.\w+|[45]\d\d),\s*""([a-z_]+)"",")]
    private static partial Regex Refusal();

    [GeneratedRegex(@"\bCode = (?:\w+ \? ""[a-z_]+"" : )?""([a-z_]+)""")]
    private static partial Regex Failure();

    [GeneratedRegex(@"(?:StatusCodes\.\w+|_) => ""([a-z]+(?:_[a-z]+)+)""")]
    private static partial Regex OfStatus();

    /// <summary>Why there is no plan: <c>Problem("no_disk", …</c> and the like.</summary>
    [GeneratedRegex(@"\b(?:Problem|Failure|Refuse|None|Fail)\(\s*""([a-z]+(?:_[a-z]+)+)"",")]
    private static partial Regex PlanProblem();

    [GeneratedRegex(@"const string \w+ = ""([a-z_]+)""")]
    private static partial Regex Constant();

    [GeneratedRegex(@"(?:^|[\s{,])([a-z]+(?:_[a-z]+)*): '((?:[^'\\]|\\.)*)'")]
    private static partial Regex Text();

    [GeneratedRegex(@"JsonStringEnumMemberName\(""([a-z_]+)""\)")]
    private static partial Regex Member();

    [GeneratedRegex(@"new\(""([a-z_]+)""")]
    private static partial Regex DiskReason();

    [GeneratedRegex(@"reasons: \{([^\n]*)\}, unknownValue")]
    private static partial Regex Reasons();

    [GeneratedRegex(@"permission: \{([^}]*)\}")]
    private static partial Regex Permissions();

    [GeneratedRegex(@"const string \w+ = ""([^""]+)""")]
    private static partial Regex End();

    [GeneratedRegex(@"^  ['""](.+)['""]: '(\w+)',$", RegexOptions.Multiline)]
    private static partial Regex Known();

    [GeneratedRegex(@"[\u4e00-\u9fff]")]
    private static partial Regex Chinese();
}

file static class Firsts
{
    public static Dictionary<string, string> ToDictionaryOfFirst(this IEnumerable<Match> matches, Func<Match, string> key, Func<Match, string> value) =>
        matches.GroupBy(key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => value(group.First()), StringComparer.Ordinal);
}
