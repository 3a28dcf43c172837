using System.Globalization;

namespace LpmOs.Testing;

/// <summary>Counts the attacks of a class of tests, for the summary that <c>make test</c> prints.</summary>
/// <param name="what">Was attacked; each class of attacks has a word, and a file, of its own.</param>
public abstract class AttackCount(string what) : IDisposable
{
    private int _attacks;

    public void Add(int attacks = 1) => Interlocked.Add(ref _attacks, attacks);

    public void Dispose()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "data", "attacks"));
        File.WriteAllText(Path.Combine(folder.FullName, $"{what.Replace(' ', '-')}.txt"), string.Create(CultureInfo.InvariantCulture, $"attack suite, {what}: {_attacks} attacks refused\n"));
        GC.SuppressFinalize(this);
    }
}
