using System.Security.Cryptography;
using LpmOs.Agent.Activation;
using LpmOs.Testing;

namespace LpmOs.Agent.Tests.Activation;

/// <summary>The agent's TPM commands on a real TPM in software; tpm2-tools make the credentials and read the keys.</summary>
public sealed class CredentialActivationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_credential_that_tpm2_makecredential_made_is_opened()
    {
        await using var software = await SoftwareTpm.StartAsync();
        var secret = RandomNumberGenerator.GetBytes(32);
        using var tpm = new TpmChannel(await software.ConnectAsync());
        var activation = new CredentialActivation(tpm);
        var keys = await activation.LoadKeysAsync(Cancellation);
        // One without a maker's certificate has its elliptic key alone to show.
        var (endorsement, attestation) = (Assert.Single(keys.Endorsement).Public, keys.Attestation);
        Assert.Null(keys.Endorsement[0].Certificate);
        var (credential, encrypted) = await MakeAsync(software, endorsement, attestation, secret);
        Assert.Equal(secret, await activation.ActivateAsync(credential, encrypted, Cancellation));
        await activation.UnloadAsync(Cancellation);
    }

    [Fact]
    public async Task One_for_another_key_or_another_TPM_is_not()
    {
        await using var software = await SoftwareTpm.StartAsync();
        await using var other = await SoftwareTpm.StartAsync();
        byte[] endorsement, attestation, foreign;
        using (var tpm = new TpmChannel(await other.ConnectAsync()))
            foreign = (await new CredentialActivation(tpm).LoadKeysAsync(Cancellation)).Endorsement[0].Public;
        using (var tpm = new TpmChannel(await software.ConnectAsync()))
        {
            var activation = new CredentialActivation(tpm);
            var keys = await activation.LoadKeysAsync(Cancellation);
            (endorsement, attestation) = (keys.Endorsement[0].Public, keys.Attestation);
            Assert.NotEqual(foreign, endorsement);
            foreach (var (key, name) in new[] { (foreign, attestation), (endorsement, foreign) })
            {
                var (credential, encrypted) = await MakeAsync(software, key, name, RandomNumberGenerator.GetBytes(32));
                Assert.Contains("TPM2_ActivateCredential", (await Assert.ThrowsAsync<TpmException>(() => activation.ActivateAsync(credential, encrypted, Cancellation))).Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task The_endorsement_key_is_the_one_that_other_programs_find_and_stays_while_the_signing_key_is_of_this_boot()
    {
        await using var software = await SoftwareTpm.StartAsync();
        var (theirs, _) = await software.KeysAsync();
        var signing = new List<string>();
        for (var boot = 0; boot < 2; boot++)
        {
            if (boot > 0)
                await software.RestartAsync();
            using var tpm = new TpmChannel(await software.ConnectAsync());
            var activation = new CredentialActivation(tpm);
            var keys = await activation.LoadKeysAsync(Cancellation);
            Assert.Equal(theirs, keys.Endorsement[0].Public);
            signing.Add(Convert.ToHexString(keys.Attestation));
            await activation.UnloadAsync(Cancellation);
        }
        Assert.All(signing, key => Assert.StartsWith("0023000B00050072", key, StringComparison.Ordinal));
        Assert.NotEqual(signing[0], signing[1]);
    }

    /// <summary>The key as the factory left it in the TPM, and made anew from its template where it did not: the same one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_the_RSA_key_alone_has_a_certificate_it_is_shown_too_and_opens_what_was_made_for_it(bool persistent)
    {
        await using var software = await SoftwareTpm.StartAsync(manufactured: true);
        if (!persistent)
            await software.RunAsync("tpm2_evictcontrol", "-C", "p", "-c", "0x81010001");
        var (theirs, _) = await software.KeysAsync("rsa");
        var secret = RandomNumberGenerator.GetBytes(32);
        using var tpm = new TpmChannel(await software.ConnectAsync());
        var activation = new CredentialActivation(tpm);
        var keys = await activation.LoadKeysAsync(Cancellation);
        Assert.Equal(2, keys.Endorsement.Count);
        Assert.Null(keys.Endorsement[0].Certificate);
        Assert.Equal(theirs, keys.Endorsement[1].Public);
        software.Write("certificate", keys.Endorsement[1].Certificate!);
        var (credential, encrypted) = await MakeAsync(software, theirs, keys.Attestation, secret);
        Assert.Equal(secret, await activation.ActivateAsync(credential, encrypted, Cancellation, endorsement: 1));
        await Assert.ThrowsAsync<TpmException>(() => activation.ActivateAsync(credential, encrypted, Cancellation));
        await Assert.ThrowsAsync<TpmException>(() => activation.ActivateAsync(credential, encrypted, Cancellation, endorsement: 2));
        await activation.UnloadAsync(Cancellation);
        // The certificate is what other programs read there, and is by the authority that made it.
        tpm.Dispose();
        await software.RunAsync("tpm2_nvread", "0x01c00002", "-o", "read");
        Assert.Equal(software.Read("read")[..keys.Endorsement[1].Certificate!.Length], keys.Endorsement[1].Certificate);
    }

    [Fact]
    public async Task A_hierarchy_with_a_password_and_a_TPM_that_talks_nonsense_are_told_in_words()
    {
        await using var software = await SoftwareTpm.StartAsync();
        await software.RunAsync("tpm2_changeauth", "-c", "e", "secret");
        using var tpm = new TpmChannel(await software.ConnectAsync());
        Assert.Contains("endorsement key was refused with TPM_RC 0x9A2", (await Assert.ThrowsAsync<TpmException>(() => new CredentialActivation(tpm).LoadKeysAsync(Cancellation))).Message, StringComparison.Ordinal);
        foreach (var nonsense in new byte[][] { [], [0x80, 0x02, 0, 0, 0, 10], [0x80, 0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], [0x80, 0x02, 0, 0, 0, 10, 0, 0, 0, 0], [0x80, 0x02, 0, 0, 0, 20, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] })
        {
            using var broken = new TpmChannel(new Answering(nonsense));
            await Assert.ThrowsAsync<TpmException>(() => new CredentialActivation(broken).LoadKeysAsync(Cancellation));
        }
    }

    /// <summary>By tpm2_makecredential, which needs no TPM.</summary>
    private static async Task<(byte[] Credential, byte[] EncryptedSecret)> MakeAsync(SoftwareTpm software, byte[] endorsement, byte[] named, byte[] secret)
    {
        software.Write("made-for.pub", SoftwareTpm.Sized(endorsement));
        software.Write("secret", secret);
        await software.RunAsync("tpm2_makecredential", "-T", "none", "-u", "made-for.pub", "-s", "secret", "-n", "000b" + Convert.ToHexStringLower(SHA256.HashData(named)), "-o", "made");
        var file = software.Read("made");
        var length = (file[8] << 8) | file[9];
        return (file[10..(10 + length)], file[(12 + length)..]);
    }

    /// <summary>A device that gives the same answer to every command.</summary>
    private sealed class Answering(byte[] answer) : MemoryStream
    {
        private int _at;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _at = 0;
            return default;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = Math.Min(buffer.Length, answer.Length - _at);
            answer.AsMemory(_at, read).CopyTo(buffer);
            _at += read;
            return ValueTask.FromResult(read);
        }
    }
}
