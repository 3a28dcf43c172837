using LpmOs.Contracts.Tasks;

namespace LpmOs.Tasks.Machines;

/// <summary>Body of <c>POST /api/v1/machines/{idc}/{sn}/task</c>, for the document: a <see cref="TaskSpec"/> whose machine the path names.</summary>
internal sealed record MachineTaskRequest
{
    /// <summary>Display name ("Ubuntu 22.04") or catalogue id ("ubuntu"); may be left out where a profile gives it.</summary>
    public string? OsType { get; init; }
    public string? OsVersion { get; init; }
    /// <summary>Named set that gives what is left out here, together with the defaults of IDC, tags and machine.</summary>
    public string? Profile { get; init; }
    /// <summary>Default: the newest.</summary>
    public int? ProfileVersion { get; init; }
    /// <summary>One of the machine's own MACs; without it, that of its boot interface.</summary>
    public string? Mac { get; init; }
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
}
