namespace LpmOs.Regional.Documents;

/// <summary>What the document says of the whole.</summary>
internal static class ApiText
{
    public const string Agents = "agents";

    public const string Description = """
        The agents' API of one IDC: hardware reports, hand-out of approved tasks, operations, progress, logs, and the call of the installed system.

        Bodies are read as JSON in UTF-8 whatever `Content-Type` says; names are snake_case; times are ISO 8601 in UTC.
        Errors are problem details (RFC 9457) with a stable `code`. Every call may be repeated: a replay changes nothing.
        The token of the boot script goes into `Authorization: Bearer`; with the setting `Regional:RequireToken` there is no answer without it.
        """;

    public static IReadOnlyList<(string Name, string Description)> Tags { get; } = [(Agents, "What an agent calls, in the order of its work.")];
}
