namespace LpmOs.Agent.Tests;

/// <summary>What programs of real machines said, with serial numbers made up: files of the folder <c>Recorded</c>.</summary>
internal static class Recorded
{
    public static string Text(string path)
    {
        using var stream = typeof(Recorded).Assembly.GetManifestResourceStream("Recorded/" + path) ?? throw new FileNotFoundException($"There is no Recorded/{path}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public static bool Exists(string path) => typeof(Recorded).Assembly.GetManifestResourceInfo("Recorded/" + path) is not null;

    public static IEnumerable<string> Names(string folder, string ending) =>
        typeof(Recorded).Assembly.GetManifestResourceNames().Where(name => name.StartsWith($"Recorded/{folder}/", StringComparison.Ordinal) && name.EndsWith(ending, StringComparison.Ordinal))
            .Select(name => name[$"Recorded/{folder}/".Length..^ending.Length]).Order(StringComparer.Ordinal);
}
