using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Tests.Logs;

public sealed class LogLimitsTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    private static readonly JsonSerializerOptions AsCurlSends = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task A_batch_that_is_too_much_for_one_key_goes_into_several_and_a_replay_is_recorded_once()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Installing));
        // As one JSON text with every character escaped, as it is stored: 3.6 MB.
        var lines = Enumerable.Range(0, 600).Select(n => $"{n} {new string('装', 1000)}").ToList();
        var body = JsonSerializer.Serialize(new { sn, task_id = id, attempt = 1, first_line = 0, lines }, AsCurlSends);
        foreach (var expected in (string[])["600 of 600 lines recorded", "0 of 600 lines recorded"])
        {
            using var answer = await regional.PostTextAsync("/api/v1/logs", body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(expected, (await RegionalFixture.JsonAsync(answer)).GetProperty("message").GetString());
        }
        var chunks = (await regional.Store.ListAsync(Keys.Logs("dc1", sn, id), null, 1000, 0, TestContext.Current.CancellationToken)).Entries;
        Assert.All(chunks, chunk => Assert.InRange(chunk.Value.Length, 1, 200_000));
        Assert.Equal(lines, chunks.SelectMany(Lines));
    }

    [Fact]
    public async Task A_line_without_end_is_cut_and_marked()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Installing));
        using var answer = await regional.PostAsync("/api/v1/logs", new { sn, task_id = id, lines = (string[])["before", new string('x', 100_000), "after"] });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var chunk = Assert.Single((await regional.Store.ListAsync(Keys.Logs("dc1", sn, id), null, 1000, 0, TestContext.Current.CancellationToken)).Entries);
        Assert.Equal(["before", new string('x', 4090) + " [cut]", "after"], Lines(chunk));
    }

    [Fact]
    public async Task An_agent_that_was_restarted_numbers_its_lines_anew_and_none_is_taken_for_a_replay()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Installing));
        // The first agent numbered its lines far above those of the second, whose clock may be wrong by years.
        foreach (var (run, first, line) in ((string, long, string)[])[("a1", 1_790_000_000_000, "one"), ("b2", 0, "two"), ("b2", 0, "two"), ("b2", 1, "three")])
            (await regional.PostAsync("/api/v1/logs", new { sn, task_id = id, attempt = 1, first_line = first, run, lines = (string[])[line] })).EnsureSuccessStatusCode();
        // Nobody's lines follow on whatever is there.
        (await regional.PostAsync("/api/v1/logs", new { sn, task_id = id, lines = (string[])["four"] })).EnsureSuccessStatusCode();

        var chunks = (await regional.Store.ListAsync(Keys.Logs("dc1", sn, id), null, 1000, 0, TestContext.Current.CancellationToken)).Entries;
        Assert.Equal(["one", "two", "three", "four"], chunks.SelectMany(Lines));
    }

    [Fact]
    public async Task Where_another_service_has_written_once_around_the_ring_lines_follow_on_its_last_one()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Installing));
        (await regional.PostAsync("/api/v1/logs", new { sn, task_id = id, lines = (string[])["ours"] })).EnsureSuccessStatusCode();
        var prefix = Keys.Logs("dc1", sn, id);
        var token = TestContext.Current.CancellationToken;
        var ours = Assert.Single((await regional.Store.ListAsync(prefix, null, 1000, 0, token)).Entries);
        await regional.Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Delete(ours.Key), StoreWrite.Put(prefix + "0000000777", ours.Value)] }, token);

        (await regional.PostAsync("/api/v1/logs", new { sn, task_id = id, lines = (string[])["more"] })).EnsureSuccessStatusCode();

        Assert.Equal([prefix + "0000000777", prefix + "0000000778"], (await regional.Store.ListAsync(prefix, null, 1000, 0, token)).Entries.Select(entry => entry.Key));
    }

    [Fact]
    public async Task A_run_that_is_no_name_is_refused()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Installing));
        using var answer = await regional.PostAsync("/api/v1/logs", new { sn, task_id = id, run = "a/b", lines = (string[])["x"] });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static IEnumerable<string> Lines(StoreEntry chunk) =>
        JsonDocument.Parse(Encoding.UTF8.GetString(chunk.Value.Span)).RootElement.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!);
}
