using LpmOs.Agent.Install.Target;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install;

/// <summary>Runs the scripts of a plan: in the boot image before the disk is touched, in the new system when it is configured. The first one that fails ends it.</summary>
internal sealed class ScriptRun(ProgramRunner programs, Action<string> log)
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(30);
    private const string TargetFolder = "/var/lib/lpmos-scripts";

    /// <exception cref="InstallException">A script failed; the message names it and its exit code.</exception>
    public Task BeforeAsync(InstallPlan plan, CancellationToken cancellationToken) => HereAsync(plan, ScriptTimes.Pre, cancellationToken);

    /// <exception cref="InstallException">A script failed; the message names it and its exit code.</exception>
    public Task HardwareAsync(InstallPlan plan, CancellationToken cancellationToken) => HereAsync(plan, ScriptTimes.Hardware, cancellationToken);

    private async Task HereAsync(InstallPlan plan, string when, CancellationToken cancellationToken)
    {
        var scripts = Scripts.At(plan, when);
        if (scripts.Count == 0)
            return;
        var folder = Directory.CreateTempSubdirectory("lpmos-scripts-");
        try
        {
            var tree = new TargetTree(folder.FullName);
            foreach (var script in scripts)
            {
                tree.Write("/" + script.Name, ScriptRuns.Executable(script), TargetTree.PrivateFolder);
                await RunAsync(plan, script, Path.Join(folder.FullName, script.Name), [], cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <exception cref="InstallException">A script failed; the message names it and its exit code.</exception>
    public async Task AfterAsync(InstallPlan plan, TargetTree tree, CancellationToken cancellationToken)
    {
        foreach (var script in Scripts.At(plan, ScriptTimes.Post))
        {
            var path = $"{TargetFolder}/{script.Name}";
            tree.Folder(TargetFolder, TargetTree.PrivateFolder);
            tree.Write(path, ScriptRuns.Executable(script), TargetTree.PrivateFolder);
            try
            {
                await RunAsync(plan, script, "chroot", [tree.Root, path], cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Directory.Delete(tree.Resolve(TargetFolder), recursive: true);
            }
        }
    }

    private async Task RunAsync(InstallPlan plan, ScriptPlan script, string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        log($"  Script {script.Name} ({script.When}), sha256 {script.Sha256}");
        try
        {
            await programs.RunAsync(program, arguments, new() { TimeLimit = TimeLimit, LogAs = $"script {script.Name}", Environment = ScriptRuns.Environment(plan) }, cancellationToken).ConfigureAwait(false);
        }
        catch (ProgramException e)
        {
            var ended = e.ExitCode is { } code ? $"ended with code {code}" : "did not end by itself";
            throw new InstallException(FailureCodes.ScriptFailed, $"The script '{script.Name}' ({script.When}) {ended}: {e.Message}", "The task's log shows what the script said. Correct it in the profile, then make a new task.", e);
        }
    }
}
