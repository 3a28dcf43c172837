using System.Security.Cryptography;
using System.Text;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Store;
using LpmOs.Core.Store.Sealed;
using LpmOs.Testing;
using Microsoft.Extensions.Configuration;

namespace LpmOs.Core.Tests.Store.Sealed;

/// <summary>The key outside the store is replaced while services run.</summary>
public sealed class StoreKeyFileTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_first_line_seals_anew_and_then_the_old_key_opens_nothing()
    {
        await using var below = TemporaryStore.Embedded();
        using var folder = new TemporaryFolder();
        var (old, fresh) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        await WriteAsync(folder, old);
        var store = new SealedSecrets(below.Store, new StoreKeyFile(folder.File("key")));
        var secret = await MachineTokenKey.EnsureAsync(store, Cancellation);
        Assert.NotNull(SealedText.Open(await RawAsync(below.Store), old));

        await WriteAsync(folder, fresh, old);
        Assert.Equal(secret.ToArray(), (await MachineTokenKey.EnsureAsync(store, Cancellation)).ToArray());
        Assert.Null(SealedText.Open(await RawAsync(below.Store), old));
        Assert.NotNull(SealedText.Open(await RawAsync(below.Store), fresh));

        await WriteAsync(folder, fresh);
        var restarted = new SealedSecrets(below.Store, new StoreKeyFile(folder.File("key")));
        Assert.Equal(secret.ToArray(), (await MachineTokenKey.EnsureAsync(restarted, Cancellation)).ToArray());
        await WriteAsync(folder, old);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => MachineTokenKey.EnsureAsync(new SealedSecrets(below.Store, new StoreKeyFile(folder.File("key"))), Cancellation));
    }

    [Fact]
    public async Task A_file_that_is_half_written_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var key = RandomNumberGenerator.GetBytes(32);
        await WriteAsync(folder, key);
        var file = new StoreKeyFile(folder.File("key"));
        foreach (var text in new[] { "", "AAAA", "no key", new string('A', 500) })
        {
            await File.WriteAllTextAsync(folder.File("key"), text, Cancellation);
            Assert.Equal(key, file.Ring);
            Assert.Contains("Store:KeyFile", Assert.Throws<SettingException>(() => new StoreKeyFile(folder.File("key"))).Message, StringComparison.Ordinal);
        }
        File.Delete(folder.File("key"));
        Assert.Equal(key, file.Ring);
    }

    [Fact]
    public async Task A_command_may_give_the_key_and_one_that_gives_none_stops_the_service()
    {
        using var folder = new TemporaryFolder();
        var key = RandomNumberGenerator.GetBytes(32);
        await WriteAsync(folder, key);
        Assert.Equal(key, StoreKeyFile.Of(Settings($"cat {folder.File("key")}"))!.Ring);
        foreach (var wrong in new[] { "false", "echo no key", $"cat {folder.File("key")}; exit 3", $"cat {folder.File("nothing")}", "yes" + " | head -c 5000" })
            Assert.Contains("Store:KeyCommand", Assert.Throws<SettingException>(() => StoreKeyFile.Of(Settings(wrong))).Message, StringComparison.Ordinal);
        Assert.Contains("either", Assert.Throws<SettingException>(() => StoreKeyFile.Of(Settings("true", folder.File("key")))).Message, StringComparison.Ordinal);
        Assert.Null(StoreKeyFile.Of(Settings(null)));
    }

    [Fact]
    public void A_ring_keeps_four_keys_and_each_opens_what_it_sealed()
    {
        var ring = RandomNumberGenerator.GetBytes(KeyRing.KeyBytes);
        var texts = new List<string> { SealedText.Seal("secret", ring) };
        for (var rotation = 0; rotation < KeyRing.Most; rotation++)
        {
            ring = KeyRing.Rotate(ring);
            texts.Add(SealedText.Seal("secret", ring));
        }
        Assert.Equal(KeyRing.Most, KeyRing.Count(ring));
        Assert.Null(SealedText.Open(texts[0], ring));
        Assert.All(texts.Skip(1), text => Assert.Equal("secret", SealedText.Open(text, ring)));
        Assert.Null(SealedText.SealAnew(texts[^1], ring));
        Assert.Equal(texts[^1], SealedText.SealAnew(texts[1], ring));
    }

    private static IConfiguration Settings(string? command, string? file = null) => new ConfigurationBuilder().AddInMemoryCollection([new("Store:KeyCommand", command), new("Store:KeyFile", file)]).Build();

    private static Task WriteAsync(TemporaryFolder folder, params byte[][] keys) => File.WriteAllLinesAsync(folder.File("key"), keys.Select(Convert.ToBase64String), Cancellation);

    private static async Task<string> RawAsync(IStateStore store) => Encoding.ASCII.GetString((await store.GetAsync(Keys.MachineTokenSecret, Cancellation))!.Value.Span);
}
