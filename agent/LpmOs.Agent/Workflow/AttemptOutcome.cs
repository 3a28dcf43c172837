namespace LpmOs.Agent.Workflow;

/// <summary>How an attempt ended for the agent.</summary>
internal enum AttemptOutcome
{
    /// <summary>All operations done; in a dry run the task is completed.</summary>
    Completed,
    /// <summary>The machine is to start its new system now.</summary>
    Reboot,
    /// <summary>The kernel of the system's own installer is loaded and to be started now.</summary>
    Kexec,
    /// <summary>Failed, aborted or taken back: wait for the next task or attempt.</summary>
    Over,
}
