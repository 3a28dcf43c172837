using System.Buffers.Text;
using System.Text;
using LpmOs.Core.Domain;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Lists;

/// <summary>A place in an order, as text that is opaque to clients: the sort it belongs to, the last row's sort key and its machine.</summary>
internal static class PageCursor
{
    private const int Longest = 1000;
    private const char Separator = '\u001f';

    public static string Write(string sort, RowOrder order, MachineRow last) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(Separator, sort, order.Key(last), last.View.Key.Idc, last.View.Key.Sn)));

    /// <summary>Null where there is none; one that is not ours, or of another order, is noted.</summary>
    public static MachineRow? Read(string? text, string sort, RowOrder order, FieldErrors errors)
    {
        if (text is null)
            return null;
        try
        {
            if (text.Length <= Longest && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(Separator) is [var ofSort, var key, var idc, var sn]
                && ofSort == sort && order.Place(key, new MachineKey(idc, sn)) is { } place)
                return place;
        }
        catch (FormatException)
        {
        }
        errors.Check("cursor", false, text, "the next_cursor of a page of this list, asked with the same sort");
        return null;
    }
}
