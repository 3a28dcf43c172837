using System.ComponentModel;

namespace LpmOs.Agent.Tests;

/// <summary>Programs that answer what they once answered; all others are not installed.</summary>
internal sealed class RecordedDialogue
{
    private readonly Dictionary<string, ProgramResult> _answers = [];
    private readonly List<string> _asked = [];
    private Func<string, string>? _convert;

    /// <summary>Command lines in the order in which they came.</summary>
    public IReadOnlyList<string> Asked => _asked;

    public RecordedDialogue Answer(string commandLine, string output, int exitCode = 0)
    {
        _answers[commandLine] = new(exitCode, output, "");
        return this;
    }

    /// <summary>What <c>plutil -convert json</c> makes of its input.</summary>
    public RecordedDialogue Convert(Func<string, string> convert)
    {
        _convert = convert;
        return this;
    }

    public RecordedDialogue AnswerFile(string commandLine, string path) => Answer(commandLine, Recorded.Text(path));

    public Task<ProgramResult> CallAsync(string program, IReadOnlyList<string> arguments, ProgramOptions options, CancellationToken cancellationToken)
    {
        var commandLine = string.Join(' ', arguments.Prepend(program));
        lock (_asked)
            _asked.Add(commandLine);
        if (_convert is not null && program == "plutil")
            return Task.FromResult(new ProgramResult(0, _convert(options.Input!), ""));
        if (_answers.TryGetValue(commandLine, out var answer))
            return answer.ExitCode == 0 || options.AnyExitCode ? Task.FromResult(answer) : throw new ProgramException($"{program} ended with code {answer.ExitCode}", answer.ExitCode);
        if (_answers.Keys.Any(known => known.StartsWith(program + " ", StringComparison.Ordinal)))
            throw new InvalidOperationException($"The recorded dialogue has no answer to: {commandLine}");
        throw new ProgramException($"{program} could not be started", inner: new Win32Exception(2));
    }
}
