using System.Diagnostics;
using System.Globalization;
using LpmOs.Core.Store;
using LpmOs.Core.Store.Embedded;
using LpmOs.Core.Tests.Store.Etcd;
using LpmOs.Testing;
using Microsoft.Data.Sqlite;

namespace LpmOs.Core.Tests.Store.Embedded;

[Collection(nameof(Outages))]
public sealed class EmbeddedStoreProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Path => _folder.File("store.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_acknowledged_survives_kill_9()
    {
        var acknowledged = new Dictionary<string, long>();
        for (var round = 1; round <= 3; round++)
        {
            foreach (var (name, revision) in await WriteAndKillAsync(after: 200 * round))
                acknowledged.Add(name, revision);
            await JudgeAsync(acknowledged);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{acknowledged.Count} acknowledged transactions, 3 kills");
    }

    [Fact]
    public async Task A_second_process_is_told_who_has_the_file()
    {
        await using var store = Open();
        using var second = Start();
        var message = await second.StandardError.ReadToEndAsync(Cancellation);
        await second.WaitForExitAsync(Cancellation);
        Assert.Equal(3, second.ExitCode);
        Assert.Contains(Path, message, StringComparison.Ordinal);
        Assert.Contains("stop the other one, or give this one its own Store:Embedded:Path", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_takes_no_more_fails_the_write_and_keeps_what_was_acknowledged()
    {
        // A limit on the size of files instead of a full disk; the runtime's own double mapping would trip over it too.
        var limited = new ProcessStartInfo("bash", ["-c", "trap '' XFSZ; ulimit -f 2000; exec dotnet \"$0\" \"$1\"", WriterProgram, Path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" },
        };
        using var writer = Process.Start(limited)!;
        var errors = writer.StandardError.ReadToEndAsync(Cancellation);
        var acknowledged = await ReadAsync(writer, killAfter: int.MaxValue);
        await writer.WaitForExitAsync(Cancellation);
        Assert.Equal(3, writer.ExitCode);
        Assert.Contains("Check the disk's space", await errors, StringComparison.Ordinal);
        Assert.NotEmpty(acknowledged);
        await JudgeAsync(acknowledged.ToDictionary());
    }

    private EmbeddedStore Open() => new(new EmbeddedOptions { Path = Path }, TimeProvider.System, new TestLogger<EmbeddedStore>());

    private static string WriterProgram => System.IO.Path.Combine(AppContext.BaseDirectory, "LpmOs.Testing.StoreWriter.dll");

    private Process Start() => Process.Start(new ProcessStartInfo("dotnet", [WriterProgram, Path])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private async Task<List<KeyValuePair<string, long>>> WriteAndKillAsync(int after)
    {
        using var writer = Start();
        var lines = await ReadAsync(writer, after);
        Assert.True(lines.Count >= after - 1, await writer.StandardError.ReadToEndAsync(Cancellation));
        return lines;
    }

    private static async Task<List<KeyValuePair<string, long>>> ReadAsync(Process writer, int killAfter)
    {
        var lines = new List<KeyValuePair<string, long>>();
        while (await writer.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            var parts = line.Split(' ');
            if (parts.Length == 2 && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
                lines.Add(new(parts[0], revision));
            if (lines.Count == killAfter)
                writer.Kill();
        }

        // The kill may have cut the last line, and a cut number is a wrong one.
        if (lines.Count > 0)
            lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    private async Task JudgeAsync(Dictionary<string, long> acknowledged)
    {
        await using (var store = Open())
        {
            foreach (var (name, revision) in acknowledged)
            {
                foreach (var half in "ab")
                    Assert.Equal(revision, (await store.GetAsync($"/w/{name}/{half}", Cancellation))?.ModRevision);
            }

            // Every revision from the first on is there, with both halves of its transaction.
            var now = (await store.ListAsync("/", null, 1, 0, Cancellation)).Revision;
            var next = 2L;
            await foreach (var batch in store.WatchAsync("/", 2, Cancellation))
            {
                foreach (var revision in batch.Events.GroupBy(e => e.ModRevision))
                {
                    Assert.Equal(next++, revision.Key);
                    Assert.Equal(2, revision.Count());
                }

                if (next > now)
                    break;
            }
        }

        await using var raw = new SqliteConnection($"Data Source={Path};Pooling=False");
        await raw.OpenAsync(Cancellation);
        await using var check = raw.CreateCommand();
        check.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", await check.ExecuteScalarAsync(Cancellation));
    }
}
