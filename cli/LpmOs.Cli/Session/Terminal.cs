namespace LpmOs.Cli.Session;

/// <summary>Where the program reads and writes.</summary>
internal sealed record Terminal
{
    private const int LeastHeight = 10;

    public required TextWriter Out { get; init; }
    public required TextWriter Error { get; init; }
    public required TextReader In { get; init; }
    /// <summary>A person looks at <see cref="Out"/>: colours and moving bars are welcome.</summary>
    public required bool Interactive { get; init; }
    public required Func<string, string?> Environment { get; init; }
    /// <summary>Columns; null: as wide as the rows are.</summary>
    public int? Width { get; init; }
    /// <summary>Rows. Without a terminal, and on some serial consoles, nobody knows them: then what a terminal has at the least.</summary>
    public int Height { get; init; } = LeastHeight;
    /// <summary>A line that is not shown while it is typed; null: there is none.</summary>
    public Func<string?> ReadSecret { get => field ?? In.ReadLine; init; }
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static Terminal OfThisProcess() => new()
    {
        Out = Console.Out, Error = Console.Error, In = Console.In, Environment = System.Environment.GetEnvironmentVariable,
        ReadSecret = ReadHidden,
        Interactive = !Console.IsOutputRedirected && System.Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"),
        Width = Console.IsOutputRedirected ? null : Math.Max(40, Console.WindowWidth),
        Height = Console.IsOutputRedirected ? LeastHeight : Math.Max(LeastHeight, Console.WindowHeight),
    };

    private static string? ReadHidden()
    {
        if (Console.IsInputRedirected)
            return Console.In.ReadLine();
        var text = new System.Text.StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
            {
                Console.Error.WriteLine();
                return text.ToString();
            }
            if (key.Key == ConsoleKey.Backspace)
                text.Length = Math.Max(0, text.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                text.Append(key.KeyChar);
        }
    }
}
