using System.ComponentModel;

namespace LpmOs.Agent.Raid;

/// <summary>The programs that are known, and how they are asked.</summary>
internal static class RaidPrograms
{
    /// <summary>A controller that rebuilds, or whose firmware hangs, answers late.</summary>
    private static readonly ProgramOptions Options = new() { TimeLimit = TimeSpan.FromSeconds(60), Quiet = true, AnyExitCode = true };

    private static readonly ProgramOptions Changing = new() { TimeLimit = TimeSpan.FromMinutes(5) };

    public static IReadOnlyList<IRaidTool> All(ProgramCall call) =>
        [new MegaRaidTool("storcli", ["storcli64", "storcli", "/opt/MegaRAID/storcli/storcli64"], call), new MegaRaidTool("perccli", ["perccli64", "perccli", "/opt/MegaRAID/perccli/perccli64"], call), new SmartArrayTool(call), new AdaptecTool(call)];

    /// <summary>The answer of the first of several names under which a program may be installed; null where it is under none.</summary>
    public static async Task<(string Program, ProgramResult Result)?> AskAsync(ProgramCall call, IEnumerable<string> names, string[] arguments, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            try
            {
                return (name, await call(name, arguments, Options, cancellationToken).ConfigureAwait(false));
            }
            catch (ProgramException e) when (e.InnerException is Win32Exception)
            {
                // Not under this name.
            }
        }
        return null;
    }

    /// <summary>Has the program change something; what it says is kept in the log.</summary>
    /// <exception cref="ProgramException">It is not there, ended with another code than 0, or passed its time limit.</exception>
    public static async Task<string> ChangeAsync(ProgramCall call, IEnumerable<string> names, string[] arguments, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            try
            {
                return (await call(name, arguments, Changing, cancellationToken).ConfigureAwait(false)).Output;
            }
            catch (ProgramException e) when (e.InnerException is Win32Exception)
            {
                // Not under this name.
            }
        }
        throw new ProgramException($"{names.First()} is not in the boot image");
    }

    public static async Task<string> AskAsync(ProgramCall call, string program, string[] arguments, CancellationToken cancellationToken) =>
        (await call(program, arguments, Options, cancellationToken).ConfigureAwait(false)).Output;
}
