using System.Security.Cryptography;
using LpmOs.Core.Security;

namespace LpmOs.Core.Tests.Security;

public sealed class MachineTokensTests
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TokenClaims Claims = new() { Purpose = "agent", Idc = "dc1", Sn = "sn-001", Expires = Now.AddMinutes(1).ToUnixTimeSeconds() };

    [Fact]
    public void Gives_back_what_was_signed() => Assert.Equal(Claims, MachineTokens.Verify(MachineTokens.Issue(Claims, Key), Key, Now));

    [Fact]
    public void Ends_with_its_time() => Assert.Null(MachineTokens.Verify(MachineTokens.Issue(Claims, Key), Key, Now.AddMinutes(1)));

    [Fact]
    public void Another_key_does_not_open_it() => Assert.Null(MachineTokens.Verify(MachineTokens.Issue(Claims, Key), RandomNumberGenerator.GetBytes(32), Now));

    [Fact]
    public void Any_changed_character_is_noticed()
    {
        var token = MachineTokens.Issue(Claims, Key);
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            // The last character of base64url carries spare bits that decode to the same bytes.
            if (i == token.Length - 1)
                continue;
            Assert.Null(MachineTokens.Verify(new string(changed), Key, Now));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.b")]
    [InlineData("....")]
    [InlineData("é.é")]
    public void Other_text_is_no_token(string? text) => Assert.Null(MachineTokens.Verify(text, Key, Now));

    [Fact]
    public void A_huge_text_is_no_token() => Assert.Null(MachineTokens.Verify(new string('a', 1_000_000) + ".b", Key, Now));
}
