using System.CommandLine;
using LpmOs.Cli.Commands;
using LpmOs.Cli.Session;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli;

/// <summary>The program, apart from the process it runs in.</summary>
internal static class Application
{
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellationToken)
    {
        var words = Words.For(terminal.Environment);
        var shell = new Shell(terminal, words);
        var root = new RootCommand(words.Root) { shell.Server, shell.Authorities, shell.Output };
        root.Add(TaskCommands.Build(shell));
        root.Add(MachineCommands.Build(shell));
        root.Add(MachineShellCommand.Build(shell));
        root.Add(DhcpCommand.Build(shell));
        root.Add(BootCommands.Build(shell));
        root.Add(ProfileCommands.Build(shell));
        root.Add(TemplateCommands.Build(shell));
        root.Add(AssetCommands.Build(shell));
        root.Add(OverviewCommands.Stats(shell));
        root.Add(OverviewCommands.Idcs(shell));
        root.Add(OverviewCommands.Systems(shell));
        root.Add(WebhookCommands.Build(shell));
        root.Add(EventCommand.Build(shell));
        root.Add(AuditCommand.Build(shell));
        root.Add(KeyCommands.Build(shell));
        foreach (var command in LoginCommands.Build(shell).Concat(UserCommands.Build(shell)))
            root.Add(command);
        root.Add(CompletionCommand.Build(shell));

        var parsed = root.Parse(args);
        // A command that is only a group, or a word that is not known: say so and how to go on, on the error stream.
        if (parsed.Errors.Count > 0 && !args.Any(arg => arg.StartsWith("[suggest", StringComparison.Ordinal)))
        {
            foreach (var error in parsed.Errors)
                await terminal.Error.WriteLineAsync($"{words.Error}: {Output.SafeText.Of(error.Message)}");
            await terminal.Error.WriteLineAsync(words.SeeHelp(Path(parsed.CommandResult.Command)));
            return ExitCodes.Usage;
        }
        return await parsed.InvokeAsync(new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellationToken);
    }

    private static string Path(Command command) => command is RootCommand ? "lpmosctl" : $"{Path(command.Parents.OfType<Command>().First())} {command.Name}";
}
