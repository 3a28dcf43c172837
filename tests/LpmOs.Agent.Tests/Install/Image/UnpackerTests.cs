using System.Formats.Tar;
using System.IO.Compression;
using LpmOs.Agent.Install;
using LpmOs.Agent.Install.Image;
using LpmOs.Agent.Reporting;

namespace LpmOs.Agent.Tests.Install.Image;

/// <summary>Archives that would climb out of the new system's root; the real tar unpacks them.</summary>
public sealed class UnpackerTests
{
    [Theory]
    [InlineData("../climbed", null)]
    [InlineData("a/../../climbed", null)]
    [InlineData("/ROOT/../climbed", null)]
    [InlineData("out/climbed", "..")]
    [InlineData("out/climbed", "/OUTSIDE")]
    public async Task EntriesOfAnArchiveStayInTheRoot(string name, string? link)
    {
        var outside = Directory.CreateTempSubdirectory("lpmos").FullName;
        try
        {
            var root = Directory.CreateDirectory(Path.Combine(outside, "root")).FullName;
            await using var unpacker = new Unpacker("tar.gz", root, new AgentLog(TextWriter.Null, false));
            await Assert.ThrowsAsync<InstallException>(async () =>
            {
                await unpacker.WriteAsync(Archive(name.Replace("/ROOT", root, StringComparison.Ordinal), link?.Replace("/OUTSIDE", outside, StringComparison.Ordinal)), TestContext.Current.CancellationToken);
                await unpacker.FinishAsync(TestContext.Current.CancellationToken);
            });
            Assert.False(File.Exists(Path.Combine(outside, "climbed")));
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    private static byte[] Archive(string name, string? link)
    {
        using var bytes = new MemoryStream();
        using (var packed = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(packed))
        {
            if (link is not null)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "out") { LinkName = link });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("x"u8.ToArray()) });
        }
        return bytes.ToArray();
    }
}
