namespace LpmOs.Cli.Texts;

/// <summary>The texts for people, in Chinese where <c>LANG</c> says zh, else in English. Names of fields, states and codes stay as they are: scripts and colleagues use them.</summary>
internal sealed partial class Words(bool chinese)
{
    /// <summary>POSIX: LC_ALL goes before LC_MESSAGES, that before LANG.</summary>
    public static Words For(Func<string, string?> environment)
    {
        string[] variables = ["LC_ALL", "LC_MESSAGES", "LANG"];
        var locale = variables.Select(environment).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return new Words(locale?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true);
    }

    /// <summary>Of two texts that the service gave, that in the reader's language.</summary>
    public string InLanguage(string? english, string? inChinese) => (chinese ? inChinese ?? english : english) ?? "";

    private string Of(string english, string inChinese) => chinese ? inChinese : english;
}
