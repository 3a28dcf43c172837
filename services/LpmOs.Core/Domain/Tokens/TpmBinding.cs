using LpmOs.Core.Security.Tpm;

namespace LpmOs.Core.Domain.Tokens;

/// <summary>Which TPM a machine has to prove before it is given anything: the value of <c>/os/{idc}/machines/{sn}/tpm</c>.</summary>
public sealed record TpmBinding
{
    /// <summary>SHA-256 of the public area of its endorsement key, lower-case hexadecimal; null: the next TPM that proves itself.</summary>
    public string? EndorsementKey { get; init; }
    public DateTimeOffset? BoundAt { get; init; }
    /// <summary>Address from which it was proven first.</summary>
    public string? BoundFrom { get; init; }
    /// <summary>Of its endorsement key, as its maker made it; null: it has shown none.</summary>
    public TpmMaker? Maker { get; init; }
    /// <summary>An operator has said so: without a TPM the machine is given nothing, and a release keeps that.</summary>
    public bool Required { get; init; }
    /// <summary>The last one that was refused for want of this TPM; null since the binding was made.</summary>
    public TpmRefusal? Refused { get; init; }

    /// <summary>Whether a token that names this TPM, or none, may speak for the machine.</summary>
    /// <param name="binding">Of the machine; null: none.</param>
    /// <param name="proven">See <see cref="Security.TokenClaims.Tpm"/>.</param>
    public static bool Admits(TpmBinding? binding, string? proven) =>
        binding is null or { EndorsementKey: null, Required: false } || (proven is not null && (binding.EndorsementKey is null || binding.EndorsementKey == proven));
}

/// <summary>Who vouches for a TPM: what stands in the certificate of its endorsement key.</summary>
public sealed record TpmMaker
{
    /// <summary>Name of the maker, or its code of the TCG's registry.</summary>
    public string? Name { get; init; }
    public string? Model { get; init; }
    public string? Version { get; init; }
    public required string Issuer { get; init; }
    /// <summary>Of the certificate, hexadecimal.</summary>
    public required string Serial { get; init; }
    /// <summary>Of the certificate, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }
    /// <summary>The certificate is by one of the makers that this site believes (setting <c>Regional:TpmMakers</c>); false: nobody has looked, and anybody could have written this.</summary>
    public bool Verified { get; init; }

    public static TpmMaker Of(TpmCertificate certificate, bool verified) => new()
    {
        Name = certificate.Maker, Model = certificate.Model, Version = certificate.Version, Issuer = certificate.Issuer, Serial = certificate.Serial, Sha256 = certificate.Sha256, Verified = verified,
    };
}

/// <summary>Somebody came in the name of a bound machine.</summary>
public sealed record TpmRefusal
{
    public required DateTimeOffset At { get; init; }
    public string? From { get; init; }
    /// <summary>SHA-256 of the endorsement key that was shown; null: none was.</summary>
    public string? EndorsementKey { get; init; }
}
