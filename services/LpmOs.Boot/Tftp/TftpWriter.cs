using System.Buffers.Binary;
using System.Text;

namespace LpmOs.Boot.Tftp;

/// <summary>Writes the datagrams that a server sends.</summary>
internal static class TftpWriter
{
    public static byte[] Error(TftpErrorCode code, string message)
    {
        var datagram = new byte[4 + Encoding.ASCII.GetByteCount(message) + 1];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)TftpOperation.Error);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)code);
        Encoding.ASCII.GetBytes(message, datagram.AsSpan(4));
        return datagram;
    }

    public static byte[] OptionAcknowledgement(IReadOnlyList<(string Name, string Value)> options)
    {
        var datagram = new List<byte> { 0, (byte)TftpOperation.OptionAcknowledgement };
        foreach (var (name, value) in options)
            datagram.AddRange([.. Encoding.ASCII.GetBytes(name), 0, .. Encoding.ASCII.GetBytes(value), 0]);
        return [.. datagram];
    }

    public static void DataHeader(Span<byte> datagram, ushort block)
    {
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)TftpOperation.Data);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], block);
    }
}
