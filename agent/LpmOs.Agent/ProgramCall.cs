namespace LpmOs.Agent;

/// <summary>How a program is asked: <see cref="ProgramRunner.RunAsync"/>, or a dialogue that was recorded on a machine that has it.</summary>
/// <exception cref="ProgramException">It is not there, ended with another code than 0, or passed its time limit.</exception>
internal delegate Task<ProgramResult> ProgramCall(string program, IReadOnlyList<string> arguments, ProgramOptions options, CancellationToken cancellationToken);
