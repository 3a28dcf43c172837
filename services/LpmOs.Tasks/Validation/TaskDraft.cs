using LpmOs.Contracts.Tasks;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Validation;

/// <summary>A <see cref="TaskSpec"/> as somebody wrote it: nothing checked, anything missing.</summary>
internal sealed record TaskDraft
{
    public const int MostPackages = 200;
    public const int MostKeys = 50;
    public const int MostTags = 32;
    public const int MostArguments = 32;
    public const int MostVariables = 64;

    public string? Idc { get; init; }
    public string? Sn { get; init; }
    public string? Mac { get; init; }
    public string? OsType { get; init; }
    public string? OsVersion { get; init; }
    public string? Profile { get; init; }
    public int? ProfileVersion { get; init; }
    public string? Hostname { get; init; }
    public NetworkSpec? Network { get; init; }
    public DiskLayoutSpec? DiskLayout { get; init; }
    public IReadOnlyList<string>? Packages { get; init; }
    public IReadOnlyList<string>? SshKeys { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public string? Notes { get; init; }
    public int? Priority { get; init; }
    public DateTimeOffset? NotBefore { get; init; }
    public DateTimeOffset? Deadline { get; init; }
    public string? InstallMethod { get; init; }
    public IReadOnlyDictionary<string, string>? Variables { get; init; }
    public IReadOnlyList<TaskScript>? Scripts { get; init; }
    public IReadOnlyList<UserSpec>? Users { get; init; }
    public string? Timezone { get; init; }
    public string? Locale { get; init; }
    public string? Keyboard { get; init; }
    public IReadOnlyList<string>? KernelArguments { get; init; }
    public HardwareConfigSpec? HardwareConfig { get; init; }

    public static TaskDraft Read(JsonFields json)
    {
        var draft = ReadSettings(json) with
        {
            Idc = json.Text("idc"), Sn = json.Text("sn"), Mac = json.Text("mac"), Profile = json.Text("profile"), ProfileVersion = json.Number("profile_version"), Hostname = json.Text("hostname"),
            Notes = json.Text("notes"), NotBefore = json.Time("not_before"), Deadline = json.Time("deadline"), HardwareConfig = HardwareRules.Read(json.Object("hardware_config")),
        };
        json.RefuseOthers();
        return draft;
    }

    /// <summary>What profiles and defaults hold too.</summary>
    public static TaskDraft ReadSettings(JsonFields json) => new()
    {
        OsType = json.Text("os_type"), OsVersion = json.Text("os_version"), Network = NetworkReader.Read(json.Object("network")), DiskLayout = LayoutReader.Read(json.Object("disk_layout")),
        Packages = json.Texts("packages", MostPackages), SshKeys = json.Texts("ssh_keys", MostKeys), Tags = json.Texts("tags", MostTags),
        Priority = json.Number("priority"), InstallMethod = json.Text("install_method"), Variables = json.Map("variables", MostVariables),
        Scripts = json.Objects("scripts", TaskScript.Most)?.Select(ReadScript).ToList(),
        Users = json.Objects("users", UserSpec.Most)?.Select(ReadUser).ToList(), Timezone = json.Text("timezone"), Locale = json.Text("locale"), Keyboard = json.Text("keyboard"),
        KernelArguments = json.Texts("kernel_arguments", MostArguments),
    };

    private static TaskScript ReadScript(JsonFields json)
    {
        var script = new TaskScript { Name = json.Text("name") ?? "", When = json.Text("when") ?? "", Text = json.Text("text") ?? "" };
        json.RefuseOthers();
        return script;
    }

    private static UserSpec ReadUser(JsonFields json)
    {
        var user = new UserSpec { Name = json.Text("name") ?? "", PasswordHash = json.Text("password_hash"), Sudo = json.Flag("sudo") ?? false, SshKeys = json.Texts("ssh_keys", MostKeys) ?? [] };
        json.RefuseOthers();
        return user;
    }
}
