using System.Text.Json;
using LpmOs.Cli.Session;
using LpmOs.Contracts;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Store;
using LpmOs.Tasks.Tests;
using LpmOs.Testing;

namespace LpmOs.Cli.Tests;

/// <summary>What one run of the program printed, and its exit code.</summary>
internal sealed record CliRun(int Code, string Output, string Errors)
{
    public JsonElement Json() => JsonDocument.Parse(Output).RootElement;
}

/// <summary>A real tasks service, and the program run against it in this process.</summary>
public sealed class CliFixture : IAsyncLifetime
{
    private static int _machines;
    private readonly TemporaryStore _store = TemporaryStore.Embedded();
    private RunningTasksService? _service;

    internal Uri Address => _service!.Address;
    public IStateStore Store => _store.Store;

    public async ValueTask InitializeAsync() => _service = await RunningTasksService.StartAsync(Store);

    public async ValueTask DisposeAsync()
    {
        await _service!.DisposeAsync();
        await _store.DisposeAsync();
    }

    /// <summary>A machine that no other test uses.</summary>
    public static (string Sn, string Mac) Machine()
    {
        var n = Interlocked.Increment(ref _machines);
        return ($"CLI-{n:D4}", $"52:54:00:c1:{n >> 8:x2}:{n & 255:x2}");
    }

    internal Task<CliRun> RunAsync(params string[] args) => RunAsync(new Dictionary<string, string>(), "", args);

    internal Task<CliRun> RunAsync(IReadOnlyDictionary<string, string> environment, string input, params string[] args) => StartAsync(Address.AbsoluteUri, environment, input, args);

    internal Task<CliRun> RunAsync(TextWriter output, params string[] args) => StartAsync(Address.AbsoluteUri, new Dictionary<string, string>(), "", output, args);

    internal static Task<CliRun> StartAsync(string server, TextWriter output, params string[] args) => StartAsync(server, new Dictionary<string, string>(), "", output, args);

    internal static async Task<CliRun> StartAsync(string server, IReadOnlyDictionary<string, string> environment, string input, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        return await StartAsync(server, environment, input, output, args);
    }

    private static async Task<CliRun> StartAsync(string server, IReadOnlyDictionary<string, string> environment, string input, TextWriter output, string[] args)
    {
        using var errors = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal
        {
            Out = TextWriter.Synchronized(output), Error = TextWriter.Synchronized(errors), In = new StringReader(input), Interactive = environment.ContainsKey("INTERACTIVE"),
            Environment = name => environment.GetValueOrDefault(name) ?? (name == "LPMOS_SERVER" ? server : null), Width = environment.ContainsKey("INTERACTIVE") ? 200 : null,
        };
        var code = await Application.RunAsync(args, terminal, TestContext.Current.CancellationToken);
        return new CliRun(code, output.ToString()!, errors.ToString());
    }

    internal async Task<string> CreateAsync(string sn, string mac, params string[] more)
    {
        var run = await RunAsync(["tasks", "create", "--idc", "dc1", "--sn", sn, "--mac", mac, "--os", "Debian 12", "-o", "json", .. more]);
        Assert.True(run.Code == 0, run.Errors);
        return run.Json().GetProperty("task_id").GetString()!;
    }

    /// <summary>The task as the store has it.</summary>
    public async Task<InstallTask> StoredAsync(string sn) =>
        JsonSerializer.Deserialize((await Store.GetAsync(Keys.Task("dc1", sn), CancellationToken.None))!.Value.Span, ContractsJson.Default.InstallTask)!;

    /// <summary>Writes as the regional service would.</summary>
    public async Task ChangeAsync(string sn, Func<InstallTask, InstallTask> change)
    {
        var task = await StoredAsync(sn);
        var changed = change(task) with { UpdatedAt = task.UpdatedAt.AddSeconds(1) };
        var result = await Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.Task("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(changed, ContractsJson.Default.InstallTask))] }, CancellationToken.None);
        await _service!.State.CatchUpAsync(Keys.Task("dc1", sn), result.Revision, CancellationToken.None);
    }

    /// <summary>As the regional service stores lines; its own watched copy does not follow logs.</summary>
    public async Task AppendLogAsync(string sn, string taskId, int firstLine, params string[] lines)
    {
        var chunk = new LogChunk { Attempt = 1, FirstLine = firstLine, Lines = lines, At = DateTimeOffset.UnixEpoch };
        await Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put($"{Keys.Logs("dc1", sn, taskId)}{firstLine:D10}", JsonSerializer.SerializeToUtf8Bytes(chunk, CoreJson.Default.LogChunk))] }, CancellationToken.None);
    }

    public async Task PutAsync(string key, byte[] value)
    {
        var result = await Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(key, value)] }, CancellationToken.None);
        await _service!.State.CatchUpAsync(key, result.Revision, CancellationToken.None);
    }
}
