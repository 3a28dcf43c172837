using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;

namespace LpmOs.Core.Snapshot;

/// <summary>
/// What one machine reported of itself, as the watched copy keeps it: read, or packed where a service seldom looks into it. Read it takes some 5 KB for a server with four
/// disks, and ten times that for a large one; packed a fifth of that, and some ten microseconds when somebody asks.
/// </summary>
public sealed class StoredInventory
{
    private const int Quality = 1, Window = 16; // Brotli (RFC 7932): the fastest, and as far back as a report reaches.

    private readonly Inventory? _read;
    private readonly byte[]? _packed;
    private readonly int _length;
    private readonly string[]? _macs;

    public StoredInventory(Inventory inventory) => _read = inventory;

    /// <param name="inventory">What <paramref name="json"/> says.</param>
    /// <param name="json">As it stands in the store.</param>
    public StoredInventory(Inventory inventory, ReadOnlySpan<byte> json)
    {
        var space = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(json.Length));
        try
        {
            if (!BrotliEncoder.TryCompress(json, space, out var written, Quality, Window))
            {
                _read = inventory;
                return;
            }
            (_packed, _length, _macs) = (space.AsSpan(0, written).ToArray(), json.Length, [.. MacsOf(inventory).Distinct()]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(space);
        }
    }

    /// <summary>Of the boot interface, then of all interfaces.</summary>
    public IEnumerable<string> Macs => _macs ?? MacsOf(_read!);

    public Inventory Read()
    {
        if (_packed is null)
            return _read!;
        var space = ArrayPool<byte>.Shared.Rent(_length);
        try
        {
            return BrotliDecoder.TryDecompress(_packed, space, out var written) && written == _length
                ? JsonSerializer.Deserialize(space.AsSpan(0, written), ContractsJson.Default.Inventory)!
                : throw new InvalidDataException("What was packed here can be unpacked.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(space);
        }
    }

    private static IEnumerable<string> MacsOf(Inventory inventory) => inventory.Nics.Select(nic => nic.Mac).Prepend(inventory.MacAddress);
}
