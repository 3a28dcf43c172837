using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Requests;

/// <summary>
/// Who is who, by the tokens of the settings <c>Tasks:Operators:{name}</c>, each the SHA-256 of a token in hexadecimal. Without any, everybody is "operator", and rules that need
/// two persons can be kept by nobody.
/// </summary>
internal sealed class OperatorTokens
{
    /// <summary>The name of those who show no token.</summary>
    public const string Anybody = "operator";
    private static readonly string[] Reserved = [Anybody, "lpmos", "agent", "system"];
    private readonly FrozenDictionary<string, string> _names;

    private OperatorTokens(Dictionary<string, string> names) => _names = names.ToFrozenDictionary(StringComparer.Ordinal);

    public bool AreKnown => _names.Count > 0;

    /// <exception cref="SettingException">A name or a digest is not allowed.</exception>
    public static OperatorTokens Read(IConfiguration configuration)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in configuration.GetSection("Tasks:Operators").GetChildren())
        {
            if (setting.Key.Length > 64 || setting.Key.Any(c => char.IsControl(c) || c == ':') || Reserved.Contains(setting.Key.ToLowerInvariant()))
                throw new SettingException(setting.Path, setting.Key, $"a person's name of 1 to 64 characters, and none of {string.Join(", ", Reserved)}");
            var digest = setting.Value?.ToLowerInvariant() ?? "";
            if (digest.Length != 64 || !digest.All(char.IsAsciiHexDigit))
                throw new SettingException(setting.Path, "(not shown)", "the SHA-256 of the token, 64 hexadecimal digits: printf %s TOKEN | sha256sum");
            if (!names.TryAdd(digest, setting.Key))
                throw new SettingException(setting.Path, "(not shown)", $"a token of one's own; {names[digest]} has the same");
        }
        return new OperatorTokens(names);
    }

    /// <summary>Null: nobody has this token.</summary>
    // A digest is looked up, so the time that it takes says nothing about the token.
    public string? NameOf(string token) => _names.GetValueOrDefault(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))));
}
