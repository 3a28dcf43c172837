using System.Buffers.Text;
using System.Security.Cryptography;
using LpmOs.Agent.Install;
using LpmOs.Agent.Raid;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Tests.Install;

public sealed class HardwareConfigurationTests
{
    private static readonly ControllerPlan Controller = new() { Id = "0", Tool = "storcli", Model = "AVAGO MegaRAID SAS 9361-8i", Serial = "SV70000001", Delete = [RecordedStorcli.Data], Create = [RecordedStorcli.Scratch] };
    private readonly List<string> _log = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Arrays_are_deleted_and_made_as_planned_and_looked_at_afterwards()
    {
        var storcli = new RecordedStorcli();

        var said = await RunAsync(storcli, Plan(Controller));

        Assert.Equal([RecordedStorcli.Delete, RecordedStorcli.Create], storcli.Changes);
        Assert.Equal("2 change(s) of RAID arrays, 0 hardware script(s)", said);
        Assert.Contains(_log, line => line.Contains("deleting array 1/1 (data, raid5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Done_once_it_is_not_done_again()
    {
        var storcli = new RecordedStorcli { Done = true };

        Assert.Equal("Everything is as it should be", await RunAsync(storcli, Plan(Controller)));
        Assert.Empty(storcli.Changes);
    }

    [Fact]
    public async Task A_disk_of_the_system_is_taken_for_an_array_where_the_plan_says_so()
    {
        var storcli = new RecordedStorcli { DataIsGone = true, DiskIs = ("JBOD", "-") };

        await RunAsync(storcli, Plan(Controller with { Claim = ["252:2"] }));

        Assert.Equal([RecordedStorcli.Claim, RecordedStorcli.Create], storcli.Changes);
    }

    [Theory]
    [InlineData("JBOD", "-", "jbod")]
    [InlineData("UGood", "F", "foreign")]
    public async Task A_disk_that_became_something_else_since_the_plan_is_left_as_it_is(string state, string group, string says)
    {
        var storcli = new RecordedStorcli { DataIsGone = true, DiskIs = (state, group) };

        var refused = await Assert.ThrowsAsync<InstallException>(() => RunAsync(storcli, Plan(Controller)));

        Assert.Contains($"The disk at 252:2 of RAID controller 0 is {says} now", refused.Message, StringComparison.Ordinal);
        Assert.Empty(storcli.Changes);
    }

    [Fact]
    public async Task Killed_between_the_two_it_goes_on_with_the_second()
    {
        var storcli = new RecordedStorcli { DataIsGone = true };

        await RunAsync(storcli, Plan(Controller));

        Assert.Equal([RecordedStorcli.Create], storcli.Changes);
    }

    /// <summary>A place in the shelf says nothing of the disk that is in it: serial number and content do.</summary>
    [Theory]
    [InlineData("OTHER", "aa", "The disk at 252:2 of RAID controller 0 has serial")]
    [InlineData(null, "aa", "The disk at 252:2 of RAID controller 0 (/dev/sdc) holds something else")]
    [InlineData(null, null, null)]
    public async Task A_disk_that_was_changed_for_another_since_the_plan_is_not_taken(string? serial, string? digest, string? says)
    {
        var storcli = new RecordedStorcli { DataIsGone = true, DiskIs = ("JBOD", "-") };
        var there = (await RaidPrograms.All(storcli.CallAsync).First(tool => tool.Name == "storcli").ListAsync(Token))[0].Disks.First(disk => disk.Id == "252:2").Serial!;
        storcli.Changes.Clear();
        var plan = Plan(Controller with { Claim = ["252:2"], Disks = [new() { Place = "252:2", Serial = serial ?? there, ContentDigest = digest ?? "bb" }] });
        Disk[] present = [new() { Device = "/dev/sdc", Serial = there, Content = new() { Digest = "bb" } }];
        Task<string> Run() => new HardwareConfiguration(RaidPrograms.All(storcli.CallAsync), new ProgramRunner(_log.Add), null, _log.Add, _ => Task.FromResult<IReadOnlyList<Disk>>(present)).RunAsync(plan, "SN-1", null, Token);

        if (says is null)
        {
            await Run();
            Assert.Equal([RecordedStorcli.Claim, RecordedStorcli.Create], storcli.Changes);
            return;
        }
        var refused = await Assert.ThrowsAsync<InstallException>(Run);
        Assert.Equal("hardware_changed", refused.Code);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Empty(storcli.Changes);
    }

    [Fact]
    public async Task An_array_that_the_plan_does_not_name_keeps_its_disks()
    {
        var storcli = new RecordedStorcli();
        // What the plan names has another size than what is there: it is another array.
        var refused = await Assert.ThrowsAsync<InstallException>(() => RunAsync(storcli, Plan(Controller with { Delete = [RecordedStorcli.Data with { SizeBytes = 1 }] })));

        Assert.Equal("hardware_changed", refused.Code);
        Assert.Contains("belongs to array 1/1 (data), which the plan does not name", refused.Message, StringComparison.Ordinal);
        Assert.Empty(storcli.Changes);
    }

    [Theory]
    [InlineData("another controller", "hardware_changed", "is not there")]
    [InlineData("refused", "hardware_config_failed", "VD is in use")]
    [InlineData("nothing happens", "hardware_config_failed", "still has it")]
    public async Task What_goes_wrong_is_said(string fault, string code, string what)
    {
        var storcli = new RecordedStorcli { Fault = fault };
        var plan = Plan(fault == "another controller" ? Controller with { Serial = "SV7" } : fault == "nothing happens" ? Controller with { Create = [] } : Controller);

        var failed = await Assert.ThrowsAsync<InstallException>(() => RunAsync(storcli, plan));

        Assert.Equal(code, failed.Code);
        Assert.Contains(what, failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("perccli", "perccli64 /c0 add vd type=raid10 name=big drives=1:0,1:1,1:2,1:3 pdperarray=2 J", "perccli64 /c0/v7 del force J")]
    [InlineData("ssacli", "ssacli controller slot=0 create type=ld drives=1:0,1:1,1:2,1:3 raid=1+0 forced", "ssacli controller slot=0 logicaldrive 3/7 delete forced")]
    [InlineData("arcconf", "arcconf CREATE 0 LOGICALDRIVE Name big MAX 10 1:0 1:1 1:2 1:3 noprompt", "arcconf DELETE 0 LOGICALDRIVE 3/7 noprompt")]
    public async Task Each_program_is_told_in_its_own_words(string name, string create, string delete)
    {
        const string success = """{"Controllers":[{"Command Status":{"Status":"Success"}}]}""";
        var dialogue = new RecordedDialogue().Answer(create, success).Answer(delete, success);
        var tool = RaidPrograms.All(dialogue.CallAsync).Single(one => one.Name == name);
        var controller = new LpmOs.Contracts.Hardware.RaidController { Id = "0" };

        await tool.CreateAsync(controller, new RaidArraySpec { Name = "big", Level = "raid10", Disks = ["1:0", "1:1", "1:2", "1:3"] }, Token);
        await tool.DeleteAsync(controller, new LpmOs.Contracts.Hardware.RaidArray { Id = "3/7" }, Token);

        Assert.Equal([create, delete], dialogue.Asked);
    }

    [Fact]
    public async Task A_hardware_script_runs_when_the_service_has_signed_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var plan = Plan() with { Scripts = [Plans.Script("bios", "hardware", "echo \"firmware for $LPMOS_SN\"\n")] };

        await RunAsync(new RecordedStorcli(), plan, Sign(key, plan), PublicKey(key));

        Assert.Contains("  script bios: firmware for SN-1", _log);
    }

    [Theory]
    [InlineData("no key")]
    [InlineData("no signature")]
    [InlineData("rubbish")]
    [InlineData("another's key")]
    [InlineData("another text")]
    [InlineData("another variable")]
    [InlineData("another machine")]
    public async Task A_hardware_script_of_somebody_else_is_not_run_and_nothing_is_changed(string fault)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var plan = Plan(Controller) with { Scripts = [Plans.Script("bios", "hardware", "echo ran\n")] };
        var signature = fault switch { "no signature" => null, "rubbish" => "%%%", "another's key" => Sign(other, plan), _ => Sign(key, plan) };
        var given = fault switch
        {
            "another text" => plan with { Scripts = [Plans.Script("bios", "hardware", "echo ran twice\n")] },
            "another variable" => plan with { Variables = new Dictionary<string, string> { ["firmware"] = "http://203.0.113.1/" } },
            _ => plan,
        };
        var storcli = new RecordedStorcli();

        var refused = await Assert.ThrowsAsync<InstallException>(() => RunAsync(storcli, given, signature, fault == "no key" ? null : PublicKey(key), fault == "another machine" ? "SN-2" : "SN-1"));

        Assert.Equal("signature_invalid", refused.Code);
        Assert.DoesNotContain(_log, line => line.Contains("ran", StringComparison.Ordinal));
        Assert.Empty(storcli.Changes);
    }

    [Fact]
    public async Task Two_arrays_alike_on_one_group_of_disks_are_each_deleted_once_and_what_was_begun_is_known()
    {
        var tool = new TwoVolumes();
        var planned = tool.Arrays.Select(array => new PlannedArray { Id = array.Id, Level = array.Level!, SizeBytes = array.SizeBytes, Disks = array.Disks }).ToList();
        var plan = Plan(new ControllerPlan { Id = "0", Tool = tool.Name, Delete = planned, Create = [new() { Name = "one", Level = "raid5", Disks = tool.Arrays[0].Disks }] });
        var configuration = new HardwareConfiguration([tool], new ProgramRunner(_log.Add), null, _log.Add);
        Assert.False(configuration.HasBegun);

        await configuration.RunAsync(plan, "SN-1", null, Token);

        Assert.Equal(["1/1", "1/2"], tool.Deleted);
        Assert.True(configuration.HasBegun);
    }

    /// <summary>A controller with two volumes of one size on the same disks.</summary>
    private sealed class TwoVolumes : IRaidTool
    {
        private static readonly string[] Disks = ["252:0", "252:1", "252:2", "252:3"];

        public string Name => "two volumes";
        public List<LpmOs.Contracts.Hardware.RaidArray> Arrays { get; } = [.. Enumerable.Range(1, 2).Select(n => new LpmOs.Contracts.Hardware.RaidArray { Id = $"1/{n}", Level = "raid6", SizeBytes = 5, Disks = Disks })];
        public List<string> Deleted { get; } = [];

        public Task<IReadOnlyList<LpmOs.Contracts.Hardware.RaidController>> ListAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<LpmOs.Contracts.Hardware.RaidController>>([new() { Id = "0", Tool = Name, Arrays = [.. Arrays], Disks = [.. Disks.Select(id => new LpmOs.Contracts.Hardware.RaidDisk { Id = id, State = "online" })] }]);

        public Task DeleteAsync(LpmOs.Contracts.Hardware.RaidController controller, LpmOs.Contracts.Hardware.RaidArray array, CancellationToken cancellationToken)
        {
            Deleted.Add(array.Id);
            Arrays.RemoveAll(one => one.Id == array.Id);
            return Task.CompletedTask;
        }

        public Task CreateAsync(LpmOs.Contracts.Hardware.RaidController controller, RaidArraySpec array, CancellationToken cancellationToken)
        {
            Arrays.Add(new() { Id = "1/7", Level = array.Level, SizeBytes = 10, Disks = array.Disks });
            return Task.CompletedTask;
        }
    }

    private static InstallPlan Plan(params ControllerPlan[] controllers) => Plans.Plan with { Controllers = controllers };

    private Task<string> RunAsync(RecordedStorcli storcli, InstallPlan plan, string? signature = null, string? key = null, string sn = "SN-1") =>
        new HardwareConfiguration(RaidPrograms.All(storcli.CallAsync), new ProgramRunner(_log.Add), key, _log.Add).RunAsync(plan, sn, signature, Token);

    private static string Sign(ECDsa key, InstallPlan plan) => Base64Url.EncodeToString(key.SignData(HardwareSignature.Text(plan, "SN-1"), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    private static string PublicKey(ECDsa key) => key.ExportParameters(false).Q is { X: { } x, Y: { } y } ? Base64Url.EncodeToString([.. x, .. y]) : throw new InvalidOperationException();
}
