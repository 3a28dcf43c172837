namespace LpmOs.Tasks.Access;

/// <summary>How users may be called.</summary>
internal static class UserNames
{
    public const string Allowed = "1 to 64 letters, digits or any of . _ - @, beginning with a letter or digit; not operator, lpmos, agent, system, nobody";
    private const int Longest = 64;
    /// <summary>Who does things in records and histories and is no person.</summary>
    private static readonly string[] Reserved = [Caller.Anybody, "lpmos", "agent", "system", "nobody"];

    public static bool IsName(string? name) =>
        name is { Length: >= 1 and <= Longest } && char.IsLetterOrDigit(name[0]) && name.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '@')
        && name.IsNormalized() && !Reserved.Contains(name, StringComparer.OrdinalIgnoreCase);
}
