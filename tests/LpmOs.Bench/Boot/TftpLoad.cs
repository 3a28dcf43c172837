using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LpmOs.Bench.Boot;

/// <summary>
/// The load of the boot bench, the same for every server: clients that read one file over TFTP again and again, each from an address of its own as machines are
/// (127.1.0.0/16), and throw it away. Prints bytes a second, whole files and repetitions.
/// </summary>
internal static class TftpLoad
{
    private const int Acknowledgement = 4, Error = 5, OptionAcknowledgement = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private sealed class Count
    {
        public long Bytes, Files, Repeated;
    }

    /// <param name="arguments">ADDRESS PORT FILE CLIENTS BLKSIZE WINDOWSIZE SECONDS</param>
    public static int Run(string[] arguments)
    {
        if (arguments is not [var address, var port, var file, var clients, var blockSize, var windowSize, var seconds])
        {
            Console.Error.WriteLine("tftp-load ADDRESS PORT FILE CLIENTS BLKSIZE WINDOWSIZE SECONDS");
            return 2;
        }
        int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
        var server = new IPEndPoint(IPAddress.Parse(address), Number(port));
        var counts = Enumerable.Range(0, Number(clients)).Select(_ => new Count()).ToArray();
        var end = Stopwatch.GetTimestamp() + (long)(Number(seconds) * (double)Stopwatch.Frequency);
        var start = Stopwatch.GetTimestamp();
        var threads = counts.Select((count, n) => new Thread(() => Client(n, server, file, Number(blockSize), Number(windowSize), end, count), 256 * 1024)).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        var took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{counts.Sum(c => c.Bytes) / took:F0} {counts.Sum(c => c.Files)} {counts.Sum(c => c.Repeated)}"));
        return 0;
    }

    private static void Client(int number, IPEndPoint server, string file, int blockSize, int windowSize, long end, Count count)
    {
        var own = new IPAddress([127, 1, (byte)(number >> 8), (byte)(number + 1)]);
        while (Stopwatch.GetTimestamp() < end)
            Read(own, server, Request(file, blockSize, windowSize), end, count);
    }

    private static byte[] Request(string file, int blockSize, int windowSize) => Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"\0\u0001{file}\0octet\0") + (blockSize == 512 ? "" : $"blksize\0{blockSize}\0") + (windowSize == 1 ? "" : $"windowsize\0{windowSize}\0"));

    private static void Read(IPAddress own, IPEndPoint server, byte[] request, long end, Count count)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)Patience.TotalMilliseconds, ReceiveBufferSize = 1 << 20 };
        socket.Bind(new IPEndPoint(own, 0));
        var datagram = new byte[65_536];
        var reply = new byte[] { 0, Acknowledgement, 0, 0 };
        // RFC 2347 and 7440: what the server does not confirm holds not.
        int blockSize = 512, windowSize = 1, inWindow = 0;
        ushort last = 0;
        EndPoint peer = new IPEndPoint(IPAddress.Any, 0);
        var connected = false;
        while (true)
        {
            if (!connected)
                socket.SendTo(request, server);
            int length;
            try
            {
                length = connected ? socket.Receive(datagram) : socket.ReceiveFrom(datagram, ref peer);
            }
            catch (SocketException)
            {
                if (Stopwatch.GetTimestamp() >= end)
                    return;
                count.Repeated++;
                if (connected)
                    socket.Send(reply);
                continue;
            }
            if (!connected)
            {
                socket.Connect(peer);
                connected = true;
                if (datagram[1] == OptionAcknowledgement)
                    (blockSize, windowSize) = Agreed(Encoding.ASCII.GetString(datagram, 2, length - 2).Split('\0'));
            }
            if (datagram[1] == Error)
                return;
            var block = datagram[1] == OptionAcknowledgement ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(2));
            var isData = datagram[1] != OptionAcknowledgement;
            if (isData && block != (ushort)(last + 1))
            {
                inWindow = 0;
                socket.Send(reply);
                continue;
            }
            last = block;
            var whole = isData && length - 4 < blockSize;
            count.Bytes += isData ? length - 4 : 0;
            BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(2), block);
            if (!isData || whole || ++inWindow >= windowSize)
            {
                inWindow = 0;
                socket.Send(reply);
            }
            if (whole)
            {
                count.Files++;
                return;
            }
            if (inWindow == 0 && Stopwatch.GetTimestamp() >= end)
            {
                socket.Send([0, Error, 0, 0, 0]);
                return;
            }
        }
    }

    private static (int BlockSize, int WindowSize) Agreed(string[] options)
    {
        string? Of(string name) => Array.FindIndex(options, option => option.Equals(name, StringComparison.OrdinalIgnoreCase)) is var at and >= 0 ? options[at + 1] : null;
        return (int.Parse(Of("blksize") ?? "512", CultureInfo.InvariantCulture), int.Parse(Of("windowsize") ?? "1", CultureInfo.InvariantCulture));
    }
}
