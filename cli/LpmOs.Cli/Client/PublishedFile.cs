namespace LpmOs.Cli.Client;

/// <summary>A file as a vendor's list names it.</summary>
/// <param name="Address">Where the vendor has it.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
internal sealed record PublishedFile(string Address, string Sha256);
