using System.Globalization;
using LpmOs.Agent.Discovery;

namespace LpmOs.Agent.Tests;

/// <summary>Makes kernel files, an SMBIOS table and the answers of programs from the compact text of <c>Recorded/machines</c>.</summary>
internal sealed class RecordedMachineReader : IDisposable
{
    public RecordedMachine Machine { get; } = new();
    public SmbiosBuilder Smbios { get; } = new();
    public RecordedDialogue Dialogue { get; } = new();
    public string? HypervisorSignature { get; private set; }
    public Dictionary<string, NicIdentity> Nics { get; } = [];

    public RecordedMachineReader(string text)
    {
        foreach (var fact in Fact.Parse(text))
            Take(fact);
        Machine.File("sys/firmware/dmi/tables/DMI", Smbios.Table).File("sys/firmware/dmi/tables/smbios_entry_point", Smbios.EntryPoint).File("usr/share/misc/pci.ids", Recorded.Text("pci.ids"));
    }

    public static RecordedMachineReader Read(string name) => new(Recorded.Text($"machines/{name}.machine"));

    private void Take(Fact fact)
    {
        switch (fact.Kind)
        {
            case "bios": Smbios.Bios(fact); break;
            case "system": Smbios.System(fact); break;
            case "board": Smbios.Board(fact); break;
            case "chassis": Smbios.Chassis(fact); break;
            case "processor": Smbios.Processor(fact); break;
            case "array": Smbios.MemoryArray(fact); break;
            case "dimm": Modules(fact); break;
            case "tpm": Smbios.Tpm(fact); break;
            case "ipmi": Smbios.Ipmi(); break;
            case "hypervisor": HypervisorSignature = fact["signature"]; break;
            case "uefi": Machine.File("sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", [6, 0, 0, 0, (byte)fact.Number("secure")]); break;
            case "file": Machine.File(fact.Name, fact["text"] + "\n"); break;
            case "link": Machine.File(fact["to"]! + "/.keep", "").Link(fact.Name, fact["to"]!); break;
            case "answer": Dialogue.AnswerFile(fact["to"]!, fact["file"]!); break;
            case "cpu": Cpus(fact); break;
            case "memory": Machine.File("proc/meminfo", $"MemTotal:       {fact["kib"]} kB\nMemFree:        1 kB\n"); break;
            case "disk": Disks(fact); break;
            case "nic": Nic(fact); break;
            case "pci": Pci(fact); break;
            default: throw new InvalidOperationException($"A recorded machine has no line '{fact.Kind}'.");
        }
    }

    // "slots=A1,A2" makes one module a slot; serial numbers count up from the first.
    private void Modules(Fact fact)
    {
        var serial = fact["serial"];
        foreach (var (i, slot) in fact["slots"]!.Split(',').Index())
        {
            var values = new Dictionary<string, string>(fact.Values) { ["slot"] = slot };
            if (serial is { Length: >= 8 } && fact.Has("count"))
                values["serial"] = serial[..^8] + (Convert.ToUInt32(serial[^8..], 16) + (uint)i).ToString("X8", CultureInfo.InvariantCulture);
            if (fact["bank"] is { } bank)
                values["bank"] = bank.Replace("{0}", slot, StringComparison.Ordinal);
            Smbios.Module(fact with { Values = values });
        }
    }

    private void Cpus(Fact fact)
    {
        var (sockets, cores, threads, nodes) = ((int)fact.Number("sockets"), (int)fact.Number("cores"), (int)fact.Number("threads"), (int)fact.Number("nodes"));
        var lines = Enumerable.Range(0, sockets * threads).Select(i => fact.Has("arm")
            ? $"processor\t: {i}\nBogoMIPS\t: 100.00\nFeatures\t: {fact["flags"]}\nCPU implementer\t: {fact["arm"]}\nCPU architecture: 8\n\n"
            : $"processor\t: {i}\nvendor_id\t: {fact["vendor"]}\nmodel name\t: {fact["model"]}\nmicrocode\t: {fact["microcode"]}\nphysical id\t: {i % sockets}\ncore id\t\t: {i / sockets % cores}\nflags\t\t: {fact["flags"]}\n\n");
        Machine.File("proc/cpuinfo", string.Concat(lines));
        for (var i = 0; fact.Has("arm") && i < sockets * threads; i++)
            Machine.File($"sys/devices/system/cpu/cpu{i}/topology/physical_package_id", $"{i * sockets / (sockets * threads)}\n").File($"sys/devices/system/cpu/cpu{i}/topology/core_id", $"{i}\n");
        for (var node = 0; node < nodes; node++)
        {
            var each = sockets * threads / nodes;
            Machine.File($"sys/devices/system/node/node{node}/cpulist", $"{node * each}-{(node + 1) * each - 1}\n").File($"sys/devices/system/node/node{node}/meminfo", $"Node {node} MemTotal:       {fact["node_kib"]} kB\nNode {node} MemFree:  1 kB\n");
        }
    }

    // "disk sda,sdb" makes several that differ by name; {n} in a value is the number of the disk, {N} the same with two digits.
    private void Disks(Fact fact)
    {
        foreach (var (i, name) in fact.Name.Split(',').Index())
        {
            string Of(string key) => fact[key]!.Replace("{n}", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("{N}", i.ToString("D2", CultureInfo.InvariantCulture), StringComparison.Ordinal);
            var files = fact.Values.Keys.Where(key => key.Contains('/', StringComparison.Ordinal) || key is "serial" or "wwid" or "removable").Select(key => (key, Of(key))).ToArray();
            Machine.Disk(name, fact.Number("bytes"), Of("at"), files);
            if (fact.Has("vpd80"))
                Machine.File($"sys/devices/{Of("at")}/block/{name}/device/vpd_pg80", [0, 0x80, 0, 20, .. global::System.Text.Encoding.ASCII.GetBytes(Of("vpd80").PadLeft(20))]);
            if (fact.Has("bay"))
                Machine.File($"sys/devices/{Of("at")}/block/{name}/device/enclosure_device:{Of("bay")}", "");
        }
    }

    private void Nic(Fact fact)
    {
        Machine.Nic(fact.Name, fact["mac"]!, fact["at"]!, fact["driver"]!, fact["speed"] ?? "-1", fact.Has("speed"));
        if (fact.Has("node"))
            Machine.File($"sys/devices/pci0000:00/{fact["at"]}/numa_node", fact["node"] + "\n");
        Nics[fact.Name] = new(fact["firmware"], fact["permanent"] ?? fact["mac"]);
    }

    private void Pci(Fact fact)
    {
        var folder = $"sys/bus/pci/devices/{fact.Name}";
        var id = fact["id"]!.Split(':');
        Machine.File($"{folder}/class", $"0x{fact["class"]}\n").File($"{folder}/vendor", $"0x{id[0]}\n").File($"{folder}/device", $"0x{id[1]}\n");
        if (fact["driver"] is { } driver)
            Machine.File($"sys/drivers/{driver}/module", "").Link($"{folder}/driver", $"sys/drivers/{driver}");
    }

    public void Dispose() => Machine.Dispose();
}
