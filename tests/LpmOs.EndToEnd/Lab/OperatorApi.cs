using System.Globalization;
using System.Text.Json;

namespace LpmOs.EndToEnd.Lab;

/// <summary>The operators' API as a person at a shell uses it: curl, in the namespace, with the bodies of the public contract.</summary>
internal sealed class OperatorApi(LabNetwork network)
{
    public const string Url = "http://127.0.0.1:8080";

    /// <param name="method">How to install; null: the system's usual way.</param>
    public Task<JsonElement> CreateTaskAsync(MachineSpec machine, string hostname, CancellationToken cancellationToken, string? method = null, string os = "Debian 12", string version = "12") =>
        PostAsync("/api/v1/tasks", JsonSerializer.Serialize(new Dictionary<string, string?>
        {
            ["idc"] = "dc1",
            ["sn"] = machine.SerialNumber,
            ["mac"] = machine.Mac,
            ["os_type"] = os,
            ["os_version"] = version,
            ["hostname"] = hostname,
            ["install_method"] = method,
        }), cancellationToken);

    public Task<JsonElement> ApproveAsync(string sn, CancellationToken cancellationToken) =>
        PostAsync($"/api/v1/tasks/dc1/{sn}/approve", """{"notes": "审批通过"}""", cancellationToken);

    public Task<JsonElement> RejectAsync(string sn, CancellationToken cancellationToken) =>
        PostAsync($"/api/v1/tasks/dc1/{sn}/reject", """{"reason": "not this one"}""", cancellationToken);

    public Task<JsonElement> TaskAsync(string sn, CancellationToken cancellationToken) => GetAsync($"/api/v1/tasks/dc1/{sn}", cancellationToken);

    public Task<JsonElement> MachineAsync(string sn, CancellationToken cancellationToken) => GetAsync($"/api/v1/machines/dc1/{sn}", cancellationToken);

    /// <summary>Asks for the task until <paramref name="condition"/> holds.</summary>
    /// <exception cref="InvalidOperationException">The task failed, or the time is over.</exception>
    public async Task<JsonElement> WaitForTaskAsync(string sn, Func<JsonElement, bool> condition, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        using var rhythm = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        JsonElement task = default;
        try
        {
            do
            {
                task = await TaskAsync(sn, limit.Token);
                if (condition(task))
                    return task;
                if (task.GetProperty("status").GetString() is "failed" or "rejected" or "cancelled")
                    throw new InvalidOperationException($"The task is lost: {task}");
            }
            while (await rhythm.WaitForNextTickAsync(limit.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Told below, with what was last seen.
        }

        throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"After {timeout.TotalSeconds:0} s the task is still: {task}"));
    }

    /// <summary>Asks for the path until <paramref name="condition"/> holds.</summary>
    /// <exception cref="InvalidOperationException">The time is over; the message holds the last answer.</exception>
    public async Task<JsonElement> WaitAsync(string path, Func<JsonElement, bool> condition, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        using var rhythm = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        JsonElement answer = default;
        try
        {
            do
            {
                answer = await GetAsync(path, limit.Token);
                if (condition(answer))
                    return answer;
            }
            while (await rhythm.WaitForNextTickAsync(limit.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Told below, with what was last seen.
        }

        throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"After {timeout.TotalSeconds:0} s {path} is still: {answer}"));
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        await CurlAsync(["curl", "-sS", "--fail-with-body", "-m", "30", Url + path], cancellationToken);

    public async Task<JsonElement> PostAsync(string path, string body, CancellationToken cancellationToken) =>
        await CurlAsync(["curl", "-sS", "--fail-with-body", "-m", "30", "-X", "POST", Url + path, "-d", body], cancellationToken);

    private async Task<JsonElement> CurlAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var (code, output, error) = await network.TryAsync(command, cancellationToken);
        if (code != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)}: {error} {output}");
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }
}
