using System.Diagnostics;
using LpmOs.Cli.Session;
using LpmOs.Testing;

namespace LpmOs.Cli.Tests.Session;

/// <summary>Images that xorriso made.</summary>
public sealed class IsoImageTests
{
    [Theory]
    [InlineData("-r", "-J")]
    [InlineData("-r")]
    [InlineData("-J")]
    public void A_file_is_found_by_the_name_that_people_know(params string[] options)
    {
        using var folder = new TemporaryFolder();
        var (iso, content) = Make(folder, options);
        using var image = File.OpenRead(iso);
        var found = new IsoImage(image).Find("casper/Some-long.Name_of-a.kernel.vmlinuz");
        Assert.NotNull(found);
        using var slice = new FileSlice(image, found.Value.Offset, found.Value.Length);
        using var copy = new MemoryStream();
        slice.CopyTo(copy);
        Assert.Equal(content, copy.ToArray());
        Assert.Null(new IsoImage(image).Find("casper"));
        Assert.Null(new IsoImage(image).Find("casper/none"));
        Assert.Null(new IsoImage(image).Find("boot.txt/none"));
    }

    /// <summary>As Windows' media are: ISO 9660 with a note for those who cannot read UDF, or UDF alone.</summary>
    [Theory]
    [InlineData("CD001", "NSR02")]
    [InlineData("CD001", "NSR03")]
    [InlineData("BEA01", "NSR02")]
    [InlineData("BEA01", "NSR03")]
    public void Of_an_image_whose_files_are_in_UDF_it_is_said_what_to_do(string first, string udf)
    {
        var bytes = new byte[24 * 2048];
        void Mark(int sector, byte kind, string mark)
        {
            bytes[sector * 2048] = kind;
            System.Text.Encoding.ASCII.GetBytes(mark, bytes.AsSpan((sector * 2048) + 1));
        }
        Mark(16, 1, first);
        // Its root folder: empty, at sector 22.
        bytes[(16 * 2048) + 156 + 2] = 22;
        Mark(17, 255, first);
        Mark(18, 0, "BEA01");
        Mark(19, 0, udf);
        Mark(20, 0, "TEA01");
        Assert.Contains("mount the image", Assert.Throws<InvalidDataException>(() => new IsoImage(new MemoryStream(bytes)).Find("sources/boot.wim")).Message, StringComparison.Ordinal);
        bytes[(19 * 2048) + 1] = (byte)'X';
        if (first == "CD001")
            Assert.Null(new IsoImage(new MemoryStream(bytes)).Find("sources/boot.wim"));
    }

    [Fact]
    public void What_is_no_image_or_a_broken_one_is_said()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(Make(folder, ["-r"]).Iso);
        Assert.Throws<InvalidDataException>(() => new IsoImage(new MemoryStream(new byte[100])).Find("a"));
        Assert.Throws<InvalidDataException>(() => new IsoImage(new MemoryStream(new byte[100_000])).Find("a"));
        var random = new Random(20261122);
        for (var round = 0; round < 3000; round++)
        {
            var broken = bytes.AsSpan(0, random.Next(5) == 0 ? random.Next(bytes.Length) : bytes.Length).ToArray();
            for (var change = 0; change < 8 && broken.Length > 40_000; change++)
                broken[32_768 + random.Next(Math.Min(broken.Length - 32_768, 30_000))] = (byte)random.Next(256);
            try
            {
                _ = new IsoImage(new MemoryStream(broken)).Find("casper/Some-long.Name_of-a.kernel.vmlinuz");
            }
            catch (InvalidDataException)
            {
                // Said, and nothing worse.
            }
        }
    }

    private static (string Iso, byte[] Content) Make(TemporaryFolder folder, string[] options)
    {
        var tree = Directory.CreateDirectory(folder.File("tree"));
        Directory.CreateDirectory(Path.Combine(tree.FullName, "casper"));
        var content = new byte[123_457];
        new Random(3).NextBytes(content);
        File.WriteAllBytes(Path.Combine(tree.FullName, "casper", "Some-long.Name_of-a.kernel.vmlinuz"), content);
        File.WriteAllText(Path.Combine(tree.FullName, "boot.txt"), "x");
        // More entries than one sector of a folder holds.
        for (var i = 0; i < 120; i++)
            File.WriteAllText(Path.Combine(tree.FullName, "casper", $"another-file-number-{i}"), "x");
        var iso = folder.File("image.iso");
        using var process = Process.Start(new ProcessStartInfo(RequiredProgram.Find("xorriso", "xorriso"), ["-as", "mkisofs", "-quiet", .. options, "-o", iso, tree.FullName]) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);
        return (iso, content);
    }
}
