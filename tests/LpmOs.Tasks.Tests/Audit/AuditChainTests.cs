using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Store;
using LpmOs.Tasks.Tests.Access;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Audit;

/// <summary>What is done to records behind the services' back, in the store itself, is found and named.</summary>
public sealed class AuditChainTests(TasksFixture site) : IClassFixture<TasksFixture>
{
    private const int Tasks = 6;

    [Fact]
    public async Task What_the_services_write_is_intact_and_any_program_can_compute_it_again()
    {
        await using var store = TemporaryStore.Embedded();
        // Two services and the same store: neither writes after a record that the other has followed already.
        await using var one = await RunningTasksService.StartAsync(store.Store);
        await using var two = await RunningTasksService.StartAsync(store.Store);
        await Task.WhenAll(Enumerable.Range(0, 2 * Tasks).Select(n => CreateAsync(n % 2 == 0 ? one : two)));
        var verified = await VerifyAsync(two);
        Assert.True(verified.GetProperty("intact").GetBoolean(), verified.GetRawText());
        Assert.Equal(2 * Tasks, verified.GetProperty("records").GetInt32());

        var records = await RecordsAsync(store.Store, "dc1");
        foreach (var chain in records.GroupBy(record => (int)record.Json["chain"]!))
        {
            var previous = new string('0', 64);
            foreach (var (record, place) in chain.OrderBy(record => (long)record.Json["number"]!).Select((record, at) => (record, at + 1)))
            {
                Assert.Equal((place, previous), ((int)record.Json["number"]!, (string)record.Json["previous"]!));
                // The bytes as they lie there, but for the hash itself.
                var text = Encoding.UTF8.GetString(record.Value.Span);
                previous = (string)record.Json["hash"]!;
                Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.Replace($",\"hash\":\"{previous}\"", "", StringComparison.Ordinal)))), previous);
            }
        }
    }

    [Fact]
    public async Task What_is_written_while_the_records_are_read_is_no_fault()
    {
        await using var store = TemporaryStore.Embedded();
        var slow = new FaultyStore(store.Store);
        await using var service = await RunningTasksService.StartAsync(slow);
        await CreateAsync(service);
        var written = false;
        slow.BeforeList = async prefix =>
        {
            if (prefix != Keys.Audit("dc1") || written)
                return;
            written = true;
            // Enough for a record in each chain.
            for (var n = 0; n < 3 * AuditChains.Count; n++)
                await CreateAsync(service);
        };
        var verified = await VerifyAsync(service);
        Assert.True(written);
        Assert.True(verified.GetProperty("intact").GetBoolean(), verified.GetRawText());
    }

    [Theory]
    [InlineData("content", "changed")]
    [InlineData("content and hash", "changed")]
    [InlineData("delete", "missing")]
    [InlineData("delete the newest", "missing")]
    [InlineData("exchange", "moved")]
    [InlineData("copy", "moved")]
    [InlineData("add", "unchained")]
    [InlineData("link away", "unchained")]
    [InlineData("head", "end_forged")]
    [InlineData("no head", "end_missing")]
    [InlineData("delete and old head", "put_back")]
    [InlineData("delete and forged anchor", "end_forged")]
    [InlineData("garbage", "changed")]
    public async Task Whatever_is_done_to_them_is_named(string what, string code)
    {
        // An IDC of its own; and one after the other: one chain.
        var idc = "x-" + what.Replace(' ', '-');
        for (var n = 0; n < Tasks; n++)
        {
            var (sn, mac) = Samples.Machine();
            await site.CreateAsync(sn, mac, idc);
        }
        Assert.True((await site.JsonAsync($"/api/v1/audit/verify?idc={idc}")).GetProperty("intact").GetBoolean());
        var records = (await RecordsAsync(site.Store, idc)).OrderBy(record => (long)record.Json["number"]!).ToList();
        Assert.Equal(Tasks, records.Count);
        var chain = (int)records[0].Json["chain"]!;
        var victim = records[Tasks / 2];
        await DoAsync(site.Store, what, idc, records, victim, chain);

        var verified = await site.JsonAsync($"/api/v1/audit/verify?idc={idc}");
        Assert.False(verified.GetProperty("intact").GetBoolean(), verified.GetRawText());
        Assert.Equal(idc, verified.GetProperty("first").GetProperty("idc").GetString());
        Assert.Contains(verified.GetProperty("faults").EnumerateArray(), fault => fault.GetProperty("code").GetString() == code);
        var first = verified.GetProperty("first");
        switch (what)
        {
            case "content" or "content and hash" or "garbage" or "link away":
                Assert.Contains(verified.GetProperty("faults").EnumerateArray(), fault => fault.TryGetProperty("id", out var id) && id.GetString() == Id(victim));
                break;
            case "delete":
                Assert.Equal(((long)victim.Json["number"]!, Id(records[(Tasks / 2) + 1])), (first.GetProperty("number").GetInt64(), first.GetProperty("id").GetString()));
                break;
            case "delete the newest":
                Assert.Equal(Tasks, first.GetProperty("number").GetInt64());
                break;
        }
    }

    [Fact]
    public async Task What_is_left_after_the_oldest_have_gone_can_be_verified_as_before()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, Samples.Image("dc1", "debian", "12"));
        var time = new ManualTime();
        await using (var service = await RunningTasksService.StartAsync(store.Store, time))
        {
            for (var n = 0; n < Tasks; n++)
                await CreateAsync(service);
            time.Advance(TimeSpan.FromDays(5));
            await CreateAsync(service);
        }
        await using var later = await RunningTasksService.StartAsync(store.Store, time, "--Audit:KeepDays=3");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var _ in store.Store.WatchAsync("/os/", 1, limit.Token))
        {
            if ((await store.Store.ListAsync(Keys.Audit("dc1"), null, 100, 0, limit.Token)).Entries.Count == 1)
                break;
        }
        var verified = await VerifyAsync(later);
        Assert.True(verified.GetProperty("intact").GetBoolean(), verified.GetRawText());
        Assert.Equal(Tasks + 1, verified.GetProperty("idcs").EnumerateArray().Single(idc => idc.GetProperty("idc").GetString() == "dc1").GetProperty("ends").EnumerateArray().Sum(end => end.GetProperty("number").GetInt64()));
        await CreateAsync(later);
        Assert.True((await VerifyAsync(later)).GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task Records_from_before_the_chains_are_counted_and_not_blamed()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, Samples.Image("dc1", "debian", "12"), Loose("dc1", TimeProvider.System.GetUtcNow().AddDays(-1)));
        await using var service = await RunningTasksService.StartAsync(store.Store);
        await CreateAsync(service);
        var verified = await VerifyAsync(service);
        Assert.Equal((true, 1), (verified.GetProperty("intact").GetBoolean(), verified.GetProperty("idcs").EnumerateArray().Single(idc => idc.GetProperty("idc").GetString() == "dc1").GetProperty("unchained").GetInt32()));
    }

    [Fact]
    public async Task Who_reads_one_IDCs_audit_verifies_that_one()
    {
        await using var store = TemporaryStore.Embedded();
        await People.PutAsync(store.Store, People.User("local", People.Grant(Role.Auditor, "dc2")), People.Token("local-token", "local"), Samples.Image("dc1", "debian", "12"), Samples.Image("dc2", "debian", "12"));
        await using var service = await RunningTasksService.StartAsync(store.Store, null, "--Auth:Mode=users");
        var own = await service.SendAsync(HttpMethod.Get, "/api/v1/audit/verify", null, "local-token");
        Assert.Equal(["dc2"], own.Body.GetProperty("idcs").EnumerateArray().Select(idc => idc.GetProperty("idc").GetString()));
        Assert.Equal("not_allowed", (await service.SendAsync(HttpMethod.Get, "/api/v1/audit/verify?idc=dc1", null, "local-token")).Code());
        Assert.Equal("not_allowed", (await service.SendAsync(HttpMethod.Get, "/api/v1/audit/verify?idc=global", null, "local-token")).Code());
    }

    private sealed record Stored(string Key, ReadOnlyMemory<byte> Value, JsonNode Json);

    private static async Task DoAsync(IStateStore store, string what, string idc, List<Stored> records, Stored victim, int chain)
    {
        var text = Encoding.UTF8.GetString(victim.Value.Span);
        var forged = text.Replace("\"by\":\"operator\"", "\"by\":\"somebody\"", StringComparison.Ordinal);
        var bare = text[..text.IndexOf(",\"chain\":", StringComparison.Ordinal)] + "}";
        var head = (await store.GetAsync(Keys.AuditHead(idc, chain), CancellationToken.None))!;
        await WriteAsync(store, what switch
        {
            "content" => [Put(victim.Key, forged)],
            "content and hash" => [StoreWrite.Put(victim.Key, AuditLink.Append(Encoding.UTF8.GetBytes(bare.Replace("operator", "somebody", StringComparison.Ordinal)), chain, (long)victim.Json["number"]!, (string)victim.Json["previous"]!).Value)],
            "delete" => [StoreWrite.Delete(victim.Key)],
            "delete the newest" => [StoreWrite.Delete(records[^1].Key)],
            "exchange" => [StoreWrite.Put(victim.Key, records[1].Value), StoreWrite.Put(records[1].Key, victim.Value)],
            "copy" => [StoreWrite.Put(Keys.Audit(idc, AuditTrail.NewId(TimeProvider.System.GetUtcNow())), victim.Value)],
            "add" => [Loose(idc, TimeProvider.System.GetUtcNow())],
            "link away" => [Put(victim.Key, bare)],
            "garbage" => [Put(victim.Key, "garbage")],
            "head" => [Put(head.Key, Encoding.UTF8.GetString(head.Value.Span).Replace($"\"number\":{Tasks}", $"\"number\":{Tasks - 1}", StringComparison.Ordinal)), StoreWrite.Delete(records[^1].Key)],
            "no head" => [StoreWrite.Delete(head.Key)],
            // As somebody does who has a backup: with a note that the services did seal, of some time ago.
            "delete and old head" => [StoreWrite.Put(head.Key, await FormerAsync(store, head)), StoreWrite.Delete(records[^1].Key)],
            "delete and forged anchor" => [StoreWrite.Delete(records[0].Key), Put(Keys.AuditAnchor(idc, chain), $$"""{"number":1,"hash":"{{records[0].Json["hash"]}}","since":"2020-01-01T00:00:00+00:00","seal":"{{new string('a', 64)}}"}""")],
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        });
    }

    private static async Task<ReadOnlyMemory<byte>> FormerAsync(IStateStore store, StoreEntry head)
    {
        ReadOnlyMemory<byte> former = default;
        await foreach (var batch in store.WatchAsync(head.Key, head.CreateRevision, TestContext.Current.CancellationToken))
        {
            foreach (var change in batch.Events.Where(change => change.ModRevision < head.ModRevision))
                former = change.Value!.Value;
            if (batch.Revision >= head.ModRevision)
                break;
        }
        return former;
    }

    private static async Task WriteAsync(IStateStore store, StoreWrite[] writes) => Assert.True((await store.CommitAsync(new StoreTransaction { Writes = writes }, CancellationToken.None)).Applied);

    private static async Task CreateAsync(RunningTasksService service)
    {
        var (sn, mac) = Samples.Machine();
        var answer = await service.SendAsync(HttpMethod.Post, "/api/v1/tasks", Samples.Task(sn, mac));
        Assert.True(answer.Status == System.Net.HttpStatusCode.Created, answer.Body.GetRawText());
    }

    private static async Task<JsonElement> VerifyAsync(RunningTasksService service) => (await service.SendAsync(HttpMethod.Get, "/api/v1/audit/verify")).Body;

    private static async Task<List<Stored>> RecordsAsync(IStateStore store, string idc) =>
        [.. (await store.ListAsync(Keys.Audit(idc), null, 1000, 0, CancellationToken.None)).Entries.Select(entry => new Stored(entry.Key, entry.Value, JsonNode.Parse(entry.Value.Span)!))];

    private static string Id(Stored record) => (string)record.Json["id"]!;

    private static StoreWrite Put(string key, string text) => StoreWrite.Put(key, Encoding.UTF8.GetBytes(text));

    private static StoreWrite Loose(string idc, DateTimeOffset at)
    {
        var id = AuditTrail.NewId(at);
        return Put(Keys.Audit(idc, id), $$"""{"id":"{{id}}","at":"{{at.ToString("O", CultureInfo.InvariantCulture)}}","by":"x","action":"task.created","idc":"{{idc}}"}""");
    }
}
