namespace LpmOs.Core.Templates.Builtins;

/// <summary>
/// Values in iPXE scripts. iPXE has no quoting and no escapes (iPXE source, core/exec.c, core/settings.c, image/script.c, the same since 2011):
/// a line is split at white space (blank, \f \n \r \t \v), then <c>${name}</c> is expanded in each word, again and again until none is left;
/// a word that begins with # starts a comment; the words || &amp;&amp; ; end a command; a backslash at the end of a line joins the next; words that
/// begin with - are options. (A line that begins with : is a label, but no value belongs at the beginning of a line.) So what cannot stand as it is, is refused; in URLs use quote.url first.
/// </summary>
internal static class IpxeQuoting
{
    /// <summary>One argument, and nothing but one argument.</summary>
    public static string Argument(BuiltinCall call, string text)
    {
        if (text.Length == 0)
            throw call.Problem("refuses an empty value: in iPXE the next word would take its place");
        if (text[0] == '-')
            throw call.Problem($"refuses the value \"{text}\": iPXE would take a word that begins with - for an option");
        Check(call, QuoteBuiltins.RefuseControls(call, text));
        return text;
    }

    /// <summary>Any number of words, as for a kernel's command line after its name. Single blanks between them.</summary>
    public static string Words(BuiltinCall call, string text)
    {
        var tidy = text.Length > 0;
        foreach (var range in QuoteBuiltins.RefuseControls(call, text).AsSpan().Split(' '))
        {
            var word = text.AsSpan()[range];
            tidy &= word.Length > 0;
            if (word.Length > 0)
                Check(call, word);
        }
        return tidy ? text : string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static void Check(BuiltinCall call, ReadOnlySpan<char> word)
    {
        var problem = word switch
        {
            _ when word.Contains(' ') => "iPXE would split it at the blank, and has no quoting",
            _ when word.Contains("${", StringComparison.Ordinal) => "iPXE would expand the ${",
            // What stands next to the value in the template could complete an expansion.
            _ when word[^1] == '$' || word[0] == '{' => "it could make a ${ together with its neighbour",
            _ when word[0] == '#' => "iPXE would take it for a comment",
            _ when word[^1] == '\\' => "at the end of a line iPXE would join the next line to it",
            "||" or "&&" or ";" => "iPXE would end the command there",
            _ => null,
        };
        if (problem is not null)
            throw call.Problem($"refuses the value \"{word}\": {problem}");
    }
}
