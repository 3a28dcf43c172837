using System.Text.RegularExpressions;

namespace LpmOs.Core.Domain.Identity;

/// <summary>Names that become parts of store keys, paths and URLs, so that what is allowed here is safe there.</summary>
public static partial class Names
{
    public const string IdcAllowed = "1 to 63 letters, digits, '-' or '_', beginning with a letter or digit; not 'global'";
    public const string SnAllowed = "1 to 128 letters, digits, spaces or any of . _ : + -, beginning and ending with a letter or digit, without '..'";
    public const string TaskIdAllowed = "'task-' and 8 hexadecimal digits";
    public const string HostnameAllowed = "RFC 1123 labels of letters, digits and '-', at most 63 characters each and 253 in all";

    public static bool IsIdc(string? text) => text is not null && IdcPattern().IsMatch(text) && text != "global";
    public static bool IsSn(string? text) => text is not null && SnPattern().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal);
    public static bool IsTaskId(string? text) => text is not null && TaskIdPattern().IsMatch(text);
    public static bool IsHostname(string? text) => text is { Length: <= 253 } && HostnamePattern().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]{0,62}\z")]
    private static partial Regex IdcPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9](?:[A-Za-z0-9 ._:+-]{0,126}[A-Za-z0-9])?\z")]
    private static partial Regex SnPattern();

    [GeneratedRegex(@"\Atask-[0-9a-f]{8}\z")]
    private static partial Regex TaskIdPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\z")]
    private static partial Regex HostnamePattern();
}
