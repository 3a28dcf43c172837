using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace LpmOs.EndToEnd.Lab;

/// <summary>The real installer of Debian 12: kernel and initramfs of the package debian-installer-12-netboot-amd64, brought to the site as an operator brings them.</summary>
internal static partial class DebianInstaller
{
    private static string Folder => Path.Combine(Repository.Root, ".cache/packages/debian-installer-12-netboot-amd64/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64");

    public static string Kernel => Path.Combine(Folder, "linux");

    public static string Initrd => Path.Combine(Folder, "initrd.gz");

    /// <summary>By <c>lpmosctl assets import</c>, checked against digests that were computed here.</summary>
    public static async Task ImportAsync(LabNetwork network, CancellationToken cancellationToken)
    {
        foreach (var (name, file) in new[] { ("debian-12/linux", Kernel), ("debian-12/initrd.gz", Initrd) })
            await Lpmosctl.RunAsync(network, ["assets", "import", "dc1", name, file, "--sha256", await DigestAsync(file, cancellationToken), "--server", OperatorApi.Url], cancellationToken);
    }

    /// <summary>
    /// Our answers are to questions that its modules ask, of the types that they have; text also stands for a choice, as in Debian's own examples. Modules that it would fetch later say nothing here.
    /// </summary>
    /// <param name="preseed">A rendered preseed.cfg.</param>
    public static async Task CheckAnswersAsync(string preseed, CancellationToken cancellationToken)
    {
        var modules = await Command.RunAsync("bash", ["-c", $"zcat '{Initrd}' | cpio --extract --quiet --to-stdout 'var/lib/dpkg/info/*.templates' './var/lib/dpkg/info/*.templates'"], cancellationToken);
        var questions = Question().Matches(modules).DistinctBy(question => question.Groups["name"].Value).ToDictionary(question => question.Groups["name"].Value, question => question.Groups["type"].Value, StringComparer.Ordinal);
        string[] present = ["netcfg/", "mirror/", "hw-detect/", "keyboard-configuration/", "preseed/"];
        var checkedAnswers = 0;
        foreach (var (name, type) in Answer().Matches(preseed).Select(answer => (answer.Groups["name"].Value, answer.Groups["type"].Value)))
        {
            if (questions.TryGetValue(name, out var asked))
            {
                Assert.True(asked == type || (type == "string" && asked == "select"), $"{name} is answered as {type}; the installer asks it as {asked}");
                checkedAnswers++;
            }
            else
            {
                Assert.DoesNotContain(present, module => name.StartsWith(module, StringComparison.Ordinal));
            }
        }
        Assert.True(checkedAnswers >= 12, $"Only {checkedAnswers} answers are to questions of modules that are there.");
    }

    [GeneratedRegex(@"^Template: (?<name>\S+)\nType: (?<type>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Question();

    [GeneratedRegex(@"^d-i (?<name>\S+) (?<type>\S+)", RegexOptions.Multiline)]
    private static partial Regex Answer();

    public static async Task<string> DigestAsync(string file, CancellationToken cancellationToken)
    {
        await using var content = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
    }
}
