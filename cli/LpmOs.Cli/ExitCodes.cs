namespace LpmOs.Cli;

/// <summary>What the process ends with; documented in docs/lpmosctl.md, and stable for scripts.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    /// <summary>The service refused or failed, or a watched task did not complete.</summary>
    public const int Failed = 1;
    /// <summary>The command line, the config file or a value in it is wrong (also 400 of the service).</summary>
    public const int Usage = 2;
    /// <summary>404.</summary>
    public const int NotFound = 3;
    /// <summary>409: the present state does not allow it.</summary>
    public const int Conflict = 4;
    /// <summary>No answer, an answer of something else, or 503.</summary>
    public const int Unreachable = 5;
    /// <summary>401 or 403.</summary>
    public const int NotAllowed = 6;
    /// <summary>Ctrl-C; as shells have it.</summary>
    public const int Interrupted = 130;
}
