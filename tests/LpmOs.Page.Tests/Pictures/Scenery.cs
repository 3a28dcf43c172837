using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Domain.Hardware;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Store;

namespace LpmOs.Page.Tests.Pictures;

/// <summary>Three datacentres on an ordinary night, written as the services would: for the pictures, and to look at while the page is worked on.</summary>
internal static class Scenery
{
    private static readonly TimeSpan Evening = TimeSpan.FromHours(8);
    private static readonly (string Company, string Product, string Cpu, int Cores, int Memory)[] Models =
    [
        ("Dell Inc.", "PowerEdge R750", "Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz", 56, 512), ("浪潮 Inspur", "NF5280M6", "Intel(R) Xeon(R) Silver 4314 CPU @ 2.40GHz", 32, 256),
        ("New H3C", "UniServer R4900 G5", "AMD EPYC 7543 32-Core Processor", 64, 1024), ("Huawei", "2288H V6", "Intel(R) Xeon(R) Gold 5318Y CPU @ 2.10GHz", 48, 384),
    ];
    private static readonly (string Idc, string Name)[] Sites = [("dc1", "CN7B"), ("bj-yizhuang", "BJ21"), ("sh-pudong", "SH9A")];
    private static readonly (string Os, string Version, string Id)[] Systems = [("Ubuntu 22.04", "22.04", "ubuntu"), ("Debian 12", "12", "debian"), ("Rocky Linux 9", "9", "rocky")];
    private static readonly string[] People = ["zhang.wei", "li.na", "wang.fang"];

    /// <summary>When each step of an installation begins.</summary>
    private static readonly double[] Shares = [0, 0.02, 0.06, 0.38, 0.8, 0.92];

    public static async Task FillAsync(IStateStore store, DateTimeOffset now)
    {
        var lease = await store.GrantLeaseAsync(Evening, CancellationToken.None);
        var writes = new List<StoreWrite>();
        var n = 0;
        foreach (var (idc, name) in Sites)
        {
            var size = idc == "dc1" ? 60 : 36;
            for (var i = 0; i < size; i++, n++)
                writes.AddRange(Machine(idc, $"{name}K{4100 + (i * 7)}X{i % 9}", n, i, lease, now));
            writes.AddRange(Services(idc, lease, now));
            writes.AddRange(Assets(idc, now));
        }
        foreach (var chunk in writes.Chunk(60))
            await store.CommitAsync(new StoreTransaction { Writes = chunk }, CancellationToken.None);
    }

    private static IEnumerable<StoreWrite> Machine(string idc, string sn, int n, int i, long lease, DateTimeOffset now)
    {
        var mac = Samples.Mac(0x1A2B00 + n);
        var hardware = Parts.Equip(Hardware(sn, mac, n, now.AddDays(-i).AddMinutes(-n)), n);
        if (IsRaid(idc, i))
            hardware = Parts.OneByOne(hardware);
        var state = StateOf(idc, i);
        yield return Put(Keys.Meta(idc, sn), hardware, ContractsJson.Default.Inventory);
        if (n % 11 == 0)
        {
            var before = hardware with { ReportedAt = now.AddDays(-40), Memory = hardware.Memory! with { TotalGb = hardware.Memory.TotalGb / 2, TotalBytes = hardware.Memory.TotalBytes / 2, Dimms = [.. hardware.Memory.Dimms.Take(hardware.Memory.Dimms.Count / 2)] }, Disks = [.. hardware.Disks.Skip(1)], Firmware = hardware.Firmware! with { Version = "1.4.4", Date = "03/09/2022" } };
            yield return Put(Keys.Inventory(idc, sn, InventoryHistory.Id(before)), before, ContractsJson.Default.Inventory);
            yield return Put(Keys.Tpm(idc, sn), new TpmBinding { EndorsementKey = Digest(sn), BoundAt = now.AddDays(-40), BoundFrom = $"10.20.0.{20 + n}", Refused = i == 0 ? new TpmRefusal { At = now.AddHours(-5), From = "10.20.0.231", EndorsementKey = Digest("another") } : null }, CoreJson.Default.TpmBinding);
            yield return Put(Keys.Record(idc, sn), new MachineRecord { Notes = "内存与固件已于上月升级，保修到 2028-05", Tags = ["rack-a07", "gpu"], UpdatedAt = now.AddDays(-20), UpdatedBy = People[0] }, CoreJson.Default.MachineRecord);
        }
        if (state is null or TaskState.Approved or TaskState.Installing or TaskState.Pending && i % 4 != 3)
            yield return StoreWrite.Put(Keys.Lease(idc, sn), JsonSerializer.SerializeToUtf8Bytes(now.AddSeconds(-n % 20)), lease);
        if (state is null or TaskState.Installing)
            yield return Put(Keys.Boot(idc, mac), Boot(idc, sn, mac, state, n, now), CoreJson.Default.BootRecord);
        if (state is not { } status)
            yield break;
        var task = Task(idc, sn, mac, status, n, i, hardware, now);
        yield return Put(Keys.Task(idc, sn), task, ContractsJson.Default.InstallTask);
        foreach (var change in task.StatusHistory)
            yield return Put(Keys.Audit(idc, Audited(task, change) is var record ? record.Id : ""), record, CoreJson.Default.AuditRecord);
        if (idc == "dc1" && i == 0)
        {
            foreach (var wiped in Parts.Wipes(task, hardware, now))
                yield return wiped;
        }
        if (status == TaskState.Installing)
            yield return Put($"{Keys.Logs(idc, sn, task.TaskId)}0000000001", Log(task, now), CoreJson.Default.LogChunk);
    }

    /// <summary>Its task makes an array of disks that the system used one by one, and installs on it.</summary>
    private static bool IsRaid(string idc, int i) => (idc, i) == ("dc1", 13);

    /// <summary>Null: reported, and no task asks for it.</summary>
    private static TaskState? StateOf(string idc, int i) => (idc, i) switch
    {
        ("dc1", < 9) => TaskState.Installing, ("dc1", < 12) => TaskState.Approved, ("dc1", < 17) => TaskState.Pending, ("dc1", < 19) => TaskState.Failed, ("dc1", < 20) => TaskState.Rejected, ("dc1", < 24) => null,
        ("bj-yizhuang", < 4) => TaskState.Installing, ("bj-yizhuang", < 7) => TaskState.Pending, ("bj-yizhuang", < 8) => TaskState.Failed, ("bj-yizhuang", < 9) => TaskState.Cancelled,
        ("sh-pudong", < 2) => TaskState.Approved, ("sh-pudong", < 4) => null, _ => TaskState.Completed,
    };

    private static InstallTask Task(string idc, string sn, string mac, TaskState status, int n, int i, Inventory hardware, DateTimeOffset now)
    {
        var (os, version, id) = Systems[n % Systems.Length];
        var created = status switch
        {
            // By day more than by night.
            TaskState.Completed => now.AddHours(-1 - (i % 11 * 1.9) - (i / 22 * 34 * (n % 3))).AddMinutes(-n * 13 % 60),
            TaskState.Failed => now.AddHours(-3 - i),
            _ => now.AddMinutes(-25 - (i * 3)),
        };
        var approved = created.AddMinutes(2 + (n % 7));
        var started = approved.AddSeconds(35);
        var silent = idc == "dc1" && i == 3;
        var (step, percent, message) = Progress(i, hardware);
        var first = idc == "dc1" && i == 8;
        var ended = started.AddMinutes(6 + (n * 7 % 11));
        var history = new List<StatusChange> { new() { To = TaskState.Pending, At = created, By = People[n % 3] } };
        if (status is TaskState.Approved or TaskState.Installing or TaskState.Completed or TaskState.Failed)
            history.Add(new StatusChange { From = TaskState.Pending, To = TaskState.Approved, At = approved, By = People[(n + 1) % 3], Reason = "审批通过" });
        if (status is TaskState.Installing or TaskState.Completed or TaskState.Failed)
            history.Add(new StatusChange { From = TaskState.Approved, To = TaskState.Installing, At = started, By = "agent" });
        if (status is TaskState.Completed or TaskState.Failed)
            history.Add(new StatusChange { From = TaskState.Installing, To = status, At = ended, By = status == TaskState.Completed ? "installed system" : "agent" });
        if (status is TaskState.Rejected or TaskState.Cancelled)
            history.Add(new StatusChange { From = TaskState.Pending, To = status, At = approved, By = People[2], Reason = "机柜电源待改造，下周再装" });
        var updated = silent ? now.AddMinutes(-6) : status == TaskState.Installing ? now.AddSeconds(-n % 9) : history[^1].At;
        var steps = Enumerable.TakeWhile(ProgressSteps.Percent.OrderBy(one => one.Value).Where(one => one.Value >= 40), one => status == TaskState.Completed || one.Value <= percent).ToList();
        var running = status is TaskState.Installing or TaskState.Completed or TaskState.Failed;
        return new InstallTask
        {
            Idc = idc, Sn = sn, Mac = mac, OsType = os, OsVersion = version, OsId = id, TaskId = $"task-{0x5eed0000 + n:x8}", Status = status, Hostname = $"{idc.Split('-')[0]}-node-{n:d3}",
            Tags = [$"rack-{(char)('a' + (n / 20))}{n % 4 + 1:d2}", .. n % 5 == 0 ? (string[])["gpu"] : []], DiskLayout = IsRaid(idc, i) ? new DiskLayoutSpec { Preset = "lvm", Disk = new DiskSelector { Array = "system" }, Wipe = WipePolicies.Overwrite } : new DiskLayoutSpec { Disk = new DiskSelector { Prefer = "smallest" } }, Notes = i % 4 == 0 ? "新机上架" : null, CreatedBy = People[n % 3], CreatedAt = created, UpdatedAt = updated,
            StartedAt = running ? status == TaskState.Installing ? now.AddMinutes(-2 - (percent / 12.0)) : started : null, CompletedAt = status == TaskState.Completed ? ended : null,
            Step = status == TaskState.Completed ? "completed" : status == TaskState.Installing ? step : status == TaskState.Failed ? "downloading" : null, Percent = status == TaskState.Completed ? 100 : status == TaskState.Installing ? first ? 95 : percent : status == TaskState.Failed ? 63 : 0,
            Message = status == TaskState.Installing ? message : null, AwaitingFirstBoot = first, StatusHistory = history,
            Approval = status is TaskState.Pending or TaskState.Rejected or TaskState.Cancelled ? null : new Approval { By = People[(n + 1) % 3], At = approved, Notes = "审批通过" },
            Progress = running ? [.. steps.Select((one, index) => new ProgressEntry { Step = one.Key, Percent = one.Value, Timestamp = (status == TaskState.Installing ? now.AddMinutes(-2 - (percent / 12.0)) : started)+ (ended - started) * (Shares[Math.Min(index, Shares.Length - 1)] * (status == TaskState.Installing ? 0.3 : 0.9)), Message = one.Key == "downloading" ? "612 of 612 MB" : null })] : [],
            Operations = running ? [new OperationRecord { Operation = OperationNames.OsInstall, StartedAt = status == TaskState.Installing ? now.AddMinutes(-2 - (percent / 12.0)) : started, FinishedAt = status == TaskState.Completed ? ended.AddMinutes(-1) : null, Success = status == TaskState.Completed ? true : null }] : [],
            Failure = status == TaskState.Failed ? Failure(i) : null,
            HardwareConfig = IsRaid(idc, i) ? new HardwareConfigSpec { Controllers = [new ControllerSpec { DeleteOthers = true, Arrays = [new RaidArraySpec { Name = "system", Level = "raid1", Disks = ["252:0", "252:1"] }] }] } : null,
        };
    }

    private static (string Step, int Percent, string Message) Progress(int i, Inventory hardware) => (i % 6) switch
    {
        0 => ("downloading", 64, "248 of 612 MB"), 1 => ("installing", 76, "1.1 of 1.9 GB written"), 2 => ("configuring", 83, "hostname, network, users"),
        3 => ("downloading", 61, "61 of 612 MB"), 4 => ("partitioning", 51, hardware.Disks[0].Device), _ => ("finalizing", 92, "boot loader"),
    };

    private static TaskFailure Failure(int i) => i % 2 == 0
        ? new() { Code = "disk_changed", Message = "The disk is not as it was when the plan was approved: serial S6CKNE0T has gone.", Advice = "Look at the disks of the machine, retry the task and approve the new plan." }
        : new() { Code = "image_digest_mismatch", Message = "The image that was downloaded is not the one that was approved (sha256 differs after 612 MB).", Advice = "Check the images of the IDC's boot services, then retry." };

    private static Inventory Hardware(string sn, string mac, int n, DateTimeOffset reported)
    {
        var (company, product, cpu, cores, memory) = Models[n % Models.Length];
        var used = n % 3 == 0;
        return new Inventory
        {
            SerialNumber = sn, MacAddress = mac, Company = company, Product = product, ModelName = "2U", Uuid = $"4c4c4544-0042-4d10-8051-{n:x12}", AgentVersion = "1.0.0", ReportedAt = reported,
            Firmware = new Firmware { Vendor = company, Version = "1.9.2", Date = "11/17/2023", BootMode = n % 4 == 1 ? "bios" : "uefi", SecureBoot = n % 4 == 1 ? null : n % 8 == 0 },
            Cpu = new Cpu { Model = cpu, Cores = cores, Threads = cores * 2, Sockets = 2, Architecture = "x86_64" }, Memory = new Memory { TotalGb = memory, TotalBytes = ((long)memory << 30) - 3_600_000_000 },
            Disks =
            [
                Disk("/dev/nvme0n1", $"S6CKNE0T{n:d6}", "SAMSUNG MZQL2960HCJR-00A07", 960_197_124_096, "nvme", used), .. Enumerable.Range(0, 3).Select(d => Disk($"/dev/sd{(char)('a' + d)}", $"ZC1{n:d3}{d}QX", "ST8000NM017B-2TJ103", 8_001_563_222_016, "hdd", false)),
            ],
            Nics = [.. Enumerable.Range(0, 4).Select(p => new Nic { Name = p < 2 ? $"eno{p + 1}" : $"ens3f{p - 2}", Mac = p == 0 ? mac : Samples.Mac(0x5A0000 + (n * 4) + p), Driver = p < 2 ? "tg3" : "mlx5_core", Link = p is 0 or 2, SpeedMbps = p is 0 ? 1_000 : p is 2 ? 25_000 : null, PciSlot = $"0000:{(p < 2 ? "04" : "5e")}:00.{p % 2}" })],
        };
    }

    /// <summary>A boot as the boot services record it; the first unmatched machine of a site stands still.</summary>
    private static BootRecord Boot(string idc, string sn, string mac, TaskState? state, int n, DateTimeOffset now)
    {
        var began = now.AddMinutes(state is null ? -3 : -9).AddSeconds(-n);
        var address = $"10.20.0.{20 + n}";
        var events = new List<BootEvent>
        {
            new() { At = began, Source = BootEventNames.Dhcp, Event = BootEventNames.DhcpDiscover, Program = BootEventNames.Pxe, Architecture = 7, VendorClass = "PXEClient:Arch:00007:UNDI:003016", Count = state is null ? 4 : 1 },
            new() { At = began.AddMilliseconds(4), Source = BootEventNames.Dhcp, Event = BootEventNames.DhcpOffer, Program = BootEventNames.Pxe, Address = address, File = "snponly.efi", Count = state is null ? 4 : 1 },
        };
        if (state is not null)
        {
            events.AddRange(
            [
                new() { At = began.AddSeconds(1), Source = BootEventNames.Dhcp, Event = BootEventNames.DhcpRequest, Program = BootEventNames.Pxe, Address = address }, new() { At = began.AddSeconds(1.01), Source = BootEventNames.Dhcp, Event = BootEventNames.DhcpAck, Program = BootEventNames.Pxe, Address = address },
                new() { At = began.AddSeconds(2), Source = BootEventNames.Tftp, Event = BootEventNames.TftpDone, File = "snponly.efi", Address = address, Bytes = 193_536, Size = 193_536, BlockSize = 1468, WindowSize = 4, Milliseconds = 210, Success = true },
                new() { At = began.AddSeconds(5), Source = BootEventNames.Dhcp, Event = BootEventNames.DhcpAck, Program = BootEventNames.Ipxe, Address = address }, new() { At = began.AddSeconds(6), Source = BootEventNames.Http, Event = BootEventNames.EntryScript, Address = address },
                new() { At = began.AddSeconds(6.2), Source = BootEventNames.Http, Event = BootEventNames.MachineScript, Address = address, Script = "agent" },
                new() { At = began.AddSeconds(7), Source = BootEventNames.Http, Event = BootEventNames.HttpKernel, File = "vmlinuz", Address = address, Bytes = 8_200_000, Size = 8_200_000, Milliseconds = 420 },
                new() { At = began.AddSeconds(9), Source = BootEventNames.Http, Event = BootEventNames.HttpInitrd, File = "initramfs.zst", Address = address, Bytes = 34_000_000, Size = 34_000_000, Milliseconds = 1_830 },
                new() { At = began.AddSeconds(24), Source = BootEventNames.Agent, Event = BootEventNames.AgentReport, Address = address }, new() { At = began.AddSeconds(140), Source = BootEventNames.Agent, Event = BootEventNames.AgentOperation, Operation = OperationNames.OsInstall, Address = address },
            ]);
        }
        return new BootRecord { Idc = idc, Mac = mac, BootId = began.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture), Sn = sn, StartedAt = began, UpdatedAt = events[^1].At, Events = events };
    }

    private static Disk Disk(string device, string serial, string model, long bytes, string type, bool used) => new()
    {
        Device = device, Serial = serial, Model = model, SizeBytes = bytes, SizeGb = (int)(bytes / 1_000_000_000), Type = type, Transport = type == "nvme" ? "nvme" : "sas", Rotational = type == "hdd", Wwn = "0x5000c500" + serial.GetHashCode(StringComparison.Ordinal).ToString("x8", CultureInfo.InvariantCulture),
        Content = used
            ? new DiskContent { PartitionTable = "gpt", Digest = new string('b', 64), Partitions = [new DiskPartition { Number = 1, SizeBytes = 1 << 30, FileSystem = "vfat", Label = "EFI" }, new DiskPartition { Number = 2, SizeBytes = bytes - (1 << 30), FileSystem = "xfs", Label = "mysql-data" }] }
            : new DiskContent { Digest = new string('0', 64) },
    };

    private static AuditRecord Audited(InstallTask task, StatusChange change) => new()
    {
        Id = AuditTrail.NewId(change.At), At = change.At, By = change.By, From = change.By.Contains('.', StringComparison.Ordinal) ? "10.20.3.41" : null, Idc = task.Idc, Sn = task.Sn, TaskId = task.TaskId, Reason = change.Reason,
        Action = "task." + change.To switch { TaskState.Pending => "created", TaskState.Installing => "started", var other => other.ToString().ToLowerInvariant() },
    };

    private static IEnumerable<StoreWrite> Services(string idc, long lease, DateTimeOffset now)
    {
        foreach (var (kind, port) in ((string, int)[])[(ServiceInstance.Regional, 8081), (ServiceInstance.Boot, 8082)])
        {
            if (idc == "dc1")
                continue;
            var gone = idc == "sh-pudong" && kind == ServiceInstance.Boot;
            var service = new ServiceInstance { Kind = kind, Instance = $"{idc}-01:{port}", Version = "1.0.0", Address = $"http://10.{idc.Length}.0.5:{port}", StartedAt = now.AddDays(-12), HeartbeatAt = gone ? now.AddMinutes(-4) : now };
            yield return Put(Keys.KnownService(idc, kind, service.Instance), service, CoreJson.Default.ServiceInstance);
            if (!gone)
                yield return StoreWrite.Put(Keys.Service(idc, kind, service.Instance), JsonSerializer.SerializeToUtf8Bytes(service, CoreJson.Default.ServiceInstance), lease);
        }
        foreach (var (os, version, id) in Systems)
        {
            yield return Put(Keys.Image(idc, $"{id}-{version}"), new SiteImage { Id = $"{id}-{version}", OsId = id, OsVersion = version, Name = os, File = $"{id}-{version}.tar.zst", Format = "tar.zst", Sha256 = new string('c', 64), SizeBytes = 612_000_000 }, CoreJson.Default.SiteImage);
        }
    }

    private static IEnumerable<StoreWrite> Assets(string idc, DateTimeOffset now)
    {
        foreach (var (name, size) in ((string, long)[])[("debian-12/linux", 8_200_000), ("debian-12/initrd.gz", 38_400_000), ("ubuntu-22.04/vmlinuz", 11_700_000), ("ubuntu-22.04/initrd", 103_000_000), ("ubuntu-22.04/live-server.iso", 0), ("rocky-9/vmlinuz", 0)])
            yield return Put(Keys.Asset(idc, name), new SiteAsset { Name = name, Sha256 = Digest(name), SizeBytes = size, Source = name.StartsWith("rocky", StringComparison.Ordinal) ? null : $"https://mirror.example.com/{name}", CreatedAt = now.AddDays(-9), CreatedBy = People[0] }, CoreJson.Default.SiteAsset);
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static LogChunk Log(InstallTask task, DateTimeOffset now) => new()
    {
        Attempt = 1, FirstLine = 0, At = now,
        Lines =
        [
            $"{now.AddMinutes(-4):HH:mm:ss} === LPMOS Agent Started", $"{now.AddMinutes(-4):HH:mm:ss} Task received! Task ID: {task.TaskId}", $"{now.AddMinutes(-3.9):HH:mm:ss} plan: /dev/nvme0n1 960 GB SAMSUNG MZQL2960HCJR, {task.OsType}",
            $"{now.AddMinutes(-3.8):HH:mm:ss} sfdisk: created a new GPT disklabel", $"{now.AddMinutes(-3.8):HH:mm:ss}   /dev/nvme0n1p1   1 MiB   BIOS boot", $"{now.AddMinutes(-3.8):HH:mm:ss}   /dev/nvme0n1p2 512 MiB   EFI System", $"{now.AddMinutes(-3.7):HH:mm:ss}   /dev/nvme0n1p3 893 GiB   Linux root (x86-64)",
            $"{now.AddMinutes(-3.6):HH:mm:ss} mkfs.vfat /dev/nvme0n1p2", $"{now.AddMinutes(-3.5):HH:mm:ss} mkfs.ext4 /dev/nvme0n1p3", .. Enumerable.Range(1, 24).Select(k => $"{now.AddMinutes(-3.4 + (k * 0.1)):HH:mm:ss} downloading: {k * 25} of 612 MB"),
        ],
    };

    private static StoreWrite Put<T>(string key, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => StoreWrite.Put(key, JsonSerializer.SerializeToUtf8Bytes(value, type));
}
