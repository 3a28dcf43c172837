using System.CommandLine;
using System.Text.Json;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl profiles …</c>.</summary>
internal static class ProfileCommands
{
    /// <summary>One setting that would hold, and the layer it comes from.</summary>
    private sealed record Setting(string Name, string Value, string? Origin);

    public static Command Build(Shell shell) => new("profiles", shell.Words.Profiles) { List(shell), ShowOne(shell), Effective(shell), Put(shell), SiteCommands.Defaults(shell) };

    private static Command List(Shell shell) => shell.Command("list", shell.Words.ProfilesList, [], async (_, session, cancellationToken) =>
    {
        var list = await session.Api.ListProfilesAsync(cancellationToken);
        session.Print.List(list, list.Items.ToList(), Columns(shell.Words), shell.Words.NoEntries);
        return ExitCodes.Ok;
    });

    private static Command ShowOne(Shell shell)
    {
        var (name, version) = (Name(shell), Shell.Option<int?>("--version", shell.Words.VersionOption));
        return shell.Command("show", shell.Words.ProfilesShow, [name, version], async (parsed, session, cancellationToken) =>
        {
            var profile = await session.Api.GetProfileAsync(name: parsed.GetValue(name)!, version: Show.Number(parsed.GetValue(version)), cancellationToken: cancellationToken);
            session.Print.Facts(profile, [.. Columns(shell.Words), .. Details(shell.Words)]);
            return ExitCodes.Ok;
        });
    }

    private static Command Effective(Shell shell)
    {
        var (name, idc, sn, tag) = (Name(shell), Shell.Option<string?>("--idc", shell.Words.IdcOfTask), Shell.Option<string?>("--sn", shell.Words.SnOption), Shell.Option<string?>("--tag", shell.Words.TagsOption));
        return shell.Command("effective", shell.Words.ProfilesEffective, [name, idc, sn, tag], async (parsed, session, cancellationToken) =>
        {
            var profile = await session.Api.GetEffectiveProfileAsync(name: parsed.GetValue(name)!, idc: parsed.GetValue(idc), sn: parsed.GetValue(sn), tag: parsed.GetValue(tag), cancellationToken: cancellationToken);
            var settings = JsonSerializer.SerializeToElement(profile.Settings, ClientJson.Options).EnumerateObject()
                .Select(setting => new Setting(setting.Name, Value(setting.Value), Origin(profile, setting.Name))).Where(setting => setting.Value.Length > 0).ToList();
            session.Print.List(profile, settings,
                [new("setting", shell.Words.What, setting => setting.Name), new("value", shell.Words.ValueColumn, setting => setting.Value), new("origin", shell.Words.OriginColumn, setting => setting.Origin)], shell.Words.NoEntries);
            return ExitCodes.Ok;
        });
    }

    private static Command Put(Shell shell)
    {
        var name = Name(shell);
        var file = new Option<string>("--file", "-f") { Description = shell.Words.ProfileFileOption, Required = true };
        return shell.Command("put", shell.Words.ProfilesPut, [name, file], async (parsed, session, cancellationToken) =>
        {
            var path = parsed.GetValue(file)!;
            ProfileRequest request;
            try
            {
                request = JsonSerializer.Deserialize<ProfileRequest>(await InputFile.TextAsync(path, session, cancellationToken), ClientJson.Options) ?? new ProfileRequest();
            }
            catch (JsonException e)
            {
                throw new UsageException(shell.Words.NotATaskFile(path, SafeText.Of(e.Message)));
            }
            var profile = await session.Api.PutProfileAsync(parsed.GetValue(name)!, request, cancellationToken);
            session.Print.Facts(profile, [.. Columns(shell.Words), .. Details(shell.Words)]);
            return ExitCodes.Ok;
        });
    }

    private static Argument<string> Name(Shell shell) => new("name") { Description = shell.Words.ProfileOption, HelpName = "NAME" };

    private static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => string.Join(' ', value.EnumerateArray().Select(item => item.GetString())),
        JsonValueKind.Object when value.EnumerateObject().All(item => item.Value.ValueKind == JsonValueKind.String) => string.Join(' ', value.EnumerateObject().Select(item => $"{item.Name}={item.Value.GetString()}")),
        _ => value.GetRawText(),
    };

    // Settings with members of their own, such as variables, have an origin for each member.
    private static string? Origin(EffectiveProfile profile, string setting)
    {
        var origins = profile.Origins.Where(origin => origin.Key == setting || origin.Key.StartsWith(setting + ".", StringComparison.Ordinal) || origin.Key.StartsWith(setting + "[", StringComparison.Ordinal));
        return Show.Join(origins.Select(origin => origin.Value.Name is { } name ? $"{origin.Value.Layer}:{name}" : origin.Value.Layer).Distinct());
    }

    private static Column<InstallProfile>[] Columns(Words words) =>
    [
        new("name", words.ProfileOption.TrimEnd('.', '。'), profile => profile.Name),
        new("version", words.Versions, profile => Show.Number(profile.Version), Right: true),
        new("os_type", words.System, profile => $"{profile.Os_type} {profile.Os_version}".Trim()),
        new("description", words.Notes, profile => profile.Description),
        new("created_at", words.CreatedAt, profile => Show.Time(profile.Created_at)),
        new("created_by", words.Who, profile => profile.Created_by),
    ];

    private static Column<InstallProfile>[] Details(Words words) =>
    [
        new("packages", words.Packages, profile => Show.Join(profile.Packages)),
        new("tags", words.Tags, profile => Show.Join(profile.Tags)),
        new("ssh_keys", "SSH", profile => profile.Ssh_keys is { } keys ? string.Join('\n', keys) : null),
        new("variables", words.Variables, profile => profile.Variables is { } variables ? string.Join('\n', variables.Select(variable => $"{variable.Key}={variable.Value}")) : null),
    ];
}
