using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using LpmOs.Bench.Report;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Bench.Client;

/// <summary>Our etcd client beside h2load, a load generator in C that sends one prepared request over and over and reads no answer: what the same etcd can take at most.</summary>
internal static partial class ClientBench
{
    private const int Puts = 8_000, ValueBytes = 200;
    private const string Key = "/os/bench/put";

    public static async Task RunAsync(BenchReport report, bool longForm)
    {
        var h2load = RequiredProgram.Find("h2load", "nghttp2-client");
        using var folder = new TemporaryFolder();
        var body = folder.File("put.bin");
        await File.WriteAllBytesAsync(body, PutRequest());
        await using var etcd = await EtcdProcess.StartAsync(new EtcdSettings { Flags = ["--quota-backend-bytes", "8589934592"] });
        await using var store = TemporaryStore.Etcd(etcd.Endpoint);
        foreach (var inFlight in new[] { 1, 64 })
        {
            await OursAsync(store.Store, inFlight, 500);
            var rounds = new List<(double, double)>();
            for (var round = 0; round < (longForm ? 7 : 3); round++)
                rounds.Add((await OursAsync(store.Store, inFlight, Puts), await TheirsAsync(h2load, etcd.Endpoint, body, inFlight)));
            report.Add(Row.Of($"puts of {ValueBytes} bytes into etcd, {inFlight} in flight", "puts a second", "h2load", "of the raw limit", rounds, (ours, theirs) => ours / theirs));
        }
    }

    private static async Task<double> OursAsync(IStateStore store, int inFlight, int puts)
    {
        var transaction = new StoreTransaction { Writes = [StoreWrite.Put(Key, new byte[ValueBytes])] };
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, puts, new ParallelOptions { MaxDegreeOfParallelism = inFlight }, async (_, token) => await store.CommitAsync(transaction, token));
        return puts / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> TheirsAsync(string h2load, Uri etcd, string body, int inFlight)
    {
        using var process = Process.Start(new ProcessStartInfo(h2load,
        [
            "-n", Puts.ToString(CultureInfo.InvariantCulture), "-c", "1", "-m", inFlight.ToString(CultureInfo.InvariantCulture), "-d", body, "-H", "content-type: application/grpc", "-H", "te: trailers",
            new Uri(etcd, "/etcdserverpb.KV/Txn").AbsoluteUri,
        ]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var rate = Rate().Match(output);
        if (!rate.Success || !Succeeded().IsMatch(output))
            throw new InvalidOperationException($"h2load did not get through:\n{output}");
        return double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>The same transaction as ours sends: a TxnRequest with one put (etcd's rpc.proto), with the 5 bytes that gRPC puts before a message.</summary>
    private static byte[] PutRequest()
    {
        var put = Message((1, Encoding.ASCII.GetBytes(Key)), (2, new byte[ValueBytes]));
        var transaction = Message((2, Message((2, put))));
        return [0, .. BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(transaction.Length)), .. transaction];
    }

    private static byte[] Message(params (int Field, byte[] Value)[] fields)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            foreach (var (field, value) in fields)
            {
                output.WriteTag(field, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(value));
            }
        }
        return bytes.ToArray();
    }

    [GeneratedRegex(@"finished in .*?, ([\d.]+) req/s")]
    private static partial Regex Rate();

    [GeneratedRegex(@"\b0 failed, 0 errored")]
    private static partial Regex Succeeded();
}
