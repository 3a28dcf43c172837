using System.CommandLine;

namespace LpmOs.Cli.Commands;

/// <summary>
/// <c>lpmosctl completion bash|zsh</c>: scripts that ask this program itself (the directive <c>[suggest:POSITION]</c>), so that they are never older than it.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _lpmosctl() {
          local IFS=$'\n' words word=${COMP_WORDS[COMP_CWORD]}
          words=$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2> /dev/null)
          COMPREPLY=($(compgen -W "$words" -- "$word"))
        }
        complete -o default -F _lpmosctl lpmosctl
        """;

    private const string Zsh = """
        #compdef lpmosctl
        _lpmosctl() {
          local -a found
          found=(${(f)"$(lpmosctl "[suggest:$CURSOR]" "$BUFFER" 2> /dev/null)"})
          if (( $#found )); then compadd -a found; else _files; fi
        }
        compdef _lpmosctl lpmosctl
        """;

    public static Command Build(Shell shell)
    {
        var name = new Argument<string>("shell") { Description = shell.Words.Shell };
        name.AcceptOnlyFromAmong("bash", "zsh");
        return shell.Command("completion", shell.Words.Completion, [name], async (parsed, session, _) =>
        {
            await session.Terminal.Out.WriteLineAsync(parsed.GetValue(name) == "zsh" ? Zsh : Bash);
            return ExitCodes.Ok;
        });
    }
}
