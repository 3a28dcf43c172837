using System.Net;
using System.Text.Json;

namespace LpmOs.Tasks.Tests.Validation;

public sealed class LayoutRulesTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    private const string Boots = """{"role":"bios_boot","size":"1MiB"},{"role":"esp","size":"100MiB","file_system":"vfat","mount_point":"/boot/efi"}""";
    private const string Root = """{"role":"root","file_system":"ext4","mount_point":"/"}""";

    [Theory]
    [InlineData("""{"preset":"raid5"}""", "preset")]
    [InlineData("""{"preset":"raid10","disk":{"equal":3}}""", "disk.equal")]
    [InlineData("""{"preset":"lvm","disk":{"count":2}}""", "disk.count")]
    [InlineData("""{"wipe":"shred"}""", "wipe")]
    [InlineData("""{"swap_file":"lots"}""", "swap_file")]
    [InlineData("""{"disk":{"min_size":"2TB","max_size":"1TB"}}""", "disk.min_size")]
    [InlineData("""{"disk":{"transport":"carrier pigeon"}}""", "disk.transport")]
    [InlineData("""{"disk":{"equal":1}}""", "disk.equal")]
    [InlineData("""{"preset":"raid1","disk":{"serial":"A","count":2}}""", "disk")]
    [InlineData("""{"arrays":[]}""", "")]
    [InlineData("""{"disks":[]}""", "disks", "")]
    [InlineData("""{"preset":"lvm","disks":[{"name":"a","partitions":[BOOTS,ROOT]}]}""", "")]
    [InlineData("""{"disks":[{"name":"a","partitions":[ROOT]}]}""", "disks[0].partitions")]
    [InlineData("""{"disks":[{"name":"a","partitions":[BOOTS]}]}""", "")]
    [InlineData("""{"disks":[{"name":"A b","partitions":[BOOTS,ROOT]}]}""", "disks[0].name")]
    [InlineData("""{"disks":[{"name":"a","partitions":[BOOTS,ROOT,{"file_system":"ext4","mount_point":"/var"}]}]}""", "disks[0].partitions")]
    [InlineData("""{"disks":[{"name":"a","partitions":[BOOTS,ROOT,{"size":"1GB","file_system":"ext4","mount_point":"/"}]}]}""", "disks[0].partitions[3].mount_point")]
    [InlineData("""{"disks":[{"name":"a","partitions":[BOOTS,ROOT,{"size":"1GB","file_system":"ext4","mount_point":"/a/../../b"}]}]}""", "disks[0].partitions[3].mount_point")]
    [InlineData("""{"disks":[{"name":"a","partitions":[BOOTS,ROOT,{"size":"120%","file_system":"ext4","mount_point":"/a"}]}]}""", "disks[0].partitions[3].size")]
    [InlineData("""{"disks":[{"name":"a","partitions":[BOOTS,ROOT,{"size":"1GB","file_system":"ntfs","mount_point":"/a"}]}]}""", "disks[0].partitions[3].file_system")]
    [InlineData("""{"disks":[{"name":"a","partitions":[BOOTS,ROOT,{"size":"1GB","array":"x"}]}]}""", "disks[0].partitions[3].array")]
    [InlineData("""{"disks":[{"name":"a","disk":{"equal":2},"partitions":[BOOTS,ROOT]}]}""", "disks[0].partitions[2].mount_point")]
    [InlineData("""{"disks":[{"name":"a","disk":{"equal":2},"partitions":[BOOTS,{"array":"r"}]}],"arrays":[{"name":"r","level":5,"file_system":"ext4","mount_point":"/"}]}""", "arrays[0].level")]
    [InlineData("""{"disks":[{"name":"a","partitions":[BOOTS,{"array":"r"}]}],"arrays":[{"name":"r","level":1,"file_system":"ext4","mount_point":"/"}]}""", "arrays[0]")]
    [InlineData("""{"disks":[{"name":"a","partitions":[BOOTS,{"volume_group":"v"}]}],"volume_groups":[{"name":"v","volumes":[{"name":"root","file_system":"ext4","mount_point":"/"}]}]}""", "volume_groups[0].volumes[0]")]
    [InlineData("""{"disks":[{"name":"a","partitions":[BOOTS,ROOT]}],"volume_groups":[{"name":"v","volumes":[{"name":"x","file_system":"ext4","mount_point":"/srv"}]}]}""", "volume_groups[0]")]
    [InlineData("""{"disks":[{"name":"a","partitions":[BOOTS,ROOT],"partition":1}]}""", "disks[0].partition")]
    [InlineData("""{"encryption":{"passphrase":"correct horse battery"}}""", "encryption")]
    [InlineData("""{"preset":"raid1","encryption":{"passphrase":"correct horse battery"}}""", "encryption")]
    [InlineData("""{"preset":"lvm","encryption":{"passphrase":"too short"}}""", "encryption.passphrase")]
    [InlineData("""{"preset":"lvm","encryption":{"passphrase":"correct horse batt\u00e9ry"}}""", "encryption.passphrase")]
    [InlineData("""{"preset":"lvm","encryption":{"passphrase":"sealed:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}""", "encryption.passphrase")]
    [InlineData("""{"preset":"lvm","encryption":{}}""", "encryption.passphrase")]
    [InlineData("""{"preset":"lvm","encryption":{"passphrase":"correct horse battery","tpm":true}}""", "encryption.tpm")]
    [InlineData("""{"preset":"lvm","encryption":{"unlock":"tpm"}}""", "encryption.passphrase")]
    [InlineData("""{"preset":"lvm","encryption":{"passphrase":"correct horse battery","unlock":"tpm2"}}""", "encryption.unlock")]
    [InlineData("""{"preset":"lvm","encryption":{"passphrase":"correct horse battery","tpm_pcrs":[7]}}""", "encryption.tpm_pcrs")]
    [InlineData("""{"preset":"lvm","encryption":{"passphrase":"correct horse battery","unlock":"tpm","tpm_pcrs":[7,4]}}""", "encryption.tpm_pcrs[1]")]
    [InlineData("""{"preset":"lvm","encryption":{"passphrase":"correct horse battery","unlock":"tpm","tpm_pcrs":["7"]}}""", "encryption.tpm_pcrs[0]")]
    [InlineData("""{"preset":"lvm","encryption":{"passphrase":"correct horse battery","unlock":"tpm","tpm_pcrs":[0,2,3,7,0]}}""", "encryption.tpm_pcrs")]
    [InlineData("""{"disks":[{"name":"a","partitions":[BOOTS,ROOT,{"size":"1GB","file_system":"ext4","mount_point":"/srv","encrypted":true}]}]}""", "encryption")]
    [InlineData("""{"encryption":{"passphrase":"correct horse battery"},"disks":[{"name":"a","partitions":[BOOTS,ROOT]}]}""", "encryption")]
    [InlineData("""{"encryption":{"passphrase":"correct horse battery"},"disks":[{"name":"a","partitions":[BOOTS,{"file_system":"ext4","mount_point":"/","encrypted":true}]}]}""", "disks[0].partitions[2]")]
    [InlineData("""{"encryption":{"passphrase":"correct horse battery"},"disks":[{"name":"a","partitions":[BOOTS,ROOT,{"size":"1GB","encrypted":true}]}]}""", "disks[0].partitions[3].encrypted")]
    [InlineData("""{"encryption":{"passphrase":"correct horse battery"},"disks":[{"name":"a","disk":{"equal":2},"partitions":[BOOTS,{"array":"r","encrypted":true}]}],"arrays":[{"name":"r","level":1,"file_system":"ext4","mount_point":"/"}]}""", "disks[0].partitions[2].encrypted")]
    public async Task A_fault_is_named_at_its_place(string layout, params string[] fields)
    {
        var answer = await tasks.PostAsync("/api/v1/tasks/preview", Body(layout));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, text);
        using var problem = JsonDocument.Parse(text);
        Assert.Equal(
            fields.Select(field => field.Length == 0 ? "disk_layout" : "disk_layout." + field).Order(StringComparer.Ordinal),
            problem.RootElement.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_preset_may_be_given_as_a_layout_of_ones_own()
    {
        var presets = await tasks.JsonAsync("/api/v1/disk-layouts");
        var items = presets.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["plain", "lvm", "raid1", "raid1-lvm", "raid10"], items.Select(item => item.GetProperty("name").GetString()!));
        foreach (var item in items)
        {
            foreach (var layout in (string[])[item.GetProperty("layout").GetRawText(), $$"""{"preset":"{{item.GetProperty("name").GetString()}}","root_file_system":"xfs","wipe":"secure","swap_file":"1GiB"}"""])
            {
                var answer = await tasks.PostAsync("/api/v1/tasks/preview", Body(layout));
                Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            }
        }
    }

    private static string Body(string layout) =>
        $$"""{"idc":"dc1","sn":"layout-1","mac":"52:54:00:00:77:01","os_type":"debian","os_version":"12","disk_layout":{{layout.Replace("BOOTS", Boots, StringComparison.Ordinal).Replace("ROOT", Root, StringComparison.Ordinal)}}}""";
}
