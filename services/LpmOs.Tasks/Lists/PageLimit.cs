using System.Globalization;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Lists;

/// <summary>Rows of a page.</summary>
internal static class PageLimit
{
    public const int Default = 50;
    public const int Most = 1000;

    public static int Parse(string? text, FieldErrors errors)
    {
        if (text is null)
            return Default;
        var valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= Most;
        errors.Check("limit", valid, text, $"1 to {Most}");
        return valid ? limit : Default;
    }
}
