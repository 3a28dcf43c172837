using LpmOs.Core.Templates;

namespace LpmOs.Core.Tests.Templates;

/// <summary>Whatever a template is: it renders, or is refused with a <see cref="TemplateException"/>, within its limits.</summary>
public sealed class FuzzTests
{
    private const int Rounds = 2_500;
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Templates", "Golden");
    private static readonly string[] Pieces =
    [
        "{{", "}}", "{{-", "-}}", "{{~", "~}}", "{%{", "}%}", "end", "if", "else", "for x in", "while", "case", "when", "func f", "ret", "capture c", "with", "wrap", "$$", "$0", "$",
        "include '_part.sbn'", "|", "||", "&&", "??", "?.", "?", ":", "..", "..<", "(", ")", "[", "]", "{", "}", "\"", "'", "`", "$\"{", "#", "##", ";", "\n", "\r\n", "\0", "@", "^", "++",
        "1", "0x", "1e", "99999999999", "-", "=", "+=", "*", "/", "//", "%", "<<", "string.pad_left 99", "array.each @f", "regex.replace '(a*)*$' 'x'", "object.to_json", "this", "empty", "null",
        "do;", "break", "continue", "import", "readonly", "\\", "\ud800", "é", "quote.ipxe", "math.format 'X'", "date.parse", "1..9", "limit:2", "reversed",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nothing_but_a_template_error_comes_out(int seed)
    {
        var random = new Random(seed);
        var seeds = Directory.GetFiles(Folder, "*.sbn").Order(StringComparer.Ordinal).Select(File.ReadAllText).ToArray();
        var limits = new TemplateLimits { MaxSteps = 2_000, MaxOutputLength = 50_000, MaxWork = 500_000, TotalTime = TimeSpan.FromSeconds(5), RegexTime = TimeSpan.FromMilliseconds(20) };
        var engine = new TemplateEngine(new TemplateSource(Folder), limits);
        var variables = GoldenTests.Variables();
        var (rendered, refused) = (0, 0);

        for (var i = 0; i < Rounds; i++)
        {
            var text = Mutate(random, seeds[random.Next(seeds.Length)]);
            try
            {
                Assert.InRange(engine.Render(engine.Parse(text, "fuzz"), variables).Length, 0, limits.MaxOutputLength);
                rendered++;
            }
            catch (TemplateException error)
            {
                Assert.True(error is { Line: > 0, Column: > 0 } && error.Problem.Length > 0, text);
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}, round {i}: {error}\n{text}");
            }
        }

        // Both must happen, or the mutations test nothing.
        Assert.True(rendered > Rounds / 50 && refused > Rounds / 50, $"{rendered} rendered, {refused} refused");
    }

    private static string Mutate(Random random, string text)
    {
        // A window of the seed, so that several mutations hit one statement now and then.
        var start = random.Next(text.Length);
        if (random.Next(3) == 0)
            text = text.Substring(start, Math.Min(random.Next(200), text.Length - start));
        for (var n = random.Next(1, 5); n > 0 && text.Length > 0; n--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(12), text.Length - at);
            text = random.Next(4) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
                2 => text.Remove(at, length).Insert(at, Pieces[random.Next(Pieces.Length)] + " "),
                _ => text.Insert(at, text.Substring(at, length)),
            };
        }
        return text;
    }
}
