using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Cli.Tests.Commands;

public sealed class OtherCommandTests(CliFixture cli) : IClassFixture<CliFixture>
{
    [Fact]
    public async Task Unmatched_hardware_is_listed_and_shown()
    {
        var (sn, mac) = CliFixture.Machine();
        var hardware = new Inventory
        {
            SerialNumber = sn, MacAddress = mac, Company = "Acme", Product = "PizzaBox", Cpu = new Cpu { Model = "EPYC", Cores = 8 }, Memory = new Memory { TotalGb = 16 },
            Disks = [new Disk { Device = "/dev/vda", Serial = "DISK-1", SizeBytes = 10_000_000_000, SizeGb = 10 }],
        };
        await cli.PutAsync(Keys.Meta("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(hardware, ContractsJson.Default.Inventory));
        var list = await cli.RunAsync("machines", "unmatched", "-o", "csv");
        Assert.Contains($"\ndc1/{sn},no,{mac},Acme PizzaBox,8,16 GB,1 × 10 GB,", list.Output, StringComparison.Ordinal);
        var show = await cli.RunAsync("machines", "show", $"dc1/{sn}");
        Assert.Contains("/dev/vda", show.Output, StringComparison.Ordinal);
        Assert.Contains("serial=DISK-1", show.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_shows_its_modules_health_arrays_and_cables()
    {
        var (sn, mac) = CliFixture.Machine();
        var hardware = new Inventory
        {
            SerialNumber = sn, MacAddress = mac, Chassis = new Chassis { Type = "Blade", SerialNumber = "C-1" }, Tpm = new Tpm { Present = true, Version = "2.0" }, Firmware = new Firmware { SecureBoot = true }, Bmc = new Bmc { Address = "10.0.9.21" },
            Memory = new Memory { TotalGb = 32, Dimms = [new MemoryModule { Slot = "A1", SizeBytes = 32L << 30, Type = "DDR5", ConfiguredSpeedMts = 4800, SerialNumber = "DIMM-SN-1" }] },
            Disks = [new Disk { Device = "/dev/sda", SizeBytes = 1, Health = new DiskHealth { Passed = false, WearPercent = 97, ReallocatedSectors = 12, TemperatureCelsius = 51 } }],
            RaidControllers = [new RaidController { Id = "0", Model = "H755", Tool = "perccli", Arrays = [new RaidArray { Id = "0/0", Level = "raid1", State = "degraded", Disks = ["64:0", "64:1"] }], Disks = [new RaidDisk { Id = "64:0", Serial = "RD-1", State = "failed" }] }],
            Nics = [new Nic { Name = "eth0", Mac = mac, Lldp = new LldpNeighbour { SwitchName = "leaf-a12-1", Port = "Ethernet12" } }], Warnings = ["SMBIOS is cut short."],
        };
        await cli.PutAsync(Keys.Meta("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(hardware, ContractsJson.Default.Inventory));

        var show = (await cli.RunAsync("machines", "show", $"dc1/{sn}")).Output;

        foreach (var text in (string[])["Blade serial=C-1", "Secure Boot on, TPM 2.0", "10.0.9.21", "DDR5 4800 MT/s", "serial=DIMM-SN-1", "(FAILING, 97% worn, 12 reallocated, 51 °C)", "0/0 raid1 degraded", "[64:0 64:1]", "failed serial=RD-1", "→ leaf-a12-1 Ethernet12", "SMBIOS is cut short."])
            Assert.Contains(text, show, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_that_reported_gets_its_task_in_one_step()
    {
        var (sn, mac) = CliFixture.Machine();
        await cli.PutAsync(Keys.Meta("dc1", sn), JsonSerializer.SerializeToUtf8Bytes(new Inventory { SerialNumber = sn, MacAddress = mac }, ContractsJson.Default.Inventory));
        var made = await cli.RunAsync("machines", "install", $"dc1/{sn}", "--os", "debian", "--os-version", "12", "--tag", "rack-a12", "-o", "json");
        Assert.Equal((0, mac), (made.Code, made.Json().GetProperty("mac").GetString()));
        Assert.Equal(4, (await cli.RunAsync("machines", "install", $"dc1/{sn}", "--os", "debian")).Code);
    }

    [Fact]
    public async Task Settings_defaults_and_webhooks_are_shown_and_replaced_from_files()
    {
        using var folder = new TemporaryFolder();
        string File(string name, string json)
        {
            System.IO.File.WriteAllText(folder.File(name), json);
            return folder.File(name);
        }

        var settings = await cli.RunAsync("idcs", "settings", "dc7", "-f", File("settings.json", """{"max_installations":7,"four_eyes":true}"""), "-o", "csv");
        Assert.Contains("max_installations,7", settings.Output, StringComparison.Ordinal);
        Assert.Equal(7, (await cli.RunAsync("idcs", "settings", "dc7", "-o", "json")).Json().GetProperty("max_installations").GetInt32());
        Assert.Equal(2, (await cli.RunAsync("idcs", "settings", "dc7", "-f", File("bad.json", """{"max_installations":0}"""))).Code);
        Assert.Equal(2, (await cli.RunAsync("idcs", "settings", "dc7", "-f", File("none.json", "[1"))).Code);

        var defaults = File("defaults.json", """{"packages":["chrony"]}""");
        foreach (var layer in new string[][] { [], ["--idc", "dc7"], ["--tag", "gpu"], ["--machine", "dc7/SN-9"] })
        {
            Assert.Equal(0, (await cli.RunAsync(["profiles", "defaults", .. layer, "-f", defaults])).Code);
            Assert.Contains("chrony", (await cli.RunAsync(["profiles", "defaults", .. layer])).Output, StringComparison.Ordinal);
            Assert.Equal(0, (await cli.RunAsync(["profiles", "defaults", .. layer, "-f", File("empty.json", "{}")])).Code);
        }
        Assert.Equal(2, (await cli.RunAsync("profiles", "defaults", "--idc", "dc7", "--tag", "gpu")).Code);

        var hook = (await cli.RunAsync("webhooks", "create", "-f", File("hook.json", """{"url":"https://chat.example/h","secret":"a-secret-of-many-letters","events":["task.failed"]}"""), "-o", "json")).Json();
        var id = hook.GetProperty("id").GetString()!;
        Assert.Contains("https://chat.example/h", (await cli.RunAsync("webhooks", "list")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret", (await cli.RunAsync("webhooks", "show", id, "-o", "json")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync("webhooks", "deliveries", id)).Code);
        Assert.Equal(0, (await cli.RunAsync("webhooks", "delete", id)).Code);
        Assert.Equal(3, (await cli.RunAsync("webhooks", "show", id)).Code);
    }

    [Fact]
    public async Task Statistics_and_the_audit_tell_what_was_done()
    {
        var (sn, mac) = CliFixture.Machine();
        var id = await cli.CreateAsync(sn, mac);
        await cli.RunAsync("tasks", "approve", id, "--notes", "ok");
        Assert.True((await cli.RunAsync("stats", "--idc", "dc1", "-o", "json")).Json().GetProperty("approved").GetInt32() >= 1);
        Assert.StartsWith("idc,total_machines,", (await cli.RunAsync("stats", "-o", "csv")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync("idcs")).Code);
        var audit = await cli.RunAsync("audit", "--task", id, "-o", "json");
        Assert.Equal(["task.approved", "task.created"], audit.Json().GetProperty("items").EnumerateArray().Select(record => record.GetProperty("action").GetString()));
    }

    [Fact]
    public async Task An_audit_that_was_changed_behind_the_services_back_is_told_and_the_record_named()
    {
        for (var n = 0; n < 2; n++)
        {
            var (sn, mac) = CliFixture.Machine();
            Assert.Equal(0, (await cli.RunAsync("tasks", "create", "--idc", "verified", "--sn", sn, "--mac", mac, "--os", "Debian 12")).Code);
        }
        var whole = await cli.RunAsync("audit", "verify", "--idc", "verified");
        Assert.True(whole.Code == 0, whole.Errors);
        var records = await cli.Store.ListAsync(Core.Store.Keys.Audit("verified"), null, 10, 0, TestContext.Current.CancellationToken);
        var changed = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(records.Entries[0].Value.Span).Replace("\"operator\"", "\"nobody\"", StringComparison.Ordinal));
        await cli.Store.CommitAsync(new Core.Store.StoreTransaction { Writes = [Core.Store.StoreWrite.Put(records.Entries[0].Key, changed)] }, TestContext.Current.CancellationToken);
        var broken = await cli.RunAsync("audit", "verify", "--idc", "verified");
        Assert.Equal(1, broken.Code);
        Assert.Contains($"changed verified/{records.Entries[0].Key.Split('/')[^1]}", broken.Errors, StringComparison.Ordinal);
        Assert.False((await cli.RunAsync("audit", "verify", "-o", "json")).Json().GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task Boots_are_listed_and_shown_with_what_to_do()
    {
        var (sn, mac) = CliFixture.Machine();
        var id = await cli.CreateAsync(sn, mac);
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var boot = new LpmOs.Core.Domain.Boots.BootRecord
        {
            Idc = "dc1", Mac = mac, Sn = sn, TaskId = id, BootId = "20260101T000000000Z", StartedAt = at, UpdatedAt = at.AddSeconds(2),
            Events = [new() { At = at, Source = "dhcp", Event = "dhcp_discover", Program = "pxe", Architecture = 7 }, new() { At = at.AddSeconds(2), Source = "tftp", Event = "tftp_done", File = "ipxe.efi", Bytes = 1000 }],
        };
        await cli.PutAsync(Keys.Boot("dc1", mac), JsonSerializer.SerializeToUtf8Bytes(boot, LpmOs.Core.CoreJson.Default.BootRecord));
        Assert.Contains($"\ndc1,{mac},{sn},2026-01-01T00:00:00Z,UEFI x64,boot_program,stalled,TFTP sent ipxe.efi 1000 B,efi_program_silent", (await cli.RunAsync("boots", "list", "--stalled", "-o", "csv")).Output, StringComparison.Ordinal);
        foreach (var name in new[] { $"dc1/{sn}", $"dc1/{mac}", id })
        {
            var show = await cli.RunAsync("boots", "show", name);
            Assert.Contains("2026-01-01T00:00:02.000Z", show.Output, StringComparison.Ordinal);
            Assert.Contains("try snponly.efi", show.Output, StringComparison.OrdinalIgnoreCase);
        }
        var chinese = await cli.RunAsync(new Dictionary<string, string> { ["LANG"] = "zh_CN.UTF-8" }, "", "boots", "show", $"dc1/{sn}");
        Assert.Contains("固件获取 ipxe.efi 后再无请求", chinese.Output, StringComparison.Ordinal);
        Assert.Equal(3, (await cli.RunAsync("boots", "show", "dc1/02:00:00:99:99:99")).Code);
    }

    [Theory]
    [InlineData("dnsmasq", "dhcp-boot=tag:ipxe,http://10.0.0.1:8082/boot.ipxe")]
    [InlineData("dhcpd", "next-server 10.0.0.1;")]
    [InlineData("kea", "\"boot-file-name\": \"http://10.0.0.1:8082/boot.ipxe\"")]
    [InlineData("windows", "-Value 'http://10.0.0.1:8082/boot.ipxe'")]
    public async Task A_DHCP_servers_settings_are_printed_for_the_boot_service(string server, string line)
    {
        var run = await cli.RunAsync("dhcp", "snippet", server, "--boot-url", "http://10.0.0.1:8082/");
        Assert.Equal(0, run.Code);
        Assert.Contains(line, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("{url}", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("{tftp}", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("{efi}", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("shimx64.efi", run.Output, StringComparison.Ordinal);
        var secure = await cli.RunAsync("dhcp", "snippet", server, "--boot-url", "http://10.0.0.1:8082/", "--secure-boot");
        Assert.Contains("shimx64.efi", secure.Output, StringComparison.Ordinal);
        // By UEFI HTTP boot signed GRUB does not go on.
        Assert.Contains("http://10.0.0.1:8082/files/ipxe/snponly.efi", secure.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bind", "http://10.0.0.1:8082")]
    [InlineData("kea", "http://10.0.0.1:8082/';x")]
    [InlineData("kea", "http://boot.example:8082")]
    [InlineData("kea", "ftp://10.0.0.1")]
    public async Task A_DHCP_server_or_address_that_cannot_be_is_refused(string server, string url) => Assert.Equal(2, (await cli.RunAsync("dhcp", "snippet", server, "--boot-url", url)).Code);

    [Theory]
    [InlineData("dnsmasq", "dnsmasq", "dnsmasq-base", "--test -C")]
    [InlineData("dhcpd", "dhcpd", "isc-dhcp-server", "-t -cf")]
    [InlineData("kea", "kea-dhcp4", "kea-dhcp4-server", "-t")]
    public async Task The_real_server_takes_what_is_printed_for_it(string server, string program, string package, string check)
    {
        using var file = new TemporaryFolder();
        await File.WriteAllTextAsync(file.File("lpmos.conf"), (await cli.RunAsync("dhcp", "snippet", server, "--boot-url", "http://10.0.0.1:8082")).Output, TestContext.Current.CancellationToken);
        var start = new System.Diagnostics.ProcessStartInfo(RequiredProgram.Find(program, package), [.. check.Split(' '), file.File("lpmos.conf")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KEA_LOCKFILE_DIR"] = "none"; // Kea alone: its lock is for servers that run.
        using var run = System.Diagnostics.Process.Start(start)!;
        var said = await Task.WhenAll(run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, string.Concat(said));
    }

    [Fact]
    public async Task A_decision_on_many_is_looked_at_first_and_holds_only_for_that_number()
    {
        string[] machines = [CliFixture.Machine().Sn, CliFixture.Machine().Sn];
        foreach (var sn in machines)
            await cli.CreateAsync(sn, $"52:54:00:d1:00:{sn[^2..]}", "--tag", "many");
        var preview = await cli.RunAsync("tasks", "decide", "approve", "--tag", "many");
        Assert.Equal(0, preview.Code);
        Assert.Contains("--expect 2", preview.Errors, StringComparison.Ordinal);
        Assert.Equal(TaskState.Pending, (await cli.StoredAsync(machines[0])).Status);
        Assert.Equal(4, (await cli.RunAsync("tasks", "decide", "approve", "--tag", "many", "--expect", "3")).Code);
        Assert.Equal(TaskState.Pending, (await cli.StoredAsync(machines[0])).Status);
        Assert.Equal(0, (await cli.RunAsync("tasks", "decide", "approve", "--tag", "many", "--expect", "2")).Code);
        Assert.Equal(TaskState.Approved, (await cli.StoredAsync(machines[0])).Status);
        Assert.Equal(TaskState.Approved, (await cli.StoredAsync(machines[1])).Status);
        Assert.Equal(2, (await cli.RunAsync("tasks", "decide", "cancel", "--expect", "2")).Code);
    }

    [Fact]
    public async Task Notes_tags_and_a_machine_taken_out_of_service_are_shown()
    {
        var (sn, mac) = CliFixture.Machine();
        var id = await cli.CreateAsync(sn, mac);
        Assert.Equal(0, (await cli.RunAsync("machines", "note", $"dc1/{sn}", "--notes", "风扇异响", "--tag", "noisy")).Code);
        await cli.RunAsync("tasks", "cancel", id);
        var gone = await cli.RunAsync("machines", "decommission", $"dc1/{sn}", "--reason", "sold");
        Assert.True(gone.Code == 0, gone.Errors);
        var show = (await cli.RunAsync("machines", "show", $"dc1/{sn}", "-o", "json")).Json();
        Assert.Equal(("风扇异响", "noisy", "sold"), (show.GetProperty("notes").GetString(), show.GetProperty("tags")[0].GetString(), show.GetProperty("decommissioned").GetProperty("reason").GetString()));
        Assert.Equal(4, (await cli.RunAsync("tasks", "create", "--idc", "dc1", "--sn", sn, "--mac", mac, "--os", "Debian 12")).Code);
        Assert.Equal(0, (await cli.RunAsync("machines", "recommission", $"dc1/{sn}")).Code);
        Assert.Contains(id, (await cli.RunAsync("machines", "tasks", $"dc1/{sn}")).Output, StringComparison.Ordinal);
        Assert.Contains("\ndebian,Debian,", (await cli.RunAsync("systems", "-o", "csv")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_is_made_in_versions_and_tells_where_its_values_come_from()
    {
        Task<CliRun> PutAsync(string json) => cli.RunAsync(new Dictionary<string, string>(), json, "profiles", "put", "web", "-f", "-", "-o", "json");
        Assert.Equal(1, (await PutAsync("""{"os_type":"debian","os_version":"12","packages":["nginx"]}""")).Json().GetProperty("version").GetInt32());
        Assert.Equal(2, (await PutAsync("""{"os_type":"debian","os_version":"12","packages":["nginx","chrony"]}""")).Json().GetProperty("version").GetInt32());
        Assert.Equal(2, (await PutAsync("""{"os_type":"debian","packages":"nginx"}""")).Code);
        Assert.Contains("nginx", (await cli.RunAsync("profiles", "show", "web", "--version", "1")).Output, StringComparison.Ordinal);
        Assert.Contains("\nweb,2,debian 12,", (await cli.RunAsync("profiles", "list", "-o", "csv")).Output, StringComparison.Ordinal);
        Assert.Contains("\npackages,nginx chrony,profile:web", (await cli.RunAsync("profiles", "effective", "web", "--idc", "dc1", "-o", "csv")).Output, StringComparison.Ordinal);
        Assert.Equal(3, (await cli.RunAsync("profiles", "show", "none")).Code);
    }

    [Fact]
    public async Task A_CSV_file_makes_tasks_and_tells_each_refused_row()
    {
        var (one, oneMac) = CliFixture.Machine();
        var (two, _) = CliFixture.Machine();
        using var folder = new TemporaryFolder();
        var file = folder.File("tasks.csv");
        await File.WriteAllTextAsync(file, $"\uFEFFidc,sn,mac,os_type,tags\r\ndc1,{one},{oneMac},Debian 12,a;b\r\ndc1,{two},nonsense,Debian 12,\r\n", TestContext.Current.CancellationToken);

        var dry = await cli.RunAsync("tasks", "import", file, "--dry-run");
        Assert.Equal(1, dry.Code);
        Assert.Contains("1 rows would be accepted, 1 refused", dry.Output, StringComparison.Ordinal);
        Assert.Equal(3, (await cli.RunAsync("tasks", "show", $"dc1/{one}")).Code);

        var atomic = await cli.RunAsync("tasks", "import", file, "--all-or-nothing");
        Assert.Equal(1, atomic.Code);
        Assert.Equal(3, (await cli.RunAsync("tasks", "show", $"dc1/{one}")).Code);

        var run = await cli.RunAsync("tasks", "import", file, "-o", "json");
        Assert.Equal(1, run.Code);
        Assert.Equal(["created", "invalid"], run.Json().GetProperty("results").EnumerateArray().Select(row => row.GetProperty("outcome").GetString()));
        Assert.Equal(["a", "b"], (await cli.StoredAsync(one)).Tags!);
    }

    [Fact]
    public async Task A_JSON_list_is_imported_from_the_standard_input_and_once_for_a_key()
    {
        var (sn, mac) = CliFixture.Machine();
        var body = $$"""[{"idc":"dc1","sn":"{{sn}}","mac":"{{mac}}","os_type":"Debian 12"}]""";
        var first = await cli.RunAsync(new Dictionary<string, string>(), body, "tasks", "import", "-", "--idempotency-key", $"key {sn}", "-o", "json");
        var second = await cli.RunAsync(new Dictionary<string, string>(), body, "tasks", "import", "-", "--idempotency-key", $"key {sn}", "-o", "json");
        Assert.Equal((0, 0), (first.Code, second.Code));
        Assert.Equal(first.Output, second.Output);
    }

    [Fact]
    public async Task A_file_that_is_no_table_is_answered_with_line_and_column()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("wrong.csv"), "idc,serial\ndc1,a\n", TestContext.Current.CancellationToken);
        var run = await cli.RunAsync("tasks", "import", folder.File("wrong.csv"));
        Assert.Equal(2, run.Code);
        Assert.Contains("Line 1, column 2", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await cli.RunAsync("tasks", "import", folder.File("absent.csv"))).Code);
    }

    [Fact]
    public async Task The_example_file_is_accepted_as_it_stands()
    {
        var template = await cli.RunAsync("tasks", "import", "--template");
        Assert.StartsWith("\uFEFFidc,sn,mac,os_type,", template.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync(new Dictionary<string, string>(), template.Output, "tasks", "import", "-", "--dry-run")).Code);
    }

    [Fact]
    public async Task Bash_completes_commands_through_the_program_itself()
    {
        var suggestions = await cli.RunAsync("[suggest:17]", "lpmosctl tasks ap");
        Assert.Equal("approve", suggestions.Output.Trim());
        var script = (await cli.RunAsync("completion", "bash")).Output;
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("c.bash"), script + """

            PATH=$1:$PATH
            COMP_WORDS=(lpmosctl tasks ap) COMP_CWORD=2 COMP_LINE='lpmosctl tasks ap' COMP_POINT=17
            _lpmosctl
            echo "${COMPREPLY[@]}"
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("lpmosctl"), $"#!/bin/sh\nexec dotnet '{typeof(Application).Assembly.Location}' \"$@\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(folder.File("lpmosctl"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var start = new System.Diagnostics.ProcessStartInfo("bash", [folder.File("c.bash"), folder.Path]) { RedirectStandardOutput = true };
        using var bash = System.Diagnostics.Process.Start(start)!;
        Assert.Equal("approve", (await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
        Assert.Contains("See: lpmosctl tasks approve --help", (await cli.RunAsync("tasks", "approve")).Errors, StringComparison.Ordinal);
        Assert.Contains("compdef _lpmosctl lpmosctl", (await cli.RunAsync("completion", "zsh")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await cli.RunAsync("completion", "fish")).Code);
    }
}
