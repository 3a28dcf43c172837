namespace LpmOs.EndToEnd.Lab;

/// <summary>The command-line tool as an operator runs it, in the lab.</summary>
internal static class Lpmosctl
{
    /// <returns>Its standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it said.</exception>
    public static async Task<string> RunAsync(LabNetwork network, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (code, output, error) = await network.TryAsync(["dotnet", Repository.Assembly("lpmosctl", "cli", "LpmOs.Cli"), .. arguments], cancellationToken);
        return code == 0 ? output : throw new InvalidOperationException($"lpmosctl {string.Join(' ', arguments)}: {output}{error}");
    }
}
