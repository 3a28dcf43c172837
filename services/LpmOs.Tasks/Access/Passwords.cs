using System.Security.Cryptography;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using Microsoft.AspNetCore.Identity;

namespace LpmOs.Tasks.Access;

/// <summary>Passwords: the framework's hashing (PBKDF2), and what is asked of them (NIST SP 800-63B: long rather than complicated).</summary>
internal sealed class Passwords
{
    public const int Shortest = 12;
    private const int Longest = 256;
    private const string Characters = "abcdefghijkmnpqrstuvwxyz23456789";
    private const int GroupsGiven = 5;

    private readonly PasswordHasher<UserAccount> _hasher = new();
    private readonly string _nobodys;

    public Passwords() => _nobodys = Hash(Given());

    public string Hash(string password) => _hasher.HashPassword(null!, password);

    /// <summary>Takes its time for those too who are not there, so that the answer's time does not tell who is.</summary>
    public bool Verify(UserAccount? user, string password) =>
        _hasher.VerifyHashedPassword(null!, user?.PasswordHash ?? _nobodys, password) != PasswordVerificationResult.Failed && user?.PasswordHash is not null;

    /// <summary>A random one to be given to somebody and changed by them: 100 bits, easy to type.</summary>
    public static string Given() => string.Join('-', Enumerable.Range(0, GroupsGiven).Select(_ => RandomNumberGenerator.GetString(Characters, 4)));

    public static void Check(FieldErrors errors, string field, string? password, string user)
    {
        if (password is null)
            errors.Add(field, $"Required: {Shortest} to {Longest} characters.");
        else if (password.Length is < Shortest or > Longest)
            errors.Add(field, $"Must have {Shortest} to {Longest} characters; this one has {password.Length}.");
        else if (password.Distinct().Count() < 5 || password.Contains(user, StringComparison.OrdinalIgnoreCase))
            errors.Add(field, "Too easy to guess: it repeats few characters, or holds the user's name.");
    }
}
