using System.Diagnostics;
using LpmOs.Tasks.Validation;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Validation;

public sealed class SshPublicKeyTests
{
    /// <summary>Keys as ssh-keygen itself makes them.</summary>
    [Theory]
    [InlineData("ed25519", "256")]
    [InlineData("rsa", "3072")]
    [InlineData("ecdsa", "256")]
    [InlineData("ecdsa", "521")]
    public async Task What_ssh_keygen_makes_is_accepted_and_every_cut_of_it_is_not(string type, string bits)
    {
        var line = await GenerateAsync(type, bits);
        Assert.Null(SshPublicKey.WhyNot(line));
        var words = line.Split(' ');
        for (var length = 0; length < words[1].Length; length += 4)
            Assert.NotNull(SshPublicKey.WhyNot($"{words[0]} {words[1][..length]} {words[2]}"));
    }

    [Fact]
    public async Task A_short_RSA_key_is_refused() =>
        Assert.Contains("1024", SshPublicKey.WhyNot(await GenerateAsync("rsa", "1024")), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("ssh-ed25519")]
    [InlineData("ssh-dss AAAAB3NzaC1kc3MAAAAA x")]
    [InlineData("command=\"reboot\" ssh-ed25519 AAAA")]
    [InlineData("ssh-ed25519 %%%%")]
    [InlineData("ssh-ed25519 AAAA\nssh-ed25519 BBBB")]
    public void What_is_no_key_is_refused(string line) => Assert.NotNull(SshPublicKey.WhyNot(line));

    private static async Task<string> GenerateAsync(string type, string bits)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("key");
        using var keygen = Process.Start("ssh-keygen", ["-q", "-t", type, "-b", bits, "-N", "", "-C", "张三@example", "-f", path]);
        await keygen.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (await File.ReadAllTextAsync(path + ".pub", TestContext.Current.CancellationToken)).Trim();
    }
}
