using System.Text.RegularExpressions;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;

namespace LpmOs.Tasks.Machines;

/// <summary>
/// A search over machines: <c>field:value</c> for single fields of the hardware (a text that contains the value; a number, also <c>&gt;=</c> and <c>&lt;=</c>),
/// everything else is looked for as it stands in all texts. All of it must be found.
/// </summary>
internal sealed partial class MachineSearch
{
    public const int LongestText = 200;

    private readonly List<Func<Inventory, bool>> _conditions = [];
    private readonly string _text;

    private MachineSearch(List<Func<Inventory, bool>> conditions, string text) => (_conditions, _text) = (conditions, text);

    public static MachineSearch Parse(string? query, FieldErrors errors)
    {
        errors.Length("q", query, LongestText);
        var conditions = new List<Func<Inventory, bool>>();
        var text = FieldPattern().Replace(query is { Length: <= LongestText } ? query : "", match =>
        {
            var (name, value) = (match.Groups["name"].Value, match.Groups["value"].Value.Trim('"'));
            if (HardwareFields.Texts.TryGetValue(name, out var texts))
            {
                conditions.Add(machine => texts(machine).Any(candidate => candidate?.Contains(value, StringComparison.OrdinalIgnoreCase) == true));
                return " ";
            }
            if (HardwareFields.Numbers.TryGetValue(name, out var numbers))
            {
                if (Comparison(value) is { } compare)
                    conditions.Add(machine => numbers(machine).Any(candidate => candidate is { } number && compare(number)));
                else
                    errors.Check("q", false, $"{name}:{value}", $"{name} is a number: {name}:16, {name}:>=16 or {name}:<=16");
                return " ";
            }
            // A MAC has colons too; a word with a dot before the colon can only be meant as a field.
            if (name.Contains('.', StringComparison.Ordinal))
                errors.Check("q", false, name, $"fields {HardwareFields.Known}");
            return match.Value;
        });
        return new MachineSearch(conditions, string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    public bool Matches(MachineView machine)
    {
        if (_conditions.Count > 0 && (machine.Inventory is not { } hardware || !_conditions.TrueForAll(condition => condition(hardware))))
            return false;
        if (_text.Length == 0)
            return true;
        return Has(machine.Key.Sn) || machine.Macs().Any(Has)
            || (machine.Record is { } record && (Has(record.Notes) || record.Tags.Any(Has)))
            || (machine.Inventory is { } inventory && HardwareFields.Texts.Values.Any(field => field(inventory).Any(Has)));
    }

    private bool Has(string? value) => value?.Contains(_text, StringComparison.OrdinalIgnoreCase) == true;

    private static Func<long, bool>? Comparison(string text) => text switch
    {
        ['>', '=', .. var rest] when HardwareFields.Number(rest) is { } least => number => number >= least,
        ['<', '=', .. var rest] when HardwareFields.Number(rest) is { } most => number => number <= most,
        _ when HardwareFields.Number(text) is { } exact => number => number == exact,
        _ => null,
    };

    [GeneratedRegex("""(?<=^|\s)(?<name>[a-z][a-z_.]*):(?<value>"[^"]*"|[^\s"]+)(?=\s|$)""")]
    private static partial Regex FieldPattern();
}
