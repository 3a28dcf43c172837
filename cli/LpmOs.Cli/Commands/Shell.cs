using System.CommandLine;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary>What commands are made with, and the one place where they are run.</summary>
internal sealed class Shell
{
    public Shell(Terminal terminal, Words words)
    {
        (Terminal, Words) = (terminal, words);
        Server = new Option<string?>("--server") { Description = words.ServerOption, Recursive = true, HelpName = "URL" };
        Authorities = new Option<string?>("--ca") { Description = words.AuthoritiesOption, Recursive = true, HelpName = "FILE" };
        Output = new Option<string?>("--output", "-o") { Description = words.OutputOption, Recursive = true, HelpName = "FORMAT" };
        Output.CompletionSources.Add(Enum.GetNames<OutputFormat>().Select(name => name.ToLowerInvariant()).ToArray());
    }

    public Terminal Terminal { get; }
    public Words Words { get; }
    public Option<string?> Server { get; }
    public Option<string?> Authorities { get; }
    public Option<string?> Output { get; }

    public Argument<string> Machine() => new("machine") { Description = Words.MachineArgument, HelpName = "IDC/SN" };

    public static Option<T> Option<T>(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };

    /// <summary>A command with its work; failures become words on the error stream and an exit code.</summary>
    public Command Command(string name, string description, IEnumerable<Symbol> symbols, Func<ParseResult, CliSession, CancellationToken, Task<int>> work)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Add(argument);
            else
                command.Add((Option)symbol);
        }
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, work, cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<ParseResult, CliSession, CancellationToken, Task<int>> work, CancellationToken cancellationToken)
    {
        CliSession? session = null;
        try
        {
            var settings = ServerSettings.Read(parsed.GetValue(Server), parsed.GetValue(Authorities), Terminal, Words);
            session = new CliSession(Terminal, Words, settings, Format(parsed.GetValue(Output) ?? settings.Output));
            return await work(parsed, session, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Terminal.Error.WriteLineAsync(Words.Interrupted);
            return ExitCodes.Interrupted;
        }
        catch (UsageException e)
        {
            return await FailAsync(ExitCodes.Usage, e.Message);
        }
        catch (Exception e) when (session is not null && Failures.Explain(e, session) is { } failure)
        {
            return await FailAsync(failure.Code, failure.Message);
        }
        finally
        {
            session?.Dispose();
        }
    }

    private OutputFormat Format(string? text) => text switch
    {
        null or "table" => OutputFormat.Table,
        "json" => OutputFormat.Json,
        "yaml" => OutputFormat.Yaml,
        "csv" => OutputFormat.Csv,
        _ => throw new UsageException(Words.OutputNotAllowed(SafeText.Of(text))),
    };

    private async Task<int> FailAsync(int code, string message)
    {
        await Terminal.Error.WriteLineAsync($"{Words.Error}: {message}");
        return code;
    }
}
