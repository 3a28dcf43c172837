using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using YamlDotNet.Serialization;

namespace LpmOs.Core.Tests.Domain.Templates;

/// <summary>What installers are given, judged by their own programs or by the parsers of their formats.</summary>
public sealed partial class EvidenceTests
{
    [Fact]
    public void Debconf_takes_every_preseed_file()
    {
        foreach (var (who, text) in Distinct(Renderings.Of("preseed", "preseed.cfg")))
            Judge.Accepts("debconf-set-selections", "debconf", who, text, "-c");
    }

    [Fact]
    public void Scripts_of_preseed_are_good_shell()
    {
        foreach (var file in new[] { "early.sh", "disk.sh", "late.sh" })
        {
            foreach (var (who, text) in Distinct(Renderings.Of("preseed", file)))
                Judge.AcceptsShell(who, text);
        }
    }

    [Fact]
    public void Cloud_init_takes_the_user_data_and_the_commands_are_good_shell()
    {
        var scripts = new HashSet<string>();
        foreach (var (who, text) in Distinct(Renderings.Of("autoinstall", "user-data")))
        {
            Assert.StartsWith("#cloud-config\n", text, StringComparison.Ordinal);
            var autoinstall = (IDictionary<object, object>)new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(text)["autoinstall"];
            Assert.Equal("1", autoinstall["version"]);
            foreach (var hook in new[] { "early-commands", "error-commands", "late-commands" })
            {
                var command = (IList<object>)Assert.Single((IList<object>)autoinstall[hook]);
                Assert.Equal(["sh", "-c"], command.Take(2).Cast<string>());
                if (scripts.Add((string)command[2]))
                    Judge.AcceptsShell($"{hook} of {who}", (string)command[2]);
            }
        }
    }

    /// <summary>The part that the new system's cloud-init reads, on the two samples that differ most: its start takes a second or two each time.</summary>
    [Fact]
    public void Cloud_init_takes_what_the_new_system_gets()
    {
        foreach (var (who, text) in Renderings.Of("autoinstall", "user-data").Where(one => one.Who.Contains("24.04", StringComparison.Ordinal)).Take(2))
        {
            var autoinstall = (IDictionary<object, object>)new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(text)["autoinstall"];
            var cloudConfig = "#cloud-config\n" + new SerializerBuilder().JsonCompatible().Build().Serialize(autoinstall["user-data"]);
            Judge.Accepts("cloud-init", "cloud-init", who, Typed(cloudConfig), "schema", "--config-file");
        }
    }

    [Fact]
    public void Sections_of_kickstart_files_are_closed_and_their_scripts_good_shell()
    {
        var scripts = new HashSet<string>();
        foreach (var (who, text) in Distinct(Renderings.Of("kickstart", "ks.cfg")))
        {
            var sections = Section().Matches(text);
            Assert.Equal(Regex.Count(text, "^%(packages|pre|post|onerror)", RegexOptions.Multiline), sections.Count);
            foreach (var script in sections.Where(section => section.Groups[1].Value != "packages").Select(section => section.Groups[2].Value))
            {
                if (scripts.Add(script))
                    Judge.AcceptsShell(who, script);
            }
            var commands = Section().Replace(text, "").Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ')[0]).ToHashSet();
            Assert.Subset(KickstartCommands, commands);
            Assert.Superset(new HashSet<string> { "url", "lang", "keyboard", "timezone", "network", "rootpw", "user", "reboot", "%include" }, commands);
        }
    }

    [Fact]
    public void Libxml_takes_the_profiles_and_their_scripts_are_good_shell()
    {
        var scripts = new HashSet<string>();
        foreach (var (who, text) in Distinct(Renderings.Of("autoyast", "autoinst.xml")))
        {
            Judge.Accepts("xmllint", "libxml2-utils", who, text, "--noout");
            foreach (var source in XDocument.Parse(text).Descendants().Where(element => element.Name.LocalName == "source"))
            {
                if (scripts.Add(source.Value))
                    Judge.AcceptsShell(who, source.Value);
            }
        }
        foreach (var (who, text) in Distinct(Renderings.Of("windows", "autounattend.xml")))
            Judge.Accepts("xmllint", "libxml2-utils", who, text, "--noout");
    }

    [Fact]
    public void Ignition_takes_its_files_and_their_scripts_are_good_shell()
    {
        var scripts = new HashSet<string>();
        foreach (var file in new[] { "live.ign", "target.ign" })
        {
            foreach (var (who, text) in Distinct(Renderings.Of("ignition", file)))
            {
                Judge.Accepts("ignition-validate", "ignition", who, text);
                using var json = JsonDocument.Parse(text);
                foreach (var source in json.RootElement.GetProperty("storage").GetProperty("files").EnumerateArray().Where(one => one.GetProperty("mode").GetInt32() == 493).Select(one => one.GetProperty("contents").GetProperty("source").GetString()!))
                {
                    if (scripts.Add(source))
                        Judge.AcceptsShell(who, Uri.UnescapeDataString(source["data:,".Length..]));
                }
            }
        }
    }

    [Fact]
    public void Grub_takes_its_file_and_starts_the_same_kernel_with_the_same_words_as_ipxe_and_the_agent()
    {
        var methods = Renderings.Catalog.Installers.Where(one => one.Value.CommandLine is not null).Select(one => one.Key).ToList();
        Assert.Superset(new HashSet<string> { "preseed", "autoinstall", "kickstart", "autoyast", "ignition" }, methods.ToHashSet());
        foreach (var method in methods)
        {
            foreach (var (((who, grub), (_, ipxe)), (_, line)) in Renderings.Of(method, "grub.cfg").Zip(Renderings.Of(method, "boot.ipxe")).Zip(Renderings.Of(method, "command-line.txt")))
            {
                Judge.Accepts("grub-script-check", "grub-common", who, grub);
                // Quoted as in a shell, whose word splitting is asked here.
                var loaded = ShellWords(Assert.Single(grub.Split('\n'), text => text.StartsWith("if linux ", StringComparison.Ordinal))["if linux ".Length..^"; then".Length]);
                var words = line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);
                Assert.Equal(words, loaded[1..]);
                var kernel = Assert.Single(ipxe.Split('\n'), text => text.StartsWith("kernel ", StringComparison.Ordinal)).Split(' ');
                // Of a kernel that UEFI starts iPXE gives the files that are named.
                Assert.Equal([.. words, "||", "goto", "failed"], kernel[3..].Where(word => word != "initrd=rootfs"));
                Assert.Equal(kernel[1].Replace("http://boot.invalid:8082/files", "(tftp,192.0.2.1)", StringComparison.Ordinal), loaded[0]);
            }
        }
    }

    /// <summary>Where a vendor's package source has no installer of its own, the initramfs is told to fetch it from us (dracut's livenet: root=live:URL), and nobody else's is.</summary>
    [Fact]
    public void The_installers_own_system_is_named_where_it_is_one_of_the_files()
    {
        foreach (var (who, line) in Renderings.Of("kickstart", "command-line.txt"))
        {
            var words = line.Trim().Split(' ');
            Assert.Equal((who, who.Contains("Oracle", StringComparison.Ordinal) || who.Contains("Anolis", StringComparison.Ordinal) ? 1 : 0), (who, words.Count(word => word.StartsWith("root=live:http://boot.invalid:8082/files/", StringComparison.Ordinal))));
            Assert.Equal(words.Any(word => word.StartsWith("root=", StringComparison.Ordinal)), words.Contains("rd.live.image"));
        }
    }

    /// <summary>As in the vendor's own boot.cfg: boot modules before the drivers, the image database behind them all and the payload at the end.</summary>
    [Fact]
    public void Modules_of_esxi_are_in_the_vendors_order()
    {
        foreach (var (who, text) in Renderings.Of("esxi", "boot.cfg"))
        {
            var modules = Assert.Single(text.Split('\n'), line => line.StartsWith("modules=", StringComparison.Ordinal))["modules=".Length..].Split(" --- ");
            var names = modules.Select(module => module.Split('/')[^1]).ToList();
            Assert.True(modules.All(module => module.StartsWith("http://boot.invalid:8082/files/assets/", StringComparison.Ordinal)), who);
            Assert.Equal(["jumpstrt.gz", "useropts.gz", "features.gz", "k.b00"], names[..4]);
            Assert.Equal(["sb.v00", "s.v00", "imgdb.tgz"], names[(names.IndexOf("imgdb.tgz") - 2)..(names.IndexOf("imgdb.tgz") + 1)]);
            Assert.Equal("imgpayld.tgz", names[^1]);
        }
    }

    [Fact]
    public void Python_of_esxi_compiles()
    {
        foreach (var (who, text) in Distinct(Renderings.Of("esxi", "ks.cfg")))
        {
            foreach (var script in text.Split("--interpreter=python\n").Skip(1).Select(part => part.Split("\n%")[0]))
                Judge.Accepts("python3", "python3-minimal", who, script + "\n", "-c", "import sys; compile(open(sys.argv[1]).read(), sys.argv[1], 'exec')");
        }
    }

    [Fact]
    public void Json_of_windows_is_json()
    {
        foreach (var file in new[] { "start.json", "begun.json", "writing.json", "finished.json", "done.json", "rebooted.json", "installed.json" })
        {
            foreach (var (_, text) in Distinct(Renderings.Of("windows", file)))
                JsonDocument.Parse(text).Dispose();
        }
    }

    private static HashSet<string> KickstartCommands { get; } =
    [
        "install", "cmdline", "url", "repo", "lang", "keyboard", "timezone", "timesource", "network", "rootpw", "user", "selinux", "firewall", "services", "skipx", "firstboot", "reboot", "%include",
    ];

    /// <summary>Single-quoted words, as POSIX shells and GRUB read them.</summary>
    private static string[] ShellWords(string text) => [.. Word().Matches(text).Select(word => word.Value.Replace("'\\''", "\0", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal).Replace('\0', '\''))];

    private static IEnumerable<(string Who, string Text)> Distinct(IEnumerable<(string Who, string Text)> texts) => texts.DistinctBy(one => one.Text);

    /// <summary>YamlDotNet reads every scalar as text: what cloud-init wants as a boolean becomes one again.</summary>
    private static string Typed(string json) => json.Replace("\"true\"", "true", StringComparison.Ordinal).Replace("\"false\"", "false", StringComparison.Ordinal);

    [GeneratedRegex(@"(?:'[^']*'|\\'|[^' ])+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^%(packages|pre|post|onerror)\b[^\n]*\n(.*?)^%end$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();
}
