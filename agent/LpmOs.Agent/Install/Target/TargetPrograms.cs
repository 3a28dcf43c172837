namespace LpmOs.Agent.Install.Target;

/// <summary>Runs the new system's own programs inside it.</summary>
internal sealed class TargetPrograms(ProgramRunner programs, TargetTree tree)
{
    /// <exception cref="ProgramException">It failed.</exception>
    public Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken, ProgramOptions? options = null) =>
        programs.RunAsync("chroot", [tree.Root, program, .. arguments], options ?? new(), cancellationToken);
}
