using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using LpmOs.Boot.Files;
using LpmOs.Boot.Recording;
using LpmOs.Boot.Tests.Dhcp;
using LpmOs.Boot.Tests.Tftp;
using LpmOs.Boot.Tftp;
using LpmOs.Core;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Boot.Tests.Recording;

/// <summary>While a file is sent for minutes nothing else is heard of the machine; its timeline says that it goes on.</summary>
public sealed class LongTransferTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TFTP_tells_of_a_transfer_that_is_acknowledged_and_not_of_one_that_is_not()
    {
        var folder = Directory.CreateTempSubdirectory("lpmos-long-").FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "initramfs"), new byte[512 * 8], Cancellation);
        var (time, told) = (new ManualTime(), Channel.CreateUnbounded<TftpTransfer>());
        var server = new TftpServer([new IPEndPoint(IPAddress.Loopback, 0)], new FileResolver(folder, (_, _) => null), time, NullLogger<TftpServer>.Instance, transfer => told.Writer.TryWrite(transfer));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = server.RunAsync(stop.Token);
        using var client = new RawClient();
        await client.SendAsync(RawClient.Request("initramfs|octet|"), server.EndPoints[0]);
        for (var block = 1; block <= 9; block++)
        {
            while (RawClient.Block(await client.ReceiveAsync()) != block)
            {
                // A repetition.
            }
            if (block == 4)
                time.Advance(BootTrace.RunningBeat);
            await client.AckAsync(block);
        }
        var first = await told.Reader.ReadAsync(Cancellation);
        Assert.Equal((TftpOutcome.Running, 512 * 4L, 512 * 8L), (first.Outcome, first.Bytes, first.Length));
        Assert.Equal(TftpOutcome.Done, (await told.Reader.ReadAsync(Cancellation)).Outcome);
        await stop.CancelAsync();
        await running;
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task HTTP_tells_of_it_until_it_ends()
    {
        const string mac = "52:54:00:77:00:05";
        var machine = IPAddress.Parse("10.77.0.105");
        var (store, time) = (new MemoryStore(), new ManualTime());
        var state = new WatchedState(store, new WatchedPrefixes([]), time, NullLogger<WatchedState>.Instance);
        using var recorder = new BootRecorder(store, state, new Site("dc1"), time, NullLogger<BootRecorder>.Instance);
        var trace = new BootTrace(recorder, time);
        trace.Learn(mac, machine);
        trace.Entry(machine);
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<BootMetrics>().BuildServiceProvider();
        var sent = new TaskCompletionSource();
        var files = new FileTrace(_ => sent.Task, trace, services.GetRequiredService<BootMetrics>(), time);
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = machine }, Request = { Method = "GET", Path = "/files/boot/initramfs" } };
        var request = files.InvokeAsync(http);
        time.Advance(3 * BootTrace.RunningBeat);
        var boot = await BootAsync();
        var (last, asked) = (boot.Events[^1], boot.StartedAt);
        Assert.Equal(("file_running", "boot/initramfs", 3), (last.Event, last.File, last.Count));
        Assert.Equal(asked + 3 * BootTrace.RunningBeat, boot.UpdatedAt);
        sent.SetResult();
        await request;
        time.Advance(3 * BootTrace.RunningBeat);
        boot = await BootAsync();
        Assert.Equal("http_initrd", Assert.Single(boot.Events, one => one.Milliseconds is not null).Event);
        // As long as it took, and not a beat longer.
        Assert.Equal(asked + 3 * BootTrace.RunningBeat, boot.UpdatedAt);

        async Task<BootRecord> BootAsync()
        {
            await recorder.FlushAsync(Cancellation);
            return JsonSerializer.Deserialize((await store.GetAsync(Keys.Boot("dc1", mac), Cancellation))!.Value.Span, CoreJson.Default.BootRecord)!;
        }
    }
}
