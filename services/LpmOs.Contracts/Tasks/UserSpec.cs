namespace LpmOs.Contracts.Tasks;

/// <summary>A user of the installed system.</summary>
public sealed record UserSpec
{
    public const int Most = 32;

    /// <summary>1 to 32 small letters, digits, '_' and '-', beginning with a letter or '_'; <c>root</c> is the superuser that the system has already.</summary>
    public required string Name { get; init; }
    /// <summary>
    /// A hash for crypt(3): yescrypt, SHA-512, SHA-256 or bcrypt (<c>mkpasswd -m sha-512</c>); never the password itself. It is sealed before it is stored
    /// and read back sealed, as <c>sealed:…</c>, which may be sent again to keep it. Null: no password, keys only.
    /// </summary>
    public string? PasswordHash { get; init; }
    /// <summary>May do everything by sudo, without a password.</summary>
    public bool Sudo { get; init; }
    /// <summary>Those of the task are added for users with <see cref="Sudo"/> and for root.</summary>
    public IReadOnlyList<string> SshKeys { get; init => field = value ?? []; } = [];
}
