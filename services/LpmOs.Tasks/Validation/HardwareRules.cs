using System.Text.RegularExpressions;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Validation;

/// <summary>What hardware_config may be. Whether the machine has such controllers and disks, the plan says.</summary>
internal static partial class HardwareRules
{
    public static HardwareConfigSpec? Read(JsonFields? json)
    {
        if (json is null)
            return null;
        var spec = new HardwareConfigSpec { Controllers = json.Objects("controllers", HardwareConfigSpec.MostControllers)?.Select(ReadController).ToList() ?? [] };
        json.RefuseOthers();
        return spec;
    }

    public static void Check(HardwareConfigSpec? spec, FieldErrors errors)
    {
        for (var i = 0; i < spec?.Controllers.Count; i++)
        {
            var (controller, field) = (spec.Controllers[i], $"hardware_config.controllers[{i}]");
            errors.Check($"{field}.id", controller.Id is null || IdPattern().IsMatch(controller.Id), controller.Id, "the id of a RAID controller in the hardware report, or none where there is one only");
            if (controller is { Arrays.Count: 0, DeleteOthers: false })
                errors.Add($"{field}.arrays", "At least one array is needed where delete_others is false.");
            for (var a = 0; a < controller.Arrays.Count; a++)
                Check(controller.Arrays[a], $"{field}.arrays[{a}]", errors);
            if (controller.Arrays.GroupBy(array => array.Name).Any(group => group.Count() > 1))
                errors.Add($"{field}.arrays", "Each name may be given once.");
            if (controller.Arrays.SelectMany(array => array.Disks).GroupBy(place => place).FirstOrDefault(group => group.Count() > 1) is { } twice)
                errors.Add($"{field}.arrays", $"The disk {twice.Key} is named more than once.");
        }
        if (spec is { Controllers.Count: > 1 } && spec.Controllers.GroupBy(controller => controller.Id).Any(group => group.Key is null || group.Count() > 1))
            errors.Add("hardware_config.controllers", "Each controller may be named once, and needs its id where there are several.");
    }

    private static void Check(RaidArraySpec array, string field, FieldErrors errors)
    {
        errors.Check($"{field}.name", NamePattern().IsMatch(array.Name), array.Name.Length == 0 ? null : array.Name, "1 to 15 letters, digits or any of _ -");
        errors.Check($"{field}.level", RaidLevels.Fewest.ContainsKey(array.Level), array.Level.Length == 0 ? null : array.Level, string.Join(", ", RaidLevels.Fewest.Keys));
        foreach (var place in array.Disks)
            errors.Check($"{field}.disks", PlacePattern().IsMatch(place), place, "places of disks as in the hardware report: 252:0, 1I:1:1, 0,4");
        if (RaidLevels.Fewest.TryGetValue(array.Level, out var fewest) && !RaidLevels.Fits(array.Level, array.Disks.Count))
            errors.Add($"{field}.disks", $"Has {array.Disks.Count} disks; {array.Level} needs {(array.Level == "raid1" ? "2" : $"{fewest} or more{(array.Level == "raid10" ? ", an even number" : "")}")}.");
    }

    private static ControllerSpec ReadController(JsonFields json)
    {
        var controller = new ControllerSpec { Id = json.Text("id"), DeleteOthers = json.Flag("delete_others") ?? false, Arrays = json.Objects("arrays", ControllerSpec.MostArrays)?.Select(ReadArray).ToList() ?? [] };
        json.RefuseOthers();
        return controller;
    }

    private static RaidArraySpec ReadArray(JsonFields json)
    {
        var array = new RaidArraySpec { Name = json.Text("name") ?? "", Level = json.Text("level") ?? "", Disks = json.Texts("disks", RaidArraySpec.MostDisks) ?? [] };
        json.RefuseOthers();
        return array;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9:.]{1,16}\z")]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]{0,14}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[A-Za-z0-9]{0,8}([:,][A-Za-z0-9]{1,8}){1,3}\z")]
    private static partial Regex PlacePattern();
}
