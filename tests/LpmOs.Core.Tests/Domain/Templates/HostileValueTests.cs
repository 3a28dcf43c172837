using System.Text.Json;
using System.Xml.Linq;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Templates;
using YamlDotNet.Serialization;

namespace LpmOs.Core.Tests.Domain.Templates;

/// <summary>
/// Whatever a person or a machine gives, for every template and system: either the template refuses it with line and column, or it stays within the place
/// that a harmless value has. Validation of requests would refuse most of these before; the templates do not count on it.
/// </summary>
public sealed class HostileValueTests
{
    private const string Benign = "benign1";

    private static readonly string[] Hostile =
    [
        "a\nb", "a\r\nb", "a\rb", "a\u0085b", "a\u2028b", "a\0b", "a\u001bb", "%end\n%post\nreboot", "'\nreboot\n'", "a'b", "a\"b", "a\\", "a\\\nb", "$(reboot)", "`reboot`", "${x}", "]]>", "<a/>", "--- x", "a # b", "a; b", "a && b", "LPMOS", " a", "-a", "a b", "{{ 1 }}", "a,b", "\ud800",
    ];

    private sealed record Field(string Name, Func<InstallTask, Inventory, string, (InstallTask, Inventory)> Set);

    private static IEnumerable<Field> Fields
    {
        get
        {
            yield return new("hostname", (task, machine, value) => (task with { Hostname = value }, machine));
            yield return new("sn", (task, machine, value) => (task with { Sn = value }, machine));
            yield return new("serial", (task, machine, value) => (task, machine with { SerialNumber = value }));
            yield return new("ssh_key", (task, machine, value) => (task with { SshKeys = [value] }, machine));
            yield return new("package", (task, machine, value) => (task with { Packages = ["vim", value] }, machine));
            yield return new("address", (task, machine, value) => (task with { Network = One(new InterfaceSpec { Addresses = [value] }) }, machine));
            yield return new("gateway", (task, machine, value) => (task with { Network = One(new InterfaceSpec { Addresses = ["10.0.0.2/24"], Gateway = value }) }, machine));
            yield return new("dns", (task, machine, value) => (task with { Network = One(new InterfaceSpec { Addresses = ["10.0.0.2/24"], Dns = ["10.0.0.1", value] }) }, machine));
            yield return new("mac", (task, machine, value) => (task with { Network = One(new InterfaceSpec { Mac = value }) }, machine));
            yield return new("root_file_system", (task, machine, value) => (task with { DiskLayout = new DiskLayoutSpec { RootFileSystem = value } }, machine));
            yield return new("disk_serial", (task, machine, value) => (task, machine with { Disks = [machine.Disks[0] with { Serial = value }] }));
            yield return new("disk_wwn", (task, machine, value) => (task, machine with { Disks = [machine.Disks[0] with { Wwn = value }] }));
            yield return new("disk_device", (task, machine, value) => (task, machine with { Disks = [machine.Disks[0] with { Serial = null, Wwn = null, Device = value }] }));
            yield return new("disk_model", (task, machine, value) => (task, machine with { Disks = [machine.Disks[0] with { Model = value }] }));
            yield return new("company", (task, machine, value) => (task, machine with { Company = value, Product = value, Uuid = value }));
            yield return new("tags", (task, machine, value) => (task with { Tags = [value] }, machine));
            foreach (var variable in new[] { "time_zone", "locale", "keyboard", "mirror", "security_mirror", "proxy", "ntp", "root_password_hash", "administrator_password", "product_key", "image_index", "windows_time_zone" })
                yield return new(variable, (task, machine, value) => (task with { Variables = (task.Variables ?? new Dictionary<string, string>()).Where(pair => pair.Key != variable).Append(new(variable, value)).ToDictionary() }, machine));
        }
    }

    private static NetworkSpec One(InterfaceSpec spec) => new() { Interfaces = [spec] };

    public static TheoryData<string> Methods => [.. Renderings.Catalog.Installers.Keys];

    [Theory]
    [MemberData(nameof(Methods))]
    public void No_value_leaves_its_place(string method)
    {
        var (refused, kept) = (0, 0);
        // One system of each family and, where it matters, generation: the templates are the same for the others.
        foreach (var (os, _) in Renderings.Installers.Where(one => one.Method == method).DistinctBy(one => (one.Os.Id, one.Os.Options.GetValueOrDefault("generation"))).Take(5))
        {
            var sample = SampleMachine.All[1];
            foreach (var field in Fields)
            {
                foreach (var (name, template) in Renderings.Files(os, method, sample.Task(os, method, "dc1"), sample.Hardware).All)
                {
                    if (Render(os, method, template, field, Benign) is not { } benign)
                        continue;
                    foreach (var value in Hostile)
                    {
                        if (Render(os, method, template, field, value) is not { } text)
                        {
                            refused++;
                            continue;
                        }
                        kept++;
                        Same($"{name} of {os.Name}, {field.Name} = {JsonEncodedText.Encode(value.Replace("\ud800", "?", StringComparison.Ordinal))}", name, benign, text);
                    }
                }
            }
        }
        Assert.True(kept > 100, $"{method}: {kept} kept, {refused} refused");
    }

    private static string? Render(CatalogMatch os, string method, string template, Field field, string value)
    {
        var sample = SampleMachine.All[1];
        var (task, machine) = field.Set(sample.Task(os, method, "dc1"), sample.Hardware, value);
        try
        {
            return Renderings.Files(os, method, task, machine).Render(template, RunTimeValues.StandIn);
        }
        catch (TemplateException e)
        {
            Assert.True(e.Line >= 1 && e.Column >= 1 && e.Name.Length > 0);
            return null;
        }
    }

    private static void Same(string who, string file, string benign, string text)
    {
        char[] ends = ['\n', '\r', '\u0085', '\u2028', '\u2029', '\0', '\u001b'];
        foreach (var end in ends)
            Assert.True(benign.Count(c => c == end) == text.Count(c => c == end), $"{who}: another number of U+{(int)end:X4}\n{text}");
        // A line that begins as another one would be read as another one.
        Assert.True(benign.Split('\n').Select(First).SequenceEqual(text.Split('\n').Select(First)), $"{who}: a line begins in another way\n{text}");
        if (file is "user-data" or "meta-data")
            Assert.True(Shape(Yaml(benign)) == Shape(Yaml(text)), $"{who}: another YAML structure\n{text}");
        else if (file.EndsWith(".xml", StringComparison.Ordinal))
            Assert.True(XDocument.Parse(benign).Descendants().Select(element => element.Name.ToString()).SequenceEqual(XDocument.Parse(text).Descendants().Select(element => element.Name.ToString())), $"{who}: another XML structure\n{text}");
        else if (file.EndsWith(".ign", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal))
            JsonDocument.Parse(text).Dispose();
        else if (file.EndsWith(".ipxe", StringComparison.Ordinal))
            Assert.DoesNotContain("${x}", text, StringComparison.Ordinal);
    }

    /// <summary>What decides how a line is read: a section's mark, a comment, a label.</summary>
    private static string First(string line) => line.Length == 0 ? "" : line[0] is '%' or '#' or ':' or '-' or ' ' ? line[..1] : "x";

    private static object Yaml(string text) => new DeserializerBuilder().Build().Deserialize<object>(text);

    private static string Shape(object? value) => value switch
    {
        IDictionary<object, object> map => "{" + string.Join(",", map.Select(pair => $"{pair.Key}:{Shape(pair.Value)}")) + "}",
        IList<object> list => "[" + string.Join(",", list.Select(Shape)) + "]",
        _ => "x",
    };
}
