using System.Buffers.Text;
using System.Text;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Lists;

/// <summary>A place in an order: the sort it belongs to, the last row's sort key and its identity. Opaque to clients.</summary>
internal sealed record PageCursor(string Sort, string Key, string Id)
{
    private const int Longest = 1000;
    private const char Separator = '\u001f';

    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(Separator, Sort, Key, Id)));

    /// <summary>Null where there is none; one that is not ours, or of another order, is noted.</summary>
    public static PageCursor? Parse(string? text, string sort, FieldErrors errors)
    {
        if (text is null)
            return null;
        try
        {
            if (text.Length <= Longest && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(Separator) is [var ofSort, var key, var id] && ofSort == sort)
                return new PageCursor(ofSort, key, id);
        }
        catch (FormatException)
        {
        }
        errors.Check("cursor", false, text, "the next_cursor of a page of this list, asked with the same sort");
        return null;
    }
}
