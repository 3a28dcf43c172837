using System.Buffers.Binary;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Disks.Wiping;

/// <summary>An NVMe admin command, as <see cref="BlockDevice.Admin"/> gives it to a controller.</summary>
internal delegate int NvmeAdmin(NvmeCommand command, Span<byte> data);

/// <summary>What an NVMe controller can erase, and its doing so (NVM Express Base Specification 2.0, 5.14, 5.17, 5.24).</summary>
internal static class NvmeErasure
{
    private const uint LongestFormat = 4 * 60 * 60 * 1000;
    private const uint AllNamespaces = 0xFFFFFFFF;
    private const int IdentifyBytes = 4096;

    /// <summary>Of <see cref="WipeMethods"/>.</summary>
    /// <exception cref="IOException">The controller did not answer.</exception>
    public static IEnumerable<string> Methods(NvmeAdmin admin)
    {
        var data = new byte[IdentifyBytes];
        // CNS 01h: the controller.
        if (admin(new() { Opcode = 0x06, Dword10 = 1 }, data) != 0)
            yield break;
        // CNS 02h: the active namespaces, a list that ends with 0. A sanitize erases all of them, and a plan names one.
        var spaces = new byte[IdentifyBytes];
        var alone = admin(new() { Opcode = 0x06, Dword10 = 2 }, spaces) == 0 && BinaryPrimitives.ReadUInt32LittleEndian(spaces.AsSpan(4)) == 0;
        var sanitize = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(328));
        if (alone && (sanitize & 1) != 0)
            yield return WipeMethods.NvmeSanitizeCrypto;
        if (alone && (sanitize & 2) != 0)
            yield return WipeMethods.NvmeSanitizeBlock;
        // OACS bit 1: Format NVM; FNA bits 0 and 1: a format or secure erase reaches all namespaces; bit 2: cryptographic erase by it.
        if ((BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(256)) & 2) == 0 || (!alone && (data[524] & 3) != 0))
            yield break;
        if ((data[524] & 4) != 0)
            yield return WipeMethods.NvmeFormatCrypto;
        yield return WipeMethods.NvmeFormat;
    }

    /// <exception cref="IOException">The controller refused or failed.</exception>
    public static void Format(BlockDevice device, uint namespaceId, bool crypto)
    {
        var data = new byte[IdentifyBytes];
        // CNS 00h: the namespace. Its present format, FLBAS, is kept.
        Require(device, device.Admin(new() { Opcode = 0x06, Namespace = namespaceId }, data), "Identify");
        var (low, extended, high) = ((uint)data[26] & 0x0F, ((uint)data[26] >> 4) & 1, ((uint)data[26] >> 5) & 3);
        var command = new NvmeCommand { Opcode = 0x80, Namespace = namespaceId, Dword10 = low | extended << 4 | (crypto ? 2u : 1u) << 9 | high << 12, TimeoutMilliseconds = LongestFormat };
        Require(device, device.Admin(command, []), "Format NVM");
    }

    /// <summary>Starts it; it goes on by itself, through a loss of power too.</summary>
    /// <exception cref="IOException">The controller refused.</exception>
    public static void Sanitize(BlockDevice device, bool crypto) => Require(device, device.Admin(new() { Opcode = 0x84, Dword10 = crypto ? 4u : 2u }, []), "Sanitize");

    /// <summary>How far it is, from 0 to 1; null when it has ended well.</summary>
    /// <exception cref="IOException">It failed.</exception>
    public static double? SanitizeProgress(BlockDevice device)
    {
        var log = new byte[20];
        Require(device, device.Admin(new() { Opcode = 0x02, Namespace = AllNamespaces, Dword10 = 0x81 | (uint)(log.Length / 4 - 1) << 16 }, log), "Get Log Page (sanitize status)");
        return (BinaryPrimitives.ReadUInt16LittleEndian(log.AsSpan(2)) & 7) switch
        {
            1 or 4 => null,
            2 => BinaryPrimitives.ReadUInt16LittleEndian(log) / 65536.0,
            var state => throw new IOException($"{device.Path}: its sanitize operation failed (state {state})"),
        };
    }

    private static void Require(BlockDevice device, int status, string command)
    {
        if (status != 0)
            throw new IOException($"{device.Path} refused {command} with status {status:x}h");
    }
}
