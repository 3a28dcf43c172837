using System.CommandLine;
using System.Text.Json;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl idcs settings</c> and <c>lpmosctl profiles defaults</c>: shown, or replaced from a JSON file.</summary>
internal static class SiteCommands
{
    private sealed record Setting(string Name, string Value);

    public static Command Settings(Shell shell)
    {
        var idc = new Argument<string>("idc") { Description = shell.Words.IdcOfTask, HelpName = "IDC" };
        var file = Shell.Option<string?>("--file", shell.Words.SettingsFileOption, "-f");
        return shell.Command("settings", shell.Words.IdcsSettings, [idc, file], async (parsed, session, cancellationToken) =>
        {
            var site = parsed.GetValue(idc)!;
            var settings = parsed.GetValue(file) is { } path
                ? await session.Api.PutIdcSettingsAsync(site, await ReadAsync<SiteSettings>(path, session, cancellationToken), cancellationToken)
                : await session.Api.GetIdcSettingsAsync(site, cancellationToken);
            return Shown(settings, session);
        });
    }

    public static Command Defaults(Shell shell)
    {
        var (idc, tag) = (Shell.Option<string?>("--idc", shell.Words.IdcOption), Shell.Option<string?>("--tag", shell.Words.TagOption));
        var (machine, file) = (Shell.Option<string?>("--machine", shell.Words.MachineArgument), Shell.Option<string?>("--file", shell.Words.SettingsFileOption, "-f"));
        return shell.Command("defaults", shell.Words.ProfilesDefaults, [idc, tag, machine, file], async (parsed, session, cancellationToken) =>
        {
            var (site, ofTag, one) = (parsed.GetValue(idc), parsed.GetValue(tag), parsed.GetValue(machine));
            if (new[] { site, ofTag, one }.Count(layer => layer is not null) > 1)
                throw new UsageException(session.Words.OneLayer);
            var put = parsed.GetValue(file) is { } path ? await ReadAsync<ProfileSettings>(path, session, cancellationToken) : null;
            if (one is not null)
            {
                var (itsIdc, sn) = await session.MachineAsync(one, cancellationToken);
                return Shown(put is null ? await session.Api.GetMachineDefaultsAsync(itsIdc, sn, cancellationToken) : await session.Api.PutMachineDefaultsAsync(itsIdc, sn, put, cancellationToken), session);
            }
            if (ofTag is not null)
                return Shown(put is null ? (await session.Api.ListTagDefaultsAsync(cancellationToken)).Items.GetValueOrDefault(ofTag) ?? new ProfileSettings() : await session.Api.PutTagDefaultsAsync(ofTag, put, cancellationToken), session);
            if (site is not null)
                return Shown(put is null ? await session.Api.GetIdcDefaultsAsync(site, cancellationToken) : await session.Api.PutIdcDefaultsAsync(site, put, cancellationToken), session);
            return Shown(put is null ? await session.Api.GetDefaultsAsync(cancellationToken) : await session.Api.PutDefaultsAsync(put, cancellationToken), session);
        });
    }

    /// <exception cref="UsageException">The file cannot be read, or is no such JSON.</exception>
    internal static async Task<T> ReadAsync<T>(string path, CliSession session, CancellationToken cancellationToken) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(await InputFile.TextAsync(path, session, cancellationToken), ClientJson.Options) ?? throw new UsageException(session.Words.NotJson(path, "null"));
        }
        catch (JsonException e)
        {
            throw new UsageException(session.Words.NotJson(path, SafeText.Of(e.Message)));
        }
    }

    private static int Shown<T>(T settings, CliSession session) where T : class
    {
        var rows = JsonSerializer.SerializeToElement(settings, ClientJson.Options).EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null)
            .Select(field => new Setting(field.Name, field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : field.Value.GetRawText())).ToList();
        session.Print.List(settings, rows, [new("setting", session.Words.What, row => row.Name), new("value", session.Words.ValueColumn, row => row.Value)], session.Words.NoEntries);
        return ExitCodes.Ok;
    }
}
