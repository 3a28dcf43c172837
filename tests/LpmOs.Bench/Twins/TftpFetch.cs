using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LpmOs.Bench.Twins;

/// <summary>A file by TFTP as a PXE ROM fetches it (RFC 1350, 2347, 2348): 1,432 bytes a block, one at a time, with the patience of EDK2's UefiPxeBcDxe (4 s, six repetitions).</summary>
internal static class TftpFetch
{
    private const int BlockSize = 1432, Attempts = 7;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(4);

    /// <returns>Bytes of the file.</returns>
    public static async Task<long> RunAsync(TwinNetwork network, IPAddress own, IPAddress server, string file, double loss, FleetCounts counts, CancellationToken cancellationToken)
    {
        using var socket = await network.UdpAsync(own);
        var (packet, to) = (ReadRequest(file), new IPEndPoint(server, 69));
        var (expected, length, block, attempts) = ((ushort)0, 0L, BlockSize, 0);
        var buffer = new byte[BlockSize + 4];
        while (true)
        {
            if (Random.Shared.NextDouble() * 100 >= loss)
                await socket.SendToAsync(packet, SocketFlags.None, to, cancellationToken);
            var answer = await ReceiveAsync();
            if (answer is null)
            {
                if (++attempts == Attempts)
                    throw new TwinException($"TFTP of {file} stood still after {length} bytes.");
                counts.Repeat("tftp packet");
                continue;
            }
            var (code, number, count) = answer.Value;
            switch (code)
            {
                case 6 when expected == 0 && length == 0: // OACK
                    (packet, expected, attempts) = (Acknowledgement(0), 1, 0);
                    break;
                case 3 when number == Math.Max(expected, (ushort)1):
                    length += count;
                    (packet, attempts) = (Acknowledgement(number), 0);
                    expected = (ushort)(number + 1);
                    if (count < block)
                    {
                        await socket.SendToAsync(packet, SocketFlags.None, to, cancellationToken);
                        return length;
                    }
                    break;
                case 5:
                    throw new TwinException($"TFTP refused {file}: {Encoding.ASCII.GetString(buffer, 4, count)}");
                default:
                    break; // A repetition: acknowledged again.
            }
        }

        async Task<(ushort Code, ushort Number, int Count)?> ReceiveAsync()
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Wait);
            try
            {
                while (true)
                {
                    var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), limit.Token);
                    if (received.ReceivedBytes < 4 || Random.Shared.NextDouble() * 100 < loss)
                        continue;
                    to = (IPEndPoint)received.RemoteEndPoint;
                    return (BinaryPrimitives.ReadUInt16BigEndian(buffer), BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(2)), received.ReceivedBytes - 4);
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    private static byte[] ReadRequest(string file) => [0, 1, .. Encoding.ASCII.GetBytes(string.Join('\0', file, "octet", "tsize", "0", "blksize", $"{BlockSize}")), 0];

    private static byte[] Acknowledgement(ushort block) => [0, 4, (byte)(block >> 8), (byte)block];
}
