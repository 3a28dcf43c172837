using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Hosting;

namespace LpmOs.Regional.Reports;

/// <summary>
/// Looks at every text of a report, whatever field it is in: it ends in consoles, logs, templates and pages. Quotes and <c>$(…)</c> are a vendor's right;
/// control characters and texts without end are not.
/// </summary>
internal static class ReportTexts
{
    /// <summary>A report that is wrong everywhere is told so only this often.</summary>
    private const int MostErrors = 20;

    public static void Check(Inventory hardware, FieldErrors errors)
    {
        using var json = JsonSerializer.SerializeToDocument(hardware, ContractsJson.Default.Inventory);
        var left = MostErrors;
        Check(json.RootElement, "hardware", errors, ref left);
    }

    private static void Check(JsonElement element, string field, FieldErrors errors, ref int left)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                    Check(property.Value, $"{field}.{property.Name}", errors, ref left);
                break;
            case JsonValueKind.Array:
                foreach (var (i, entry) in element.EnumerateArray().Index())
                    Check(entry, $"{field}[{i}]", errors, ref left);
                break;
            case JsonValueKind.String when element.GetString() is { } text && left > 0:
                if (text.Length > InventoryBounds.Text)
                    errors.Add(field, $"Has {text.Length} characters; at most {InventoryBounds.Text} are allowed.");
                else if (text.AsSpan().IndexOfAnyInRange('\0', '\u001f') is >= 0 and var at)
                    errors.Add(field, $"Holds the control character U+{(int)text[at]:X4} at place {at + 1}; printable text is allowed.");
                else
                    break;
                left--;
                break;
        }
    }
}
