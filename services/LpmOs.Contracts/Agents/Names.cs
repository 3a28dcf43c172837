namespace LpmOs.Contracts.Agents;

/// <summary>Stable problem codes on which an agent acts.</summary>
public static class AgentProblems
{
    public const string NoTaskAssigned = "no_task_assigned";
    /// <summary>The system is installed, and the machine is to start it: it has no business in the boot image any more.</summary>
    public const string AwaitingFirstBoot = "awaiting_first_boot";
    /// <summary>Another machine has reported the same serial number; this one is not the one that is meant.</summary>
    public const string SerialNumberConflict = "serial_number_conflict";
}

/// <summary>Values of <see cref="ProgressAnswer.Directive"/>.</summary>
public static class Directives
{
    public const string Continue = "continue";
    public const string Abort = "abort";
}
