using System.Net;
using System.Net.Http.Headers;
using LpmOs.Agent.Reporting;
using LpmOs.Agent.Settings;

namespace LpmOs.Agent.Install.Image;

/// <summary>The image's bytes over HTTP, once and in order: a broken transfer goes on where it stopped (RFC 9110 section 14, Range with If-Range).</summary>
internal sealed class ImageSource(HttpClient http, AgentSettings settings, AgentLog log, TimeProvider time)
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Tries in a row that bring hardly a byte, and for how long: a switch may restart, and a boot service be moved.</summary>
    public int MostFruitlessTries { get; init; } = 20;
    public TimeSpan LongestOutage { get; init; } = TimeSpan.FromMinutes(15);
    /// <summary>No byte for so long: the connection is taken for dead.</summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>What must come within <see cref="LongestSilence"/> of waiting: a server that drips is as dead as a silent one.</summary>
    public int LeastBytes { get; init; } = 64 * 1024;
    public Backoff Pauses { get; init; } = new();

    /// <summary>As fast as it goes.</summary>
    public Task ReadAsync(string url, long sizeBytes, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, CancellationToken cancellationToken) => ReadAsync(url, sizeBytes, null, take, cancellationToken);

    /// <summary>Hands every block to <paramref name="take"/>, in order, until the image is whole.</summary>
    /// <exception cref="InstallException">The server refuses, has another image, or stays away.</exception>
    public async Task ReadAsync(string url, long sizeBytes, int? megabitsPerSecond, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        var address = Resolve(url);
        var transfer = new Transfer(address, sizeBytes);
        var pace = new Pace(megabitsPerSecond, time);
        var fruitful = time.GetTimestamp();
        for (var failures = 0; transfer.Done < sizeBytes;)
        {
            var before = transfer.Done;
            var trouble = await TryAsync(transfer, pace, take, cancellationToken).ConfigureAwait(false);
            if (trouble is null)
                continue;
            (failures, fruitful) = transfer.Done - before >= LeastBytes ? (1, time.GetTimestamp()) : (failures + 1, fruitful);
            if (failures >= MostFruitlessTries && time.GetElapsedTime(fruitful) >= LongestOutage)
                throw new InstallException(FailureCodes.ImageDownload, $"The image {address} could not be fetched beyond byte {transfer.Done} of {sizeBytes}: {trouble} ({failures} tries in {time.GetElapsedTime(fruitful).TotalMinutes:0} minutes).", "Is the boot service running and reachable from the machine? Then retry the task.");
            log.Line($"  Transfer broke off at byte {transfer.Done} of {sizeBytes}: {trouble}. Going on from there.");
            await Task.Delay(Pauses.After(failures), time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Paths are below the boot service.</summary>
    public Uri Resolve(string url) =>
        !url.StartsWith('/') && Uri.TryCreate(url, UriKind.Absolute, out var absolute) && absolute.Scheme is "http" or "https"
            ? new Uri(url)
            : new Uri(settings.BootBase, url.TrimStart('/'));

    private async Task<string?> TryAsync(Transfer transfer, Pace pace, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, transfer.Address);
            // The token is for our own services, not for any server that an image may come from.
            if (settings.Token is not null && transfer.Address.Authority == settings.BootBase.Authority)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token);
            if (transfer.Done > 0)
            {
                request.Headers.Range = new RangeHeaderValue(transfer.Done, null);
                if (transfer.Tag is { IsWeak: false })
                    request.Headers.IfRange = new RangeConditionHeaderValue(transfer.Tag);
            }
            silence.CancelAfter(LongestSilence);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
            if ((int)response.StatusCode >= 500 || response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout)
                return $"the server answered {(int)response.StatusCode}";
            if (!response.IsSuccessStatusCode)
                throw new InstallException(FailureCodes.ImageDownload, $"The server refused the image {transfer.Address}: {(int)response.StatusCode} {response.StatusCode}.", "Is the image registered at this site (make sample-image)? Then retry the task.");
            if (response.Content.Headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml")
                throw new InstallException(FailureCodes.ImageDownload, $"{transfer.Address} answers with a web page, not with an image.", "A proxy, a login page or a directory listing stands in the way: fetch the address with curl -I from this network and look at the answer.");
            var skip = transfer.Accept(response);
            await using var body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            var buffer = new byte[BufferBytes];
            var (waited, came) = (TimeSpan.Zero, 0);
            while (true)
            {
                var began = time.GetTimestamp();
                silence.CancelAfter(LongestSilence);
                var read = await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
                (waited, came) = (waited + time.GetElapsedTime(began), came + read);
                if (came >= LeastBytes)
                    (waited, came) = (TimeSpan.Zero, 0);
                else if (waited > LongestSilence && transfer.Size - transfer.Done > LeastBytes)
                    return $"only {came} bytes came in {waited.TotalSeconds:0} s";
                if (read == 0)
                    return transfer.Done < transfer.Size ? "the connection was closed early" : null;
                // A pause of the disk is not silence of the server.
                silence.CancelAfter(Timeout.InfiniteTimeSpan);
                var dropped = (int)Math.Min(skip, read);
                skip -= dropped;
                var block = buffer.AsMemory(dropped, read - dropped);
                if (transfer.Done + block.Length > transfer.Size)
                    throw transfer.Other($"it is longer than {transfer.Size} bytes");
                if (!block.IsEmpty)
                    await take(block, cancellationToken).ConfigureAwait(false);
                transfer.Done += block.Length;
                await pace.PassAsync(read, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException)
        {
            return Printable.Clean((e.InnerException ?? e).Message);
        }
        catch (IOException e) when (e is not UnpackException)
        {
            return Printable.Clean(e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"nothing came for {LongestSilence.TotalSeconds:0} s";
        }
    }

    /// <summary>How far one image has come.</summary>
    private sealed class Transfer(Uri address, long size)
    {
        public Uri Address { get; } = address;
        public long Size { get; } = size;
        public long Done { get; set; }
        public EntityTagHeaderValue? Tag { get; private set; }

        /// <summary>Checks that the answer goes on with the same image; returns the bytes of it that were already taken.</summary>
        public long Accept(HttpResponseMessage response)
        {
            var total = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.Length : response.Content.Headers.ContentLength;
            if (total is { } length && length != Size)
                throw Other($"it has {length} bytes, the plan says {Size}");
            if (Done > 0 && Tag is not null && response.Headers.ETag is not null && !Tag.Equals(response.Headers.ETag))
                throw Other("it was replaced while it was being fetched");
            Tag ??= response.Headers.ETag;
            if (response.StatusCode != HttpStatusCode.PartialContent)
                return Done;
            return response.Content.Headers.ContentRange?.From is { } from && from <= Done ? Done - from : throw Other("its ranges are wrong");
        }

        public InstallException Other(string why) =>
            new(FailureCodes.ImageDigestMismatch, $"The image {Address} is not the one that was approved: {why}.", "Register the image anew at this site and approve a new plan, or restore the approved file.");
    }
}
