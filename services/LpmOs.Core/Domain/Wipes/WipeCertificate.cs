namespace LpmOs.Core.Domain.Wipes;

/// <summary>What is signed of one wipe: the value of <see cref="WipeCertificate.Statement"/> as JSON.</summary>
public sealed record WipeStatement
{
    public required string Idc { get; init; }
    public required string Sn { get; init; }
    public required string TaskId { get; init; }
    public required int Attempt { get; init; }
    public string? Serial { get; init; }
    public string? Wwn { get; init; }
    public string? Model { get; init; }
    public required long SizeBytes { get; init; }
    /// <summary>Where the disk was at that time.</summary>
    public required string Device { get; init; }
    /// <summary>How, see <see cref="Contracts.Tasks.WipeMethods"/>.</summary>
    public required string Method { get; init; }
    public required DateTimeOffset BeganAt { get; init; }
    public required DateTimeOffset EndedAt { get; init; }
    /// <summary>Blocks of 4 KiB, the first and the last of the disk among them, that were marked before the wipe and read back after it.</summary>
    public required int Samples { get; init; }
    /// <summary>Of them, those that still held what was there before.</summary>
    public required int SamplesLeft { get; init; }
    /// <summary><c>verified</c> or <c>failed</c>.</summary>
    public required string Result { get; init; }
    public string? Message { get; init; }
    /// <summary>When the service took the agent's word and signed.</summary>
    public required DateTimeOffset IssuedAt { get; init; }
}

/// <summary>A signed statement about a wipe: the value of <c>/os/{idc}/wipes/{sn}/{task_id}/{attempt}-{disk}</c>.</summary>
public sealed record WipeCertificate
{
    public const string EcdsaP256 = "ECDSA-P256-SHA256";

    /// <summary>The statement's fields, to be read.</summary>
    public required WipeStatement Statement { get; init; }
    /// <summary>The statement byte for byte as it was signed: JSON in UTF-8.</summary>
    public required string SignedText { get; init; }
    /// <summary><c>ECDSA-P256-SHA256</c> (FIPS 186-5).</summary>
    public required string Algorithm { get; init; }
    /// <summary>Base64 of the signature's DER form (RFC 3279, 2.2.3), as <c>openssl dgst -sha256 -verify</c> takes it.</summary>
    public required string Signature { get; init; }
    /// <summary>PEM (RFC 7468) of the services' public key; the same for all certificates of an installation of LpmOs.</summary>
    public required string PublicKey { get; init; }
}
