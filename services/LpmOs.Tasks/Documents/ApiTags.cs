namespace LpmOs.Tasks.Documents;

/// <summary>Groups of operations, in the order of the work.</summary>
internal static class ApiTags
{
    public const string Tasks = "1 tasks";
    public const string Approval = "2 approval";
    public const string Batch = "3 many at once";
    public const string Overview = "4 overview";
    public const string Machines = "5 machines";
    public const string Profiles = "6 profiles";
    public const string Templates = "7 templates";
    public const string Webhooks = "8 webhooks";
    public const string Audit = "9 audit";
    public const string Access = "10 access";

    public static IReadOnlyList<(string Name, string Description)> All { get; } =
    [
        (Tasks, "Say what to install on which machine, and follow it."),
        (Approval, "Decide. Only an approval opens the way to a disk."),
        (Batch, "Hundreds of tasks in one call."),
        (Overview, "Live counts and IDCs."),
        (Machines, "Hardware as the machines reported it."),
        (Profiles, "What to install and how, under a name; and what is inherited."),
        (Templates, "What installers are given, rendered for each machine."),
        (Webhooks, "Be told of events over HTTP."),
        (Audit, "Who did what, when and from where."),
        (Access, "Login, users and their roles, tokens and sessions."),
    ];
}
