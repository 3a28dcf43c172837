using System.Text.Json.Nodes;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Install;

/// <summary>storcli's recorded answers, changed as the controller would be by what it is told.</summary>
internal sealed class RecordedStorcli
{
    public const string Delete = "storcli64 /c0/v1 del force J";
    public const string Claim = "storcli64 /c0/e252/s2 set good force J";
    public const string Create = "storcli64 /c0 add vd type=raid0 name=scratch drives=252:2 J";
    /// <summary>World wide name of the array in the place of the one that is deleted.</summary>
    public const string ScratchWwn = "naa.600605b00a0000002b0000000000a002";

    /// <summary>The array that is there, and the one that is made of one of its disks.</summary>
    public static readonly PlannedArray Data = new() { Id = "1/1", Name = "data", Level = "raid5", SizeBytes = 23437770752L * 512, Disks = ["252:3", "252:2"] };
    public static readonly RaidArraySpec Scratch = new() { Name = "scratch", Level = "raid0", Disks = ["252:2"] };

    public string? Fault { get; init; }
    public bool Done { get; init; }
    public bool DataIsGone { get; set; }
    /// <summary>What the controller says of the disk that the new array is made of, and the group that it says it is in.</summary>
    public (string State, string Group)? DiskIs { get; set; }
    public List<string> Changes { get; } = [];

    private bool ScratchIsThere => Done || (Changes.Contains(Create) && Fault is null);

    public Task<ProgramResult> CallAsync(string program, IReadOnlyList<string> arguments, ProgramOptions options, CancellationToken cancellationToken)
    {
        var commandLine = string.Join(' ', arguments.Prepend(program));
        if (program != "storcli64")
            throw new ProgramException($"{program} could not be started", inner: new System.ComponentModel.Win32Exception(2));
        if (commandLine is Delete or Claim or Create)
        {
            Changes.Add(commandLine);
            DiskIs = commandLine == Claim ? null : DiskIs;
            DataIsGone |= commandLine == Delete && Fault is null;
            var answer = Fault == "refused"
                ? """{"Controllers":[{"Command Status":{"Status":"Failure","Description":"None","Detailed Status":[{"ErrCd":255,"ErrMsg":"VD is in use"}]}}]}"""
                : """{"Controllers":[{"Command Status":{"Status":"Success","Description":"None"}}]}""";
            return Task.FromResult(new ProgramResult(0, answer, ""));
        }
        return Task.FromResult(new ProgramResult(0, commandLine switch
        {
            "storcli64 /call show all J" => Arrays(Recorded.Text("raid/storcli-call.json")),
            "storcli64 /c0/vall show all J" => Details(Recorded.Text("raid/storcli-vall.json")),
            "storcli64 /c0/eall/sall show all J" => Recorded.Text("raid/storcli-sall.json"),
            _ => throw new InvalidOperationException($"Nobody recorded: {commandLine}"),
        }, ""));
    }

    private string Arrays(string recorded)
    {
        var json = JsonNode.Parse(recorded)!;
        var list = json["Controllers"]![0]!["Response Data"]!["VD LIST"]!.AsArray();
        var data = list.Single(array => array!["DG/VD"]!.GetValue<string>() == "1/1")!;
        if (ScratchIsThere)
            (data["TYPE"], data["Name"]) = ("RAID0", "scratch");
        else if (DataIsGone)
            list.Remove(data);
        if (DiskIs is var (state, group))
        {
            var disk = json["Controllers"]![0]!["Response Data"]!["PD LIST"]!.AsArray().Single(disk => disk!["EID:Slt"]!.GetValue<string>() == "252:2")!;
            (disk["State"], disk["DG"]) = (state, group);
        }
        return json.ToJsonString();
    }

    private string Details(string recorded)
    {
        var json = JsonNode.Parse(recorded)!;
        var disks = json["Controllers"]![0]!["Response Data"]!["PDs for VD 1"]!.AsArray();
        if (ScratchIsThere)
            disks.Remove(disks.Single(disk => disk!["EID:Slt"]!.GetValue<string>() == "252:3"));
        return json.ToJsonString();
    }
}
