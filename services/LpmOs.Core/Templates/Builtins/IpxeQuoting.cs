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
        return Word(call, QuoteBuiltins.RefuseControls(call, text));
    }

    /// <summary>Any number of words, as for a kernel's command line after its name. Single blanks between them.</summary>
    public static string Words(BuiltinCall call, string text)
    {
        var words = QuoteBuiltins.RefuseControls(call, text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.Select(word => Word(call, word)));
    }

    private static string Word(BuiltinCall call, string word)
    {
        var problem = word switch
        {
            _ when word.Contains(' ', StringComparison.Ordinal) => "iPXE would split it at the blank, and has no quoting",
            _ when word.Contains("${", StringComparison.Ordinal) => "iPXE would expand the ${",
            // What stands next to the value in the template could complete an expansion.
            _ when word.EndsWith('$') || word.StartsWith('{') => "it could make a ${ together with its neighbour",
            _ when word.StartsWith('#') => "iPXE would take it for a comment",
            _ when word.EndsWith('\\') => "at the end of a line iPXE would join the next line to it",
            "||" or "&&" or ";" => "iPXE would end the command there",
            _ => null,
        };
        return problem is null ? word : throw call.Problem($"refuses the value \"{word}\": {problem}");
    }
}
