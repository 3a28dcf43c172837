namespace LpmOs.Cli.Output;

/// <summary>One column of a list.</summary>
/// <param name="Key">Name for scripts: the heading in CSV.</param>
/// <param name="Title">Heading for people.</param>
/// <param name="Value">The cell; null is empty.</param>
/// <param name="Right">Numbers stand right.</param>
internal sealed record Column<T>(string Key, string Title, Func<T, string?> Value, bool Right = false);
