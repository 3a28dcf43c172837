using System.Text.Json;
using LpmOs.Boot.Tests.Lab;
using LpmOs.Contracts.Hardware;
using LpmOs.Testing;

namespace LpmOs.Boot.Tests.Scripts;

/// <summary>The two scripts that Windows PE's script host runs, run by Node.js with objects like Windows' own; case w of the end-to-end tests runs what Wine's host can.</summary>
public sealed class WindowsScriptTests
{
    private const long Size = 1_024_209_543_168; // What Windows says: whole cylinders.

    /// <summary>Objects of Windows that the scripts use. What is written to X:\ and said is the output, as JSON.</summary>
    private const string Host = """
        const written = {}, said = [], given = JSON.parse(process.argv[1]);
        globalThis.WScript = { Echo: value => said.push(String(value)), Arguments: index => given.arguments[index] };
        globalThis.GetObject = name => { if (name !== "winmgmts:\\\\.\\root\\cimv2") throw new Error(name); return { ExecQuery: query => { if (!/^SELECT Index, Model, SerialNumber, Size FROM Win32_DiskDrive$/.test(query)) throw new Error(query); return given.disks; } }; };
        globalThis.Enumerator = function (items) { let at = 0; this.atEnd = () => at >= items.length; this.moveNext = () => { at++; }; this.item = () => items[at]; };
        const narrow = text => { if (/[^\x00-\x7f]/.test(text)) throw new Error("Invalid procedure call or argument"); return text; };
        const file = name => ({ WriteLine: line => { written[name] = (written[name] || "") + narrow(line) + "\r\n"; }, Write: text => { written[name] = (written[name] || "") + narrow(text); }, ReadAll: () => given.files[name], Close: () => {} });
        globalThis.ActiveXObject = function (name) {
          if (name !== "Scripting.FileSystemObject") throw new Error(name);
          this.FileExists = name => name in given.files;
          this.GetFile = name => ({ Size: given.files[name].length });
          this.OpenTextFile = (name, mode, create) => { if (mode === 1 && !(name in given.files) || mode === 8 && !create) throw new Error("File not found"); return file(name); };
          this.CreateTextFile = name => file(name);
        };
        new Function(given.script)();
        console.log(JSON.stringify({ written, said }));
        """;

    public static TheoryData<string?, string?, string> Found => new()
    {
        // What Linux says of the planned disk, and the answer of Windows PE of three.
        { "S64GNE0R123456", "eui.002538b911b01234", "1" }, // NVMe with an EUI-64
        { "PHAB00110022", "eui.01000000010000005cd2e4a1b2c3d4e5", "2" }, // NVMe with an NGUID
        { "wd-77", "naa.50014ee2b1234567", "0" }, // SATA: the serial number itself, in other letters
        { null, "eui.002538b911b01234", "1" },
        { "S64GNE0R123456", "eui.002538b911b09999", "" }, // another one of the same maker
        { "S64GNE0R999999", null, "" },
        { null, null, "0 1" }, // by size alone: two of the same, and nothing is written
    };

    [Theory]
    [MemberData(nameof(Found))]
    public async Task The_planned_disk_is_found_by_what_Windows_calls_it(string? serial, string? wwn, string numbers)
    {
        var (said, written) = await RunAsync("disk.js", new Disk { Device = "/dev/nvme0n1", Serial = serial, Wwn = wwn, SizeBytes = 1_024_209_543_168 + 4_000_000 }, [], [],
            new { Index = 0, Model = "WDC 磁盘", SerialNumber = "     WD-77", Size = Size.ToString() },
            new { Index = 1, Model = "SAMSUNG MZVL21T0HCLR", SerialNumber = "0025_38B9_11B0_1234.", Size = Size.ToString() },
            new { Index = 2, Model = "INTEL SSDPE2KX010T8", SerialNumber = "0100_0000_0100_0000_5CD2_E4A1_B2C3_D4E5.", Size = "999653638144" });
        Assert.Equal(numbers, string.Join(' ', said));
        var log = written[@"X:\lpmos.log"].Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, log.Length);
        Assert.Contains($"serial {serial?.ToLowerInvariant() ?? "-"}, {wwn ?? "-"}, ", log[0], StringComparison.Ordinal);
        Assert.Equal("disk 2: INTEL SSDPE2KX010T8, serial 0100_0000_0100_0000_5cd2_e4a1_b2c3_d4e5., 999653638144 bytes" + (numbers == "2" ? ", the planned one" : ""), log[3]);
    }

    [Fact]
    public async Task A_failure_is_told_with_the_ends_of_both_logs()
    {
        var dism = string.Join("\r\n", Enumerable.Range(1, 150).Select(line => $"dism {line} \"C:\\Windows\"\t磁盘"));
        var (_, written) = await RunAsync("failed.js", new Disk { Device = "/dev/sda", Serial = "VD0", SizeBytes = Size },
            new() { [@"X:\dism.log"] = dism, [@"X:\lpmos.log"] = "" }, ["The image could not be applied"]);
        using var failed = JsonDocument.Parse(written[@"X:\failed.json"]);
        Assert.Equal("""{"operation":"os_install","success":false,"code":"installer_failed","message":"The image could not be applied"}""", failed.RootElement.GetProperty("completed").GetRawText());
        using var logs = JsonDocument.Parse(written[@"X:\logs.json"]);
        Assert.Equal(failed.RootElement.GetProperty("task_id").GetString(), logs.RootElement.GetProperty("task_id").GetString());
        var lines = logs.RootElement.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!).ToList();
        Assert.Equal(100, lines.Count);
        Assert.Equal(("dism 51 C:Windows", "dism 150 C:Windows"), (lines[0], lines[^1]));
    }

    /// <summary>Windows Server 2025 comes without wmic: nothing calls it.</summary>
    [Fact]
    public async Task The_script_host_finds_the_disk_in_every_release()
    {
        foreach (var release in new[] { "Windows Server 2019", "Windows Server 2022", "Windows Server 2025" })
        {
            var lines = (await InstallerFile.RenderAsync(release, "windows", "install.cmd")).Split('\n');
            Assert.Contains(@"for /f %%i in ('%SCRIPT% X:\disk.js') do call :found %%i", lines);
            Assert.DoesNotContain(lines, line => line.Contains("wmic", StringComparison.OrdinalIgnoreCase));
        }
    }

    private static async Task<(List<string> Said, Dictionary<string, string> Written)> RunAsync(string name, Disk disk, Dictionary<string, string> files, string[] arguments, params object[] disks)
    {
        var script = await InstallerFile.RenderAsync("Windows Server 2025", "windows", name, disk);
        var output = await Command.Run(RequiredProgram.Find("node", "nodejs"), "-e", Host, JsonSerializer.Serialize(new { script, files, arguments, disks }));
        using var answer = JsonDocument.Parse(output);
        return ([.. answer.RootElement.GetProperty("said").EnumerateArray().Select(line => line.GetString()!)],
            answer.RootElement.GetProperty("written").EnumerateObject().ToDictionary(file => file.Name, file => file.Value.GetString()!));
    }
}
