using System.Text.RegularExpressions;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Validation;

/// <summary>What users of the installed system may be.</summary>
internal sealed partial class UserRules(WatchedState state)
{
    private const string NameAllowed = "1 to 32 small letters, digits, '_' and '-', beginning with a letter or '_'";
    private const string HashAllowed = "a hash of crypt(3) that begins with $y$, $6$, $5$ or $2b$ (mkpasswd -m sha-512 makes one), or the sealed:… text that was read from here; never the password itself";

    /// <summary>The users with their password hashes sealed.</summary>
    public IReadOnlyList<UserSpec>? Check(IReadOnlyList<UserSpec>? users, FieldErrors errors)
    {
        if (users is null)
            return null;
        var names = new HashSet<string>(StringComparer.Ordinal);
        var all = new List<UserSpec>();
        for (var i = 0; i < users.Count; i++)
        {
            var (user, field) = (users[i], $"users[{i}]");
            errors.Check($"{field}.name", NamePattern().IsMatch(user.Name), user.Name.Length == 0 ? null : user.Name, NameAllowed);
            if (!names.Add(user.Name) && user.Name.Length > 0)
                errors.Add($"{field}.name", "Is given twice.");
            for (var key = 0; key < user.SshKeys.Count; key++)
            {
                if (SshPublicKey.WhyNot(user.SshKeys[key]) is { } fault)
                    errors.Add($"{field}.ssh_keys[{key}]", fault);
            }
            all.Add(user with { SshKeys = [.. user.SshKeys.Select(key => key.Trim()).Distinct()], PasswordHash = user.PasswordHash is null ? null : Sealed(user.PasswordHash, $"{field}.password_hash", errors) });
        }
        return all;
    }

    private string? Sealed(string hash, string field, FieldErrors errors)
    {
        var key = state.Current.MachineTokenKey.Span;
        if (key.IsEmpty)
            throw new StoreUnavailableException("The key that seals secrets has not been made yet.", outcomeUnknown: false);
        var plain = SealedText.IsSealed(hash) ? SealedText.Open(hash, key) : hash;
        if (plain is not null && HashPattern().IsMatch(plain))
            return SealedText.Seal(plain, key);
        // What was given may be a password: it is not repeated.
        errors.Add(field, $"Is not allowed; allowed: {HashAllowed}.");
        return null;
    }

    [GeneratedRegex(@"\A[a-z_][a-z0-9_-]{0,31}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A\$(y|6|5|2b|2y)\$[./A-Za-z0-9$=,]{20,200}\z")]
    private static partial Regex HashPattern();
}
