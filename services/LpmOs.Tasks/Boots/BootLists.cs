using System.Buffers.Text;
using System.Globalization;
using System.Text;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Domain.Identity;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Tasks.Lists;

namespace LpmOs.Tasks.Boots;

/// <summary>Pages of machines' last boots from the watched copy, the newest first.</summary>
internal sealed class BootLists(WatchedState state, BootReader boots, TimeProvider time)
{
    private const int LongestText = 200;

    private sealed record Row(string Idc, BootSigns Signs, string? Stall);

    /// <param name="idcs">Of these alone; null: of all.</param>
    /// <exception cref="InvalidRequestException">Every parameter that is wrong.</exception>
    public BootPage Page(BootQuery query, IReadOnlySet<string>? idcs)
    {
        var errors = new FieldErrors();
        var limit = PageLimit.Parse(query.Limit, errors);
        if (query.Idc is not null)
            errors.Idc(query.Idc);
        var stalled = Bool("stalled", query.Stalled, errors);
        var unknown = Bool("unknown", query.Unknown, errors);
        errors.Length("q", query.Q, LongestText);
        var since = errors.Time("after", query.After);
        var after = Place(query.Cursor, errors);
        errors.ThrowIfAny();

        var snapshot = state.Current;
        var rows = snapshot.Boots
            .Where(boot => (query.Idc is null || boot.Key.Idc == query.Idc) && (idcs is null || idcs.Contains(boot.Key.Idc)) && (unknown is null || boot.Value.Sn is null == unknown) && (since is null || boot.Value.UpdatedAt >= since) && Matches(boot.Value, query.Q))
            .Select(boot => new Row(boot.Key.Idc, boot.Value, boots.Stall(boot.Key.Idc, boot.Value)))
            .Where(row => stalled is null || row.Stall is not null == stalled)
            .ToList();
        rows.Sort((one, other) => Order(Key(one), Key(other)));
        var from = after is { } place ? rows.FindIndex(row => Order(Key(row), place) > 0) : 0;
        var page = from < 0 ? [] : rows.Skip(from).Take(limit).ToList();
        return new BootPage
        {
            Items = [.. page.Select(row => BootViews.Summary(row.Idc, row.Signs, current: true, row.Stall, time.GetUtcNow()))],
            NextCursor = from >= 0 && from + page.Count < rows.Count ? Text(Key(page[^1])) : null,
            Total = rows.Count,
            Revision = snapshot.Revision,
        };
    }

    private static bool Matches(BootSigns signs, string? text) => string.IsNullOrWhiteSpace(text)
        || new[] { signs.Mac, signs.Sn, signs.TaskId, signs.Address }.Any(value => value?.Contains(text.Trim(), StringComparison.OrdinalIgnoreCase) == true)
        || (MacAddress.TryNormalize(text.Trim(), out var mac) && mac == signs.Mac);

    private static bool? Bool(string field, string? text, FieldErrors errors)
    {
        if (text is null)
            return null;
        var valid = bool.TryParse(text, out var value);
        errors.Check(field, valid, text, "true, false");
        return valid ? value : null;
    }

    private static (long Ticks, string Idc, string Mac) Key(Row row) => (row.Signs.UpdatedAt.UtcTicks, row.Idc, row.Signs.Mac);

    private static int Order((long Ticks, string Idc, string Mac) one, (long Ticks, string Idc, string Mac) other) =>
        one.Ticks != other.Ticks ? other.Ticks.CompareTo(one.Ticks) : one.Idc != other.Idc ? string.CompareOrdinal(one.Idc, other.Idc) : string.CompareOrdinal(one.Mac, other.Mac);

    private static string Text((long Ticks, string Idc, string Mac) place) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{place.Ticks} {place.Idc} {place.Mac}")));

    private static (long Ticks, string Idc, string Mac)? Place(string? cursor, FieldErrors errors)
    {
        if (cursor is null)
            return null;
        try
        {
            if (cursor.Length <= LongestText && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(' ') is [var ticks, var idc, var mac]
                && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return (number, idc, mac);
        }
        catch (FormatException)
        {
            // Named below.
        }
        errors.Check("cursor", false, cursor, "the next_cursor of a page of this list");
        return null;
    }
}
