using System.Net;
using System.Text;
using System.Text.Json;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;
using LpmOs.Contracts;

namespace LpmOs.Agent.Install.HandOver;

/// <summary>The kernel's command line of an installer, as the boot service renders it for this machine and as it was approved.</summary>
internal sealed class CommandLineSource(HttpClient http, AgentSettings settings, TimeProvider time)
{
    private const string FileName = "command-line.txt";
    private const int MostTries = 5;
    /// <summary>COMMAND_LINE_SIZE of x86 and arm64 (arch/…/include/asm/setup.h), with the zero at its end.</summary>
    private const int Longest = 2047;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(20);

    public Backoff Pauses { get; init; } = new();

    /// <returns>The line, or why there is none.</returns>
    public async Task<(string? Line, string Why)> FetchAsync(string token, CancellationToken cancellationToken)
    {
        var why = "";
        for (var tries = 1; tries <= MostTries; tries++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(CallLimit);
            try
            {
                using var answer = await http.GetAsync(new Uri(settings.BootBase, $"install/{Uri.EscapeDataString(token)}/{FileName}"), limit.Token).ConfigureAwait(false);
                var text = await answer.Content.ReadAsStringAsync(limit.Token).ConfigureAwait(false);
                if (answer.IsSuccessStatusCode)
                    return Check(text.Trim());
                why = Problem(text) ?? $"the boot service answered {(int)answer.StatusCode}";
                if ((int)answer.StatusCode < 500 && answer.StatusCode != HttpStatusCode.TooManyRequests)
                    return (null, why);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                why = $"the boot service cannot be reached ({e.Message})";
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                why = "the boot service does not answer";
            }
            await Task.Delay(Pauses.After(tries), time, cancellationToken).ConfigureAwait(false);
        }
        return (null, why);
    }

    /// <summary>The kernel splits it at blanks; what is no printable ASCII, or too long, it would take for something else.</summary>
    private static (string? Line, string Why) Check(string line) =>
        Encoding.UTF8.GetByteCount(line) is 0 or > Longest || line.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? (null, $"the installer's command line has {line.Length} characters or such that a kernel does not take; allowed are 1 to {Longest} of printable ASCII")
            : (line, "");

    private static string? Problem(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, ContractsJson.Default.ProblemAnswer) is { } problem ? problem.Detail ?? problem.Title : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
