using System.Collections.Concurrent;
using System.Security.Cryptography;
using LpmOs.Core.Domain;

namespace LpmOs.Boot.Assets;

/// <summary>
/// Vendors' files below <c>assets/{sha256}/</c> of the files folder. A file is there whole and checked, or not at all: it is written beside, and moved to its place
/// once its digest is right.
/// </summary>
internal sealed class AssetFiles(string filesRoot)
{
    private const int BufferBytes = 1 << 20;
    /// <summary>So much of the disk stays free, whatever is sent: anybody may send.</summary>
    private const long KeptFree = 256L << 20;
    private const long Stretch = 64L << 20;
    /// <summary>Begins with a dot: such names are never served.</summary>
    private const string Incoming = ".incoming";

    private readonly string _root = Path.Combine(filesRoot, "assets");
    private readonly ConcurrentDictionary<(string Sha256, bool Sent), bool> _arriving = new();

    /// <summary>Bytes of the file; 0 where it is not held.</summary>
    public long Held(SiteAsset asset) => new FileInfo(PathOf(asset)) is { Exists: true } file ? file.Length : 0;

    /// <exception cref="AssetRefusedException">The digest is another one, there is no room, or it is coming already; nothing was kept.</exception>
    /// <param name="sent">Somebody sends it; false: this service fetches it, which nobody who sends can hold up.</param>
    public async Task ReceiveAsync(SiteAsset asset, Stream content, bool sent, CancellationToken cancellationToken)
    {
        // Of each digest one is sent and one fetched at a time: however many send it, the disk holds it three times at most.
        if (!_arriving.TryAdd((asset.Sha256, sent), true))
            throw new AssetRefusedException("it is already on its way here from somewhere else", AssetRefusedException.Arriving);
        try
        {
            await StoreAsync(asset, content, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _arriving.TryRemove((asset.Sha256, sent), out _);
        }
    }

    /// <summary>Of a file that is held already: what comes must be the same all the same.</summary>
    /// <exception cref="AssetRefusedException">It is another one.</exception>
    public static async Task CompareAsync(SiteAsset asset, Stream content, CancellationToken cancellationToken)
    {
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false));
        if (digest != asset.Sha256)
            throw new AssetRefusedException($"sha256 {digest} came, not {asset.Sha256}");
    }

    private async Task StoreAsync(SiteAsset asset, Stream content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(_root, Incoming));
        var temporary = Path.Combine(_root, Incoming, $"{asset.Sha256}-{Guid.NewGuid():n}");
        try
        {
            string digest;
            long bytes = 0;
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes, FileOptions.Asynchronous))
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var buffer = new byte[BufferBytes];
                while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
                {
                    if ((bytes + read) / Stretch != bytes / Stretch && new DriveInfo(_root).AvailableFreeSpace < KeptFree)
                        throw new AssetRefusedException($"after {bytes} bytes the disk of {_root} has no more than {KeptFree >> 20} MB left", AssetRefusedException.NoRoom);
                    hash.AppendData(buffer.AsSpan(0, read));
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                    bytes += read;
                }
                digest = Convert.ToHexStringLower(hash.GetHashAndReset());
                // On the disk before it has its name: after a power cut a name stands for the whole file.
                file.Flush(flushToDisk: true);
            }
            if (bytes == 0 || digest != asset.Sha256)
                throw new AssetRefusedException($"{bytes} bytes came with sha256 {digest}, not {asset.Sha256}");
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(asset))!);
            File.Move(temporary, PathOf(asset), overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Computes the digest again. A file that is no longer what it was, or that the disk does not give back, is removed.</summary>
    public async Task<bool> VerifyAsync(SiteAsset asset, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(PathOf(asset), FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.Asynchronous | FileOptions.SequentialScan);
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false)) == asset.Sha256)
                return true;
        }
        catch (IOException)
        {
            // A bad sector.
        }
        File.Delete(PathOf(asset));
        return false;
    }

    /// <summary>Removes what nothing asks for any more, and what was left half written by a service that died.</summary>
    public void RemoveOthers(IReadOnlySet<string> wanted)
    {
        if (!Directory.Exists(_root))
            return;
        foreach (var folder in new DirectoryInfo(_root).EnumerateDirectories().Where(folder => folder.Name.Length == 64 && !wanted.Contains(folder.Name)))
            folder.Delete(recursive: true);
    }

    public void RemoveHalfWritten()
    {
        if (Directory.Exists(Path.Combine(_root, Incoming)))
            Directory.Delete(Path.Combine(_root, Incoming), recursive: true);
    }

    private string PathOf(SiteAsset asset) => Path.Combine(_root, asset.Sha256, asset.Name.Split('/')[^1]);
}

/// <summary>What came is not what was asked for, or cannot be taken now.</summary>
/// <param name="code">Stable, for programs.</param>
internal sealed class AssetRefusedException(string message, string code = AssetRefusedException.OtherBytes) : Exception(message)
{
    public const string OtherBytes = "digest_mismatch", Arriving = "asset_arriving", NoRoom = "no_room";

    public string Code => code;
}
