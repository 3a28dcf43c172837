namespace LpmOs.Tasks.Documents;

/// <summary>Groups of operations, in the order of the work.</summary>
internal static class ApiTags
{
    public const string Tasks = "1 tasks";
    public const string Approval = "2 approval";
    public const string Overview = "3 overview";
    public const string Machines = "4 machines";

    public static IReadOnlyList<(string Name, string Description)> All { get; } =
    [
        (Tasks, "Say what to install on which machine, and follow it."),
        (Approval, "Decide. Only an approval opens the way to a disk."),
        (Overview, "Live counts and IDCs."),
        (Machines, "Hardware as the machines reported it."),
    ];
}
