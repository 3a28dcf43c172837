using System.Globalization;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks;

/// <summary>
/// What a new file system must not have, by the system that is to use it: mkfs makes what the boot image's kernel knows (Debian 12: xfsprogs 6.1, e2fsprogs 1.47), and an older kernel,
/// GRUB or fsck refuses what it does not know.
/// </summary>
internal static class FileSystemFeatures
{
    // Before these: no reflink in the kernel (Linux 4.9), no sparse inodes in GRUB (2.04, or earlier with the vendor's patch), no checksums of metadata in e2fsck (1.43). RHEL 7 makes its own file systems without them.
    private static readonly Dictionary<string, int> FirstToKnow = new(StringComparer.OrdinalIgnoreCase)
    {
        ["rhel"] = 8, ["redhat"] = 8, ["centos"] = 8, ["oracle"] = 8, ["ol"] = 8, ["scientific"] = 8, ["anolis"] = 8, ["sles"] = 15, ["opensuse"] = 15, ["debian"] = 10, ["ubuntu"] = 20,
    };

    /// <summary>openSUSE 42 came before Leap 15.</summary>
    private const int Leap42 = 42;

    /// <summary>Options of mkfs.xfs(8).</summary>
    /// <param name="uuid">It stands among them.</param>
    public static IReadOnlyList<string> Xfs(OsPlan os, Guid uuid)
    {
        // Kernels before 5.10 (RHEL 8, Ubuntu 20.04, openEuler 20.03) do not mount what has bigtime or inobtcount, those before 5.19 what has nrext64. None needs rmapbt.
        var metadata = $"uuid={uuid},bigtime=0,inobtcount=0,rmapbt=0";
        return IsOld(os) ? ["-m", metadata + ",reflink=0,finobt=0", "-i", "sparse=0,nrext64=0"] : ["-m", metadata, "-i", "nrext64=0"];
    }

    /// <summary>Value of -O of mke2fs(8).</summary>
    public static string Ext4(OsPlan os)
    {
        // Kernels before 5.15 (Debian 11, RHEL 8 and 9) and the e2fsck of their time do not know orphan_file; Debian 13's mke2fs.conf has both.
        const string late = "^orphan_file,^metadata_csum_seed";
        return IsOld(os) ? late + ",^metadata_csum" : late;
    }

    private static bool IsOld(OsPlan os) =>
        FirstToKnow.TryGetValue(os.Id, out var first) && int.TryParse(string.Concat(os.Version.TakeWhile(char.IsAsciiDigit)), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
        && (major < first || (major == Leap42 && os.Id.Equals("opensuse", StringComparison.OrdinalIgnoreCase)));
}
