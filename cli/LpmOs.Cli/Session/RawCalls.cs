using LpmOs.Cli.Client;

namespace LpmOs.Cli.Session;

/// <summary>For the few calls whose bodies the generated client cannot send or read as they are: CSV files, streams.</summary>
internal static class RawCalls
{
    public static async Task<LpmOsProblemException> ProblemAsync(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        new(answer.ReasonPhrase ?? "", (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken), new Dictionary<string, IEnumerable<string>>(), null);
}
