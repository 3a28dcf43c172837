namespace LpmOs.Boot.Documents;

/// <summary>What the document says of the whole.</summary>
internal static class ApiText
{
    public const string Scripts = "1 scripts";
    public const string Files = "2 files";

    public const string Description = """
        What servers of one IDC boot from over HTTP: rendered scripts and files. Firmware is the client; the same files come by TFTP.

        No GET changes anything, and every GET answers HEAD too. Errors are problem details (RFC 9457) with a stable `code`.
        """;

    public static IReadOnlyList<(string Name, string Description)> Tags { get; } =
    [
        (Scripts, "Rendered for the machine that asks."),
        (Files, "Boot programs, kernels, images."),
    ];
}
