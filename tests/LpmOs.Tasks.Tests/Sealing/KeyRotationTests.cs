using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LpmOs.Core.Security;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Sealing;

/// <summary>Plants secrets, rotates the keys, and looks into the store itself for what opens with which.</summary>
public sealed partial class KeyRotationTests
{
    private const string Hash = "$6$plantedsalt$PLANTEDHASH0123456789abcdefghijklmnopqrstuvwxyz";
    private const string Hook = "planted-webhook-secret-0123456789";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_rotation_everything_is_read_and_sealed_anew_and_the_old_key_alone_opens_none_of_it()
    {
        await using var store = TemporaryStore.Embedded();
        var time = new ManualTime();
        await using var service = await RunningTasksService.StartAsync(store.Store, time);
        await PlantAsync(service);
        var old = await RingAsync(store.Store);
        var before = await SealedAsync(store.Store);
        Assert.True(before.Count >= 3, string.Join('\n', before.Keys));
        Assert.All(before.Values, text => Assert.Contains(SealedText.Open(text, old), (string?[])[Hash, Hook]));
        var token = MachineTokens.Issue(Claims(time), old);

        var rotated = await PostAsync(service, "/api/v1/keys/rotate");
        Assert.Equal((before.Count, 0, 0), (rotated.GetProperty("resealed").GetInt32(), rotated.GetProperty("waiting").GetInt32(), rotated.GetProperty("unreadable").GetInt32()));
        var ring = await RingAsync(store.Store);
        Assert.Equal((2, true), (KeyRing.Count(ring), ring.AsSpan(KeyRing.KeyBytes).SequenceEqual(old)));
        var after = await SealedAsync(store.Store);
        Assert.Equal(before.Keys, after.Keys);
        foreach (var (key, text) in after)
        {
            Assert.Null(SealedText.Open(text, old));
            Assert.Equal(SealedText.Open(before[key], old), SealedText.Open(text, KeyRing.Present(ring)));
            Assert.Equal(SealedText.Open(before[key], old), SealedText.Open(before[key], ring));
        }
        // What the old key signed holds until it is taken away; the audit is intact throughout.
        Assert.NotNull(MachineTokens.Verify(token, ring, time.GetUtcNow()));
        await IntactAsync(service);
        Assert.Equal((HttpStatusCode.Conflict, "keys_in_use"), await RefusedAsync(service, "/api/v1/keys/retire", "{}"));

        time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal((HttpStatusCode.Conflict, "keys_in_use"), await RefusedAsync(service, "/api/v1/keys/retire", "{}"));
        await PostAsync(service, "/api/v1/keys/retire", """{"now":true}""");
        var left = await RingAsync(store.Store);
        Assert.Equal(KeyRing.Present(ring).ToArray(), left);
        Assert.Null(MachineTokens.Verify(token, left, time.GetUtcNow()));
        await IntactAsync(service);
        Assert.All(after.Values, text => Assert.NotNull(SealedText.Open(text, left)));
        Assert.Equal(2, await CountAsync(service, "keys."));
        var fingerprint = KeyRing.Fingerprint(left);
        Assert.Equal(fingerprint, Assert.Single((await service.Http.GetFromJsonAsync<JsonElement>("/api/v1/keys", Cancellation)).GetProperty("items").EnumerateArray()).GetProperty("fingerprint").GetString());
    }

    [Fact]
    public async Task What_was_approved_stays_as_it_is_until_it_is_over_and_keeps_its_key()
    {
        await using var store = TemporaryStore.Embedded();
        var time = new ManualTime();
        await using var service = await RunningTasksService.StartAsync(store.Store, time);
        var (sn, mac) = Samples.Machine();
        await PostAsync(service, "/api/v1/tasks", Samples.Task(sn, mac, more: $$""","users":[{"name":"ops","password_hash":"{{Hash}}"}]"""));
        await PostAsync(service, $"/api/v1/tasks/dc1/{sn}/approve");
        var before = (await store.Store.GetAsync(Keys.Task("dc1", sn), Cancellation))!.Value;
        var rotated = await PostAsync(service, "/api/v1/keys/rotate");
        Assert.True(rotated.GetProperty("waiting").GetInt32() >= 1);
        var after = (await store.Store.GetAsync(Keys.Task("dc1", sn), Cancellation))!.Value;
        Assert.Equal(before.ToArray(), after.ToArray());
        time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal((HttpStatusCode.Conflict, "keys_in_use"), await RefusedAsync(service, "/api/v1/keys/retire", """{"now":true}"""));
        await PostAsync(service, $"/api/v1/tasks/dc1/{sn}/cancel");
        await PostAsync(service, "/api/v1/keys/retire", """{"now":true}""");
        var ring = await RingAsync(store.Store);
        Assert.All((await SealedAsync(store.Store)).Values, text => Assert.Equal(Hash, SealedText.Open(text, ring)));
    }

    [Fact]
    public async Task A_fifth_key_is_refused_and_what_the_first_sealed_is_not_lost()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await RunningTasksService.StartAsync(store.Store, new ManualTime());
        var (sn, mac) = Samples.Machine();
        await PostAsync(service, "/api/v1/tasks", Samples.Task(sn, mac, more: $$""","users":[{"name":"ops","password_hash":"{{Hash}}"}]"""));
        await PostAsync(service, $"/api/v1/tasks/dc1/{sn}/approve");
        var first = await RingAsync(store.Store);
        for (var rotations = 1; rotations < KeyRing.Most; rotations++)
            await PostAsync(service, "/api/v1/keys/rotate");
        var full = await RingAsync(store.Store);
        Assert.Equal((HttpStatusCode.Conflict, "keys_in_use"), await RefusedAsync(service, "/api/v1/keys/rotate", "{}"));
        Assert.Equal(full, await RingAsync(store.Store));
        Assert.Equal(KeyRing.Most - 1, await CountAsync(service, "keys."));
        var approved = Assert.Single((await SealedAsync(store.Store)).Where(found => found.Key.StartsWith(Keys.Task("dc1", sn), StringComparison.Ordinal)).Select(found => found.Value).Distinct());
        Assert.Equal((Hash, Hash), (SealedText.Open(approved, first), SealedText.Open(approved, full)));
    }

    [Fact]
    public async Task What_is_typed_and_shown_in_shells_is_left_as_it_is()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await RunningTasksService.StartAsync(store.Store, new ManualTime());
        await PostAsync(service, "/api/v1/keys/rotate");
        // An answer of the API on a terminal; and bytes that are no UTF-8, with what nobody can open.
        var secret = Encoding.UTF8.GetBytes(SealedText.Seal(Hash, await RingAsync(store.Store)));
        foreach (var (key, message) in new (string, byte[])[] { (Keys.ShellInput("dc1", "SN-1", "a") + "0000000001", [0, .. secret]), (Keys.ShellOutput("dc1", "SN-1", "a") + "0000000001", [0, 0xff, .. secret, .. " sealed:x"u8]) })
            await store.Store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(key, message)] }, Cancellation);
        var before = await ShellsAsync(store.Store);
        var rotated = await PostAsync(service, "/api/v1/keys/rotate");
        Assert.Equal((0, 0), (rotated.GetProperty("resealed").GetInt32(), rotated.GetProperty("unreadable").GetInt32()));
        Assert.Equal(2, before.Count);
        Assert.Equal(before, await ShellsAsync(store.Store));
    }

    private static async Task<List<(string, long, string)>> ShellsAsync(IStateStore store) => [.. (await store.ListAsync(Keys.Shells("dc1", "SN-1"), null, 10, 0, Cancellation)).Entries.Select(entry => (entry.Key, entry.ModRevision, Convert.ToHexString(entry.Value.Span)))];

    private static TokenClaims Claims(TimeProvider time) => new() { Purpose = MachineTokens.AgentPurpose, Idc = "dc1", Sn = "SN", Expires = time.GetUtcNow().AddDays(1).ToUnixTimeSeconds() };

    private static async Task PlantAsync(RunningTasksService service)
    {
        var (sn, mac) = Samples.Machine();
        var users = $$""","users":[{"name":"ops","password_hash":"{{Hash}}"}]""";
        await PostAsync(service, "/api/v1/tasks", Samples.Task(sn, mac, more: users));
        using var profile = await service.Http.PutAsync("/api/v1/profiles/planted", new StringContent($$"""{"os_type":"debian","os_version":"12"{{users}}}""", Encoding.UTF8, "application/json"), Cancellation);
        Assert.True(profile.IsSuccessStatusCode, await profile.Content.ReadAsStringAsync(Cancellation));
        await PostAsync(service, "/api/v1/webhooks", $$"""{"url":"http://192.0.2.1/hook","secret":"{{Hook}}","enabled":false}""");
    }

    private static async Task<byte[]> RingAsync(IStateStore store) => (await store.GetAsync(Keys.MachineTokenSecret, Cancellation))!.Value.ToArray();

    /// <summary>Every sealed secret, by the key of its value and its place there; records of the audit stay what they were.</summary>
    private static async Task<SortedDictionary<string, string>> SealedAsync(IStateStore store)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in (await store.ListAsync(Keys.Root, null, 10_000, 0, Cancellation)).Entries.Where(entry => !entry.Key.Contains("/audit/", StringComparison.Ordinal)))
        {
            foreach (var (at, match) in Sealed().Matches(Encoding.UTF8.GetString(entry.Value.Span)).Index())
                found[$"{entry.Key} {at}"] = match.Value;
        }
        return found;
    }

    private static async Task IntactAsync(RunningTasksService service)
    {
        var verified = await service.Http.GetFromJsonAsync<JsonElement>("/api/v1/audit/verify", Cancellation);
        Assert.True(verified.GetProperty("intact").GetBoolean(), verified.GetRawText());
    }

    private static async Task<int> CountAsync(RunningTasksService service, string action) =>
        (await service.Http.GetFromJsonAsync<JsonElement>("/api/v1/audit?limit=1000", Cancellation)).GetProperty("items").EnumerateArray().Count(record => record.GetProperty("action").GetString()!.StartsWith(action, StringComparison.Ordinal));

    private static async Task<JsonElement> PostAsync(RunningTasksService service, string path, string body = "{}")
    {
        using var answer = await service.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private static async Task<(HttpStatusCode, string?)> RefusedAsync(RunningTasksService service, string path, string body)
    {
        using var answer = await service.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("code").GetString());
    }

    [GeneratedRegex("sealed:[A-Za-z0-9_-]+")]
    private static partial Regex Sealed();
}
