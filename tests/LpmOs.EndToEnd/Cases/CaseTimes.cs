using System.Globalization;

namespace LpmOs.EndToEnd.Cases;

/// <summary>What a case measured; shown, never asserted.</summary>
internal sealed class CaseTimes(string name)
{
    private readonly List<string> _parts = [];

    public void Add(string label, TimeSpan time) => _parts.Add(string.Create(CultureInfo.InvariantCulture, $"{label} {time.TotalSeconds:0.0} s"));

    public void AddMilliseconds(string label, TimeSpan time) => _parts.Add(string.Create(CultureInfo.InvariantCulture, $"{label} {time.TotalMilliseconds:0} ms"));

    public void AddMegabytes(string label, long bytes) => _parts.Add(string.Create(CultureInfo.InvariantCulture, $"{label} {bytes / 1048576.0:0} MiB"));

    public void Note(string text) => _parts.Add(text);

    public override string ToString() => $"case {name}: {string.Join(" | ", _parts)}";
}
