using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl templates …</c>: list, show, render, lint, diff. Changes: <see cref="TemplateChanges"/>.</summary>
internal static class TemplateCommands
{
    public static Command Build(Shell shell) => new("templates", shell.Words.Templates)
    {
        List(shell), ShowOne(shell), Render(shell), Lint(shell), Diff(shell), Versions(shell), TemplateChanges.Set(shell), TemplateChanges.RollBack(shell),
    };

    public static Argument<string> Name(Shell shell) => new("template") { Description = shell.Words.TemplateArgument, HelpName = "FOLDER/FILE" };

    public static Option<string?> Idc(Shell shell) => Shell.Option<string?>("--idc", shell.Words.TemplateIdcOption);

    /// <exception cref="UsageException">It is not a folder and a file.</exception>
    public static (string Folder, string File) Parts(string name, Shell shell) =>
        name.Split('/') is [{ Length: > 0 } folder, { Length: > 0 } file] ? (folder, file) : throw new UsageException($"{SafeText.Of(name)}: {shell.Words.TemplateArgument}");

    private static Command List(Shell shell)
    {
        var idc = Idc(shell);
        return shell.Command("list", shell.Words.TemplatesList, [idc], async (parsed, session, cancellationToken) =>
        {
            var list = await session.Api.ListTemplatesAsync(parsed.GetValue(idc), cancellationToken);
            session.Print.List(list, list.Items.ToList(),
            [
                new("name", shell.Words.Template, template => template.Name),
                new("origin", shell.Words.OriginColumn, template => template.Origin),
                new("version", shell.Words.Versions, template => template.Version == 0 ? null : Show.Number(template.Version), Right: true),
                new("used_by", shell.Words.UsedBy, template => template.Snippet ? "snippet" : Some(template.Used_by)),
                new("changed_at", shell.Words.CreatedAt, template => Show.Time(template.Changed_at)),
                new("changed_by", shell.Words.Who, template => template.Changed_by),
            ], shell.Words.NoEntries);
            return ExitCodes.Ok;
        });
    }

    private static Command ShowOne(Shell shell)
    {
        var (name, idc, version) = (Name(shell), Idc(shell), Shell.Option<int?>("--version", shell.Words.TemplateVersionOption));
        return shell.Command("show", shell.Words.TemplatesShow, [name, idc, version], async (parsed, session, cancellationToken) =>
        {
            var (folder, file) = Parts(parsed.GetValue(name)!, shell);
            var template = await session.Api.GetTemplateAsync(folder: folder, file: file, idc: parsed.GetValue(idc), version: Show.Number(parsed.GetValue(version)), cancellationToken: cancellationToken);
            if (!session.Print.Structured(template))
                session.Print.Text(template.Text);
            return ExitCodes.Ok;
        });
    }

    private static Command Render(Shell shell)
    {
        var (name, machine, sample) = (Name(shell), Shell.Option<string?>("--machine", shell.Words.RenderMachineOption), Shell.Option<string?>("--sample", shell.Words.RenderSampleOption));
        var (idc, os, method, file) = (Idc(shell), Shell.Option<string?>("--os", shell.Words.OsOption), Shell.Option<string?>("--method", shell.Words.MethodOption), Shell.Option<string?>("--file", shell.Words.TemplateFileOption, "-f"));
        return shell.Command("render", shell.Words.TemplatesRender, [name, machine, sample, idc, os, method, file], async (parsed, session, cancellationToken) =>
        {
            var request = new RenderRequest
            {
                Name = parsed.GetValue(name)!, Idc = parsed.GetValue(idc), Sample = parsed.GetValue(sample), Os_type = parsed.GetValue(os), Install_method = parsed.GetValue(method),
                Text = parsed.GetValue(file) is { } path ? await InputFile.TextAsync(path, session, cancellationToken) : null,
            };
            if (parsed.GetValue(machine) is { } who)
                (request.Idc, request.Sn) = await session.MachineAsync(who, cancellationToken);
            var rendered = await session.Api.RenderTemplateAsync(request, cancellationToken);
            var structured = session.Print.Structured(rendered);
            if (rendered.Fault is { } fault)
            {
                await session.Terminal.Error.WriteLineAsync(Line(fault));
                return ExitCodes.Failed;
            }
            if (!structured)
                session.Print.Text(rendered.Text!);
            return ExitCodes.Ok;
        });
    }

    private static Command Lint(Shell shell)
    {
        var idc = Idc(shell);
        return shell.Command("lint", shell.Words.TemplatesLint, [idc], async (parsed, session, cancellationToken) =>
        {
            var lint = await session.Api.LintTemplatesAsync(parsed.GetValue(idc), cancellationToken);
            if (!session.Print.Structured(lint))
            {
                foreach (var fault in lint.Faults)
                    session.Print.Line(Line(fault));
                session.Print.Line(shell.Words.Linted(lint.Templates, lint.Rendered, lint.Faults.Count));
            }
            return lint.Faults.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
        });
    }

    private static Command Diff(Shell shell)
    {
        var (name, idc, from, to) = (Name(shell), Idc(shell), Shell.Option<int?>("--from", shell.Words.TemplateFromOption), Shell.Option<int?>("--to", shell.Words.TemplateToOption));
        return shell.Command("diff", shell.Words.TemplatesDiff, [name, idc, from, to], async (parsed, session, cancellationToken) =>
        {
            var (folder, file) = Parts(parsed.GetValue(name)!, shell);
            var difference = await session.Api.DiffTemplateAsync(folder: folder, file: file, idc: parsed.GetValue(idc), from: Show.Number(parsed.GetValue(from)), to: Show.Number(parsed.GetValue(to)), cancellationToken: cancellationToken);
            if (!session.Print.Structured(difference))
                session.Print.Text(difference.Text);
            return ExitCodes.Ok;
        });
    }

    private static Command Versions(Shell shell)
    {
        var (name, idc) = (Name(shell), Idc(shell));
        return shell.Command("versions", shell.Words.TemplatesVersions, [name, idc], async (parsed, session, cancellationToken) =>
        {
            var (folder, file) = Parts(parsed.GetValue(name)!, shell);
            var versions = await session.Api.ListTemplateVersionsAsync(folder: folder, file: file, idc: parsed.GetValue(idc), cancellationToken: cancellationToken);
            session.Print.List(versions, versions.Items.ToList(), TemplateChanges.Columns(shell.Words), shell.Words.NoEntries);
            return ExitCodes.Ok;
        });
    }

    private static string Line(TemplateFault fault) => SafeText.Of($"{fault.Name}({fault.Line},{fault.Column}): {fault.Problem}{(fault.Target is { } target ? $" [{target}]" : "")}");

    private static string Some(IReadOnlyList<string> uses) => string.Join(", ", uses.Take(2)) + (uses.Count > 2 ? $" +{uses.Count - 2}" : "");
}
