using LpmOs.Testing;
using LpmOs.Agent.Install;
using LpmOs.Agent.Install.Image;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;

namespace LpmOs.Agent.Tests.Install.Image;

public sealed class ImageSourceTests
{
    private static readonly byte[] Content = Enumerable.Range(0, 3_000_000).Select(i => (byte)(i * 31 >> 5)).ToArray();

    [Fact]
    public async Task ABrokenTransferGoesOnWhereItStopped()
    {
        await using var server = await FakeImageServer.StartAsync();
        server.Content = Content;
        server.BreakAfter = 1_000_000;

        Assert.Equal(Content, await ReadAsync(server, tries: 50));
        Assert.Null(server.Ranges[0]);
        Assert.All(server.Ranges.Skip(1), range => Assert.StartsWith("bytes=", range, StringComparison.Ordinal));
        Assert.True(server.Ranges.Count >= 3);
    }

    [Fact]
    public async Task AServerWithoutRangesIsReadAgainAndTheKnownBytesDropped()
    {
        await using var server = await FakeImageServer.StartAsync();
        server.Content = Content;
        server.HonoursRanges = false;
        server.BreakAfter = 1_000_000;
        // Only the first answer is cut: how much of it arrives before the reset is up to the kernel, and a server without ranges never gets further.
        var reading = ReadAsync(server, afterBytes: 1, then: () => server.BreakAfter = 0);

        Assert.Equal(Content, await reading);
    }

    [Fact]
    public async Task AnImageThatWasReplacedMidwayIsRefused()
    {
        await using var server = await FakeImageServer.StartAsync();
        server.Content = Content;
        server.BreakAfter = 1_000_000;

        var failure = await Assert.ThrowsAsync<InstallException>(() => ReadAsync(server, afterBytes: 500_000, then: () => server.Tag = "\"two\"", tries: 50));

        Assert.Equal("image_digest_mismatch", failure.Code);
    }

    [Fact]
    public async Task AnImageOfAnotherLengthIsRefusedBeforeItsFirstByte()
    {
        await using var server = await FakeImageServer.StartAsync();
        server.Content = Content[..1000];
        var taken = 0;

        var failure = await Assert.ThrowsAsync<InstallException>(() => Source(server).ReadAsync("/image", Content.Length, (block, _) => { taken += block.Length; return ValueTask.CompletedTask; }, TestContext.Current.CancellationToken));

        Assert.Equal("image_digest_mismatch", failure.Code);
        Assert.Equal(0, taken);
    }

    [Fact]
    public async Task ServerErrorsAreTriedAgainAndRefusalsAreNot()
    {
        await using var server = await FakeImageServer.StartAsync();
        server.Content = Content;
        server.Refuse = (503, 3);
        Assert.Equal(Content, await ReadAsync(server));

        server.Refuse = (404, 1);
        var failure = await Assert.ThrowsAsync<InstallException>(() => ReadAsync(server));
        Assert.Equal("image_download_failed", failure.Code);
        Assert.Contains("404", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatStaysAwayIsGivenUpAfterItsTries()
    {
        await using var server = await FakeImageServer.StartAsync();
        server.Content = Content;
        server.Refuse = (500, int.MaxValue);

        var failure = await Assert.ThrowsAsync<InstallException>(() => ReadAsync(server));

        Assert.Equal("image_download_failed", failure.Code);
        Assert.Equal(5, server.Ranges.Count);
    }

    [Fact]
    public async Task AServerThatStandsStillIsLeftAndAskedForTheRest()
    {
        await using var server = await FakeImageServer.StartAsync();
        server.Content = Content;
        (server.Stalls, server.BreakAfter) = (2, 1_000_000);
        var all = new MemoryStream();

        await Source(server, TimeSpan.FromSeconds(4), 50).ReadAsync("/image", Content.Length, (block, _) => { all.Write(block.Span); server.BreakAfter = server.Stalls > 0 ? server.BreakAfter : 0; return ValueTask.CompletedTask; }, TestContext.Current.CancellationToken);

        Assert.Equal(Content, all.ToArray());
        Assert.Contains("bytes=1000000-", server.Ranges);
        Assert.Equal(0, server.Stalls);
    }

    [Fact]
    public async Task AServerThatDripsIsGivenUpWithWhatItSent()
    {
        await using var server = await FakeImageServer.StartAsync();
        server.Content = Content;
        server.Drips = true;

        var failure = await Assert.ThrowsAsync<InstallException>(() => Source(server, TimeSpan.FromSeconds(1), 2).ReadAsync("/image", Content.Length, (_, _) => ValueTask.CompletedTask, TestContext.Current.CancellationToken));

        Assert.Equal("image_download_failed", failure.Code);
        Assert.Contains("2 tries", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>A switch that restarts takes minutes: what counts is time, not tries.</summary>
    [Fact]
    public async Task AnOutageIsOutlastedForAQuarterOfAnHour()
    {
        var time = new ManualTime();
        var began = time.GetUtcNow();
        var refused = new AgentSettings { BootUrl = new Uri($"http://127.0.0.1:{LoopbackPorts.Next()}") };
        var source = new ImageSource(new HttpClient(), refused, new AgentLog(TextWriter.Null, false), time) { MostFruitlessTries = 3, LongestOutage = TimeSpan.FromMinutes(15) };
        var reading = source.ReadAsync("/image", 1, (_, _) => ValueTask.CompletedTask, TestContext.Current.CancellationToken);
        while (!reading.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(reading, Task.Delay(1, TestContext.Current.CancellationToken));
        }
        var failure = await Assert.ThrowsAsync<InstallException>(() => reading);
        Assert.Equal("image_download_failed", failure.Code);
        Assert.True(time.GetUtcNow() - began >= TimeSpan.FromMinutes(15), failure.Message);
    }

    [Fact]
    public async Task AWebPageInPlaceOfTheImageIsCalledOne()
    {
        await using var server = await FakeImageServer.StartAsync();
        (server.Content, server.ContentType) = ("<html>Welcome to the hotel</html>"u8.ToArray(), "text/html; charset=utf-8");

        var failure = await Assert.ThrowsAsync<InstallException>(() => ReadAsync(server));

        Assert.Equal("image_download_failed", failure.Code);
        Assert.Contains("a web page", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Ranges);
    }

    [Fact]
    public async Task TheTokenGoesToTheBootServiceOnly()
    {
        await using var ours = await FakeImageServer.StartAsync();
        await using var foreign = await FakeImageServer.StartAsync();
        ours.Content = foreign.Content = Content;

        await ReadAsync(ours);
        await Source(ours).ReadAsync(foreign.Url + "image", Content.Length, (_, _) => ValueTask.CompletedTask, TestContext.Current.CancellationToken);

        Assert.Equal("Bearer the-agents-token", Assert.Single(ours.Authorizations));
        Assert.True(string.IsNullOrEmpty(Assert.Single(foreign.Authorizations)));
    }

    private static async Task<byte[]> ReadAsync(FakeImageServer server, int afterBytes = int.MaxValue, Action? then = null, int tries = 5)
    {
        var all = new MemoryStream();
        await Source(server, tries: tries).ReadAsync("/image", Content.Length, (block, _) =>
        {
            all.Write(block.Span);
            if (all.Length >= afterBytes)
                then?.Invoke();
            return ValueTask.CompletedTask;
        }, TestContext.Current.CancellationToken);
        return all.ToArray();
    }

    private static ImageSource Source(FakeImageServer server, TimeSpan? silence = null, int tries = 5, TimeSpan? outage = null, TimeProvider? time = null) =>
        new(new HttpClient(), new AgentSettings { BootUrl = server.Url, Token = "the-agents-token" }, new AgentLog(TextWriter.Null, false), time ?? TimeProvider.System)
        {
            MostFruitlessTries = tries,
            LongestOutage = outage ?? TimeSpan.Zero,
            LongestSilence = silence ?? TimeSpan.FromSeconds(60),
            Pauses = new() { First = TimeSpan.FromMilliseconds(5), Longest = TimeSpan.FromMilliseconds(20) },
        };
}
