namespace LpmOs.Core.Domain.Shells;

/// <summary>Why a session ended, as it stands in the audit and on the operator's terminal.</summary>
public static class ShellEnds
{
    public const string TimeOver = "its time is over";
    public const string OperatorLeft = "the operator left";
    public const string OperatorEnded = "ended by an operator";
    public const string RightsTaken = "the operator may no longer open shells";
    public const string Idle = "nothing was typed for ten minutes";
    public const string AgentLeft = "the connection to the machine was lost";
    public const string AgentNeverCame = "the machine's agent did not come for it: it may be busy starting, or be older than this function";
    public const string OperatorNeverCame = "no terminal came for it";
    public const string ServiceEnds = "the service ends";
    public const string BadMessage = "a message that is none was sent";
    public const string StoreAway = "the store does not answer";
}
