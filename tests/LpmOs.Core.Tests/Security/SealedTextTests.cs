using LpmOs.Core.Security;

namespace LpmOs.Core.Tests.Security;

public sealed class SealedTextTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(value => (byte)value)];

    [Theory]
    [InlineData("$6$salt$hash")]
    [InlineData("")]
    [InlineData("密码")]
    public void What_was_sealed_is_opened_by_the_same_key_alone(string secret)
    {
        var text = SealedText.Seal(secret, Key);
        Assert.Equal(secret, SealedText.Open(text, Key));
        Assert.Equal(text, SealedText.Seal(secret, Key));
        Assert.Null(SealedText.Open(text, [.. Key.Reverse()]));
        Assert.Null(SealedText.Open(text, []));
    }

    [Fact]
    public void A_single_changed_character_opens_nothing()
    {
        var text = SealedText.Seal("$6$salt$hash", Key);
        for (var at = SealedText.Prefix.Length; at < text.Length - 1; at++)
            Assert.Null(SealedText.Open(text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..], Key));
        Assert.Null(SealedText.Open("sealed:!!", Key));
        Assert.Null(SealedText.Open("sealed:", Key));
        Assert.Null(SealedText.Open("$6$salt$hash", Key));
    }
}
