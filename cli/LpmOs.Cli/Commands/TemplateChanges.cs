using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl templates set|rollback</c>.</summary>
internal static class TemplateChanges
{
    public static Command Set(Shell shell)
    {
        var (name, idc, notes) = (TemplateCommands.Name(shell), TemplateCommands.Idc(shell), Shell.Option<string?>("--notes", shell.Words.NotesOption));
        var file = new Option<string>("--file", "-f") { Description = shell.Words.TemplateFileOption, Required = true };
        var baseVersion = Shell.Option<int?>("--base-version", shell.Words.BaseVersionOption);
        return shell.Command("set", shell.Words.TemplatesSet, [name, file, idc, notes, baseVersion], async (parsed, session, cancellationToken) =>
        {
            var (folder, leaf) = TemplateCommands.Parts(parsed.GetValue(name)!, shell);
            var request = new TemplateRequest
            {
                Idc = parsed.GetValue(idc), Text = await InputFile.TextAsync(parsed.GetValue(file)!, session, cancellationToken), Notes = parsed.GetValue(notes), Base_version = parsed.GetValue(baseVersion),
            };
            session.Print.Facts(await session.Api.PutTemplateAsync(folder, leaf, request, cancellationToken), Columns(shell.Words));
            return ExitCodes.Ok;
        });
    }

    public static Command RollBack(Shell shell)
    {
        var (name, idc, notes) = (TemplateCommands.Name(shell), TemplateCommands.Idc(shell), Shell.Option<string?>("--notes", shell.Words.NotesOption));
        var version = new Option<int>("--version") { Description = shell.Words.TemplateVersionOption, Required = true };
        return shell.Command("rollback", shell.Words.TemplatesRollBack, [name, version, idc, notes], async (parsed, session, cancellationToken) =>
        {
            var (folder, leaf) = TemplateCommands.Parts(parsed.GetValue(name)!, shell);
            var request = new RollbackRequest { Idc = parsed.GetValue(idc), Version = parsed.GetValue(version), Notes = parsed.GetValue(notes) };
            session.Print.Facts(await session.Api.RollBackTemplateAsync(folder, leaf, request, cancellationToken), Columns(shell.Words));
            return ExitCodes.Ok;
        });
    }

    public static Column<TemplateVersionSummary>[] Columns(Words words) =>
    [
        new("version", words.Versions, version => Show.Number(version.Version), Right: true),
        new("built_in", words.OriginColumn, version => version.Built_in ? "built_in" : version.Rolled_back_to is { } former ? Show.Number(former) : null),
        new("sha256", words.Hash, version => version.Sha256?[..12]),
        new("notes", words.Notes, version => version.Notes),
        new("created_at", words.CreatedAt, version => Show.Time(version.Created_at)),
        new("created_by", words.Who, version => version.Created_by),
    ];
}
