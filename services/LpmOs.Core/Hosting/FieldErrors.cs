using System.Globalization;
using LpmOs.Core.Domain.Identity;

namespace LpmOs.Core.Hosting;

/// <summary>Collects all that is wrong with a request before it is refused.</summary>
public sealed class FieldErrors
{
    private const int ShownCharacters = 80;
    private readonly Dictionary<string, List<string>> _errors = [];

    public bool IsEmpty => _errors.Count == 0;

    /// <summary>Field name to what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string[]> All => _errors.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());

    public void Add(string field, string reason)
    {
        if (!_errors.TryGetValue(field, out var reasons))
            _errors[field] = reasons = [];
        reasons.Add(reason);
    }

    /// <summary>Adds "value is not allowed: allowed" unless <paramref name="valid"/>. A value that could not even be read is not called missing as well.</summary>
    public void Check(string field, bool valid, string? value, string allowed)
    {
        if (!valid && (value is not null || !_errors.ContainsKey(field)))
            Add(field, value is null ? $"Required: {allowed}." : $"'{Show(value)}' is not allowed; allowed: {allowed}.");
    }

    public void Idc(string? value, string field = "idc") => Check(field, Names.IsIdc(value), value, Names.IdcAllowed);

    public void Sn(string? value, string field = "sn") => Check(field, Names.IsSn(value), value, Names.SnAllowed);

    public void TaskId(string? value, string field = "task_id") => Check(field, Names.IsTaskId(value), value, Names.TaskIdAllowed);

    /// <summary>The MAC in its one form; the text itself where it is wrong (and noted).</summary>
    public string Mac(string? value, string field = "mac")
    {
        if (MacAddress.TryNormalize(value, out var mac))
            return mac;
        Check(field, false, value, MacAddress.Allowed);
        return value ?? "";
    }

    public void Length(string field, string? value, int most)
    {
        if (value?.Length > most)
            Add(field, $"Has {value.Length} characters; at most {most} are allowed.");
    }

    /// <summary>A point in time; null: none was given, or it is wrong (and noted). UTC where no zone is named.</summary>
    public DateTimeOffset? Time(string field, string? text)
    {
        if (text is null)
            return null;
        var valid = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
        Check(field, valid, text, "a time of ISO 8601, for example 2026-12-31T22:00:00Z");
        return valid ? time : null;
    }

    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
            throw new InvalidRequestException(All);
    }

    // What came from outside is shown short and without control characters, whoever prints it.
    public static string Show(string value) =>
        string.Concat((value.Length > ShownCharacters ? value[..ShownCharacters] + "…" : value).Select(c => char.IsControl(c) ? '?' : c));
}
