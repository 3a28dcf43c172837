using System.Text.Json;
using LpmOs.Boot.Tests.Http;
using LpmOs.Core;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Store;

namespace LpmOs.Boot.Tests.Recording;

/// <summary>The real service over HTTP, judged by what the store holds.</summary>
public sealed class HttpTraceTests(HttpFixture boot) : IClassFixture<HttpFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The machine's boot once it holds such an event.</summary>
    private async Task<BootRecord> BootAsync(string mac, Func<BootEvent, bool> has)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        await foreach (var batch in boot.Store.WatchAsync(Keys.Boot("dc1", mac), 1, limit.Token))
        {
            foreach (var change in batch.Events)
            {
                if (change.Value is { } value && JsonSerializer.Deserialize(value.Span, CoreJson.Default.BootRecord) is { } record && record.Events.Any(has))
                    return record;
            }
        }
        throw new InvalidOperationException("The watch ended.");
    }

    [Fact]
    public async Task Scripts_and_files_are_on_the_timeline_of_the_machine_that_fetched_them()
    {
        const string mac = "52:54:00:aa:00:01";
        await boot.Client.GetStringAsync("/boot.ipxe", Cancellation);
        await boot.Client.GetStringAsync("/ipxe?mac=52-54-00-aa-00-01&serial=TRACE-1&platform=efi", Cancellation);
        await boot.Client.GetAsync("/files/boot/vmlinuz", Cancellation);
        await boot.Client.GetByteArrayAsync("/files/boot/initramfs", Cancellation);
        var record = await BootAsync(mac, happened => happened.Event == BootEventNames.HttpInitrd);
        Assert.Equal("TRACE-1", record.Sn);
        Assert.Equal(["entry_script", "machine_script", "http_kernel", "http_initrd"], record.Events.Select(e => e.Event));
        Assert.Equal(("agent", "no task asks for this machine"), (record.Events[1].Script, record.Events[1].Reason));
        Assert.Equal((false, "no such file"), (record.Events[2].Success, record.Events[2].Reason));
        Assert.Equal(1_000_003, record.Events[3].Bytes);

        // Asked again at the entry: the machine was started again.
        await boot.Client.GetStringAsync("/boot.ipxe", Cancellation);
        await boot.Client.GetStringAsync("/ipxe?mac=52-54-00-aa-00-01&serial=TRACE-1&platform=efi", Cancellation);
        var again = await BootAsync(mac, happened => happened.Event == BootEventNames.MachineScript && happened.At > record.UpdatedAt);
        Assert.Equal([record.BootId], again.Former);
    }
}
