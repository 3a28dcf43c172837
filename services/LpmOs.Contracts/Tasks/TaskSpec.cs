namespace LpmOs.Contracts.Tasks;

/// <summary>What an operator asks for; the body of <c>POST /api/v1/tasks</c>.</summary>
public record TaskSpec
{
    public required string Idc { get; init; }
    public required string Sn { get; init; }
    public required string Mac { get; init; }
    /// <summary>Display name ("Ubuntu 22.04", "Ubuntu 22.04 LTS") or catalogue id ("ubuntu").</summary>
    public required string OsType { get; init; }
    public string? OsVersion { get; init; }
    /// <summary>Named set that gives what is left out here, together with the defaults of IDC, tags and machine.</summary>
    public string? Profile { get; init; }
    /// <summary>Version of the profile; left out in a request: the newest. A task records the one it was made with.</summary>
    public int? ProfileVersion { get; init; }
    public string? Hostname { get; init; }
    public NetworkSpec? Network { get; init; }
    public DiskLayoutSpec? DiskLayout { get; init; }
    public IReadOnlyList<string>? Packages { get; init; }
    public IReadOnlyList<string>? SshKeys { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public string? Notes { get; init; }
    /// <summary>-100 to 100, higher ones begin first where an IDC limits installations at once; null is 0.</summary>
    public int? Priority { get; init; }
    public DateTimeOffset? NotBefore { get; init; }
    public DateTimeOffset? Deadline { get; init; }
    /// <summary>How to install: <c>image</c>, or an installer of the catalogue such as <c>preseed</c>. Left out: the first that the system has, see <c>GET /api/v1/systems</c>.</summary>
    public string? InstallMethod { get; init; }
    /// <summary>For templates: names of small letters, digits and underscores, at most 64 of them, with values of at most 1,024 characters.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }
    /// <summary>At most 16; left out in lists and events.</summary>
    public IReadOnlyList<TaskScript>? Scripts { get; init; }
    /// <summary>Left out: one administrator, named by the image or <c>admin</c>, with <see cref="SshKeys"/>. At most 32; left out in lists and events.</summary>
    public IReadOnlyList<UserSpec>? Users { get; init; }
    /// <summary>IANA name such as <c>Asia/Shanghai</c>; left out: the image's own.</summary>
    public string? Timezone { get; init; }
    /// <summary>Such as <c>zh_CN.UTF-8</c> or <c>C.UTF-8</c>; left out: the image's own.</summary>
    public string? Locale { get; init; }
    /// <summary>Layout of X11 such as <c>us</c> or <c>de</c>; left out: the image's own.</summary>
    public string? Keyboard { get; init; }
    /// <summary>Added to the installed kernel's command line behind the usual consoles; a <c>console=</c> among them takes the place of those. At most 32.</summary>
    public IReadOnlyList<string>? KernelArguments { get; init; }
    /// <summary>RAID controllers to set up before the system is installed; null: as they are.</summary>
    public HardwareConfigSpec? HardwareConfig { get; init; }
}
