using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Boot.Assets;

/// <summary>Brings here what the site asks for, and tells the store what is here. Any number of boot services do the same side by side.</summary>
internal sealed class AssetKeeper(AssetFiles files, IStateStore store, WatchedState state, Site site, BootOptions options, TimeProvider time, ILogger<AssetKeeper> logger) : BackgroundService
{
    /// <summary>Fetched side by side: a slow mirror of one vendor does not keep the others' files waiting.</summary>
    private const int MostFetching = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan NoAnswer = TimeSpan.FromSeconds(30);

    /// <summary>Of a request until the head of its answer is there, redirects included.</summary>
    internal TimeSpan LongestHead { get; set; } = TimeSpan.FromMinutes(2);

    private readonly string _instance = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{options.HttpPort}");
    private readonly ConcurrentDictionary<string, AssetCopy> _told = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _notBefore = new(StringComparer.Ordinal);
    /// <summary>By digest: the same under two names comes one after the other.</summary>
    private readonly Dictionary<string, Task> _fetching = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _verified = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Ready.WaitAsync(stoppingToken);
        files.RemoveHalfWritten();
        using var http = new HttpClient(new SocketsHttpHandler
        {
            // Vendors send from one mirror to another: each connection of a redirect is looked at as well.
            ConnectTimeout = NoAnswer, UseCookies = false, MaxAutomaticRedirections = 10,
            ConnectCallback = (context, token) => OutboundAddress.ConnectAsync(context.DnsEndPoint, options.AssetsFromLoopback, token),
        }) { Timeout = Timeout.InfiniteTimeSpan };
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                try
                {
                    await KeepAsync(http, stoppingToken);
                }
                catch (Exception e) when (e is StoreUnavailableException or IOException or UnauthorizedAccessException)
                {
                    logger.AssetsDelayed(e.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            // They end with the service, before what they use does.
            await Task.WhenAll(_fetching.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task KeepAsync(HttpClient http, CancellationToken cancellationToken)
    {
        foreach (var (digest, ended) in _fetching.Where(fetching => fetching.Value.IsCompleted).ToList())
        {
            _fetching.Remove(digest);
            await ended;
        }
        var snapshot = state.Current;
        foreach (var asset in snapshot.AssetsOf(site.Idc).Values.Where(asset => CatalogAsset.IsName(asset.Name) && IsDigest(asset.Sha256)))
        {
            try
            {
                await KeepAsync(asset, http, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The disk's trouble with one file keeps no other from coming.
                await TellAsync(asset, AssetCopy.Failed, e.Message, cancellationToken);
            }
        }
        foreach (var name in _told.Keys.Where(name => !snapshot.AssetsOf(site.Idc).ContainsKey(name)).ToList())
        {
            await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Delete(Keys.AssetCopy(site.Idc, name, _instance))] }, cancellationToken);
            _told.TryRemove(name, out _);
        }
        // What a machine at work may still fetch stays, whatever is asked for now.
        // By what is asked for now: a round that verified a large file may have lasted minutes.
        snapshot = state.Current;
        var inUse = snapshot.Machines.Values.Where(machine => machine.Key.Idc == site.Idc && machine.Task is { } task && !TaskLifecycle.IsOver(task.Status)).SelectMany(machine => machine.Task!.Plan?.Installer?.Assets ?? []);
        files.RemoveOthers(snapshot.AssetsOf(site.Idc).Values.Select(asset => asset.Sha256).Concat(inUse.Select(asset => asset.Sha256)).ToHashSet(StringComparer.Ordinal));
    }

    private async Task KeepAsync(SiteAsset asset, HttpClient http, CancellationToken cancellationToken)
    {
        if (files.Held(asset) > 0 && asset.VerifyAfter is { } after && _verified.GetValueOrDefault(asset.Sha256) < after)
        {
            _verified[asset.Sha256] = time.GetUtcNow();
            if (!await files.VerifyAsync(asset, cancellationToken))
                logger.AssetBroken(site.Idc, asset.Name, asset.Sha256);
        }
        if (files.Held(asset) > 0)
        {
            await TellAsync(asset, AssetCopy.Held, null, cancellationToken);
            await PublishAsync(asset, files.Held(asset), cancellationToken);
        }
        else if (asset.Source is { } source)
        {
            if (_fetching.Count < MostFetching && !_fetching.ContainsKey(asset.Sha256) && !(_notBefore.TryGetValue(asset.Name + asset.Sha256 + source, out var earliest) && time.GetUtcNow() < earliest))
                _fetching[asset.Sha256] = FetchAsync(http, asset, source, cancellationToken);
        }
        else
        {
            await TellAsync(asset, AssetCopy.Missing, "It has no source: bring it with lpmosctl assets import.", cancellationToken);
            await WithdrawAsync(asset, cancellationToken);
        }
    }

    private async Task FetchAsync(HttpClient http, SiteAsset asset, string source, CancellationToken cancellationToken)
    {
        await TellAsync(asset, AssetCopy.Fetching, source, cancellationToken);
        try
        {
            if (!OutboundAddress.IsUrl(source, options.AssetsFromLoopback))
                throw new AssetRefusedException($"its source must be {OutboundAddress.Allowed}; Boot:Assets:AllowLoopback=true allows a mirror on this host");
            using var answer = await AskAsync(http, source, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw new AssetRefusedException($"the source answered {(int)answer.StatusCode}");
            await using var content = await answer.Content.ReadAsStreamAsync(cancellationToken);
            await files.ReceiveAsync(asset, new StallingStream(content, NoAnswer), sent: false, cancellationToken);
            logger.AssetFetched(site.Idc, asset.Name, files.Held(asset));
            await TellAsync(asset, AssetCopy.Held, null, cancellationToken);
            await PublishAsync(asset, files.Held(asset), cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AssetRefusedException or TimeoutException or UriFormatException or InvalidOperationException or NotSupportedException)
        {
            _notBefore[asset.Name + asset.Sha256 + source] = time.GetUtcNow() + AfterFailure;
            logger.AssetNotFetched(site.Idc, asset.Name, e.Message);
            await TellAsync(asset, AssetCopy.Failed, $"{e.Message}. It is tried again in a minute.", cancellationToken);
            await WithdrawAsync(asset, cancellationToken);
        }
    }

    /// <exception cref="TimeoutException">No connection, or no head of an answer, in time: the handler says of both that they were cancelled.</exception>
    private async Task<HttpResponseMessage> AskAsync(HttpClient http, string source, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestHead);
        try
        {
            return await http.GetAsync(source, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("the source did not answer in time");
        }
    }

    /// <summary>Says that the site holds it: from now on plans may count on it.</summary>
    private async Task PublishAsync(SiteAsset asset, long bytes, CancellationToken cancellationToken)
    {
        if (asset.SizeBytes != bytes)
            await ChangeAsync(asset, present => present with { SizeBytes = bytes }, cancellationToken);
    }

    /// <summary>Says that the site no longer holds it, where no other boot service does either.</summary>
    private async Task WithdrawAsync(SiteAsset asset, CancellationToken cancellationToken)
    {
        if (!asset.Held)
            return;
        var copies = await store.ListAsync(Keys.AssetCopies(site.Idc, asset.Name), null, 100, 0, cancellationToken);
        if (!copies.Entries.Select(Read).Any(copy => copy is { State: AssetCopy.Held } && copy.Sha256 == asset.Sha256))
            await ChangeAsync(asset, present => present with { SizeBytes = 0 }, cancellationToken);
    }

    private async Task ChangeAsync(SiteAsset asset, Func<SiteAsset, SiteAsset> change, CancellationToken cancellationToken)
    {
        var key = Keys.Asset(site.Idc, asset.Name);
        // Somebody else's change in between is looked at in the next round.
        if (await store.GetAsync(key, cancellationToken) is not { } entry || JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.SiteAsset) is not { } present || present.Sha256 != asset.Sha256)
            return;
        var result = await store.CommitAsync(StoreTransaction.PutIf(key, entry.ModRevision, JsonSerializer.SerializeToUtf8Bytes(change(present), CoreJson.Default.SiteAsset)), cancellationToken);
        await state.CatchUpAsync(key, result.Revision, cancellationToken);
    }

    private async Task TellAsync(SiteAsset asset, string what, string? message, CancellationToken cancellationToken)
    {
        if (_told.TryGetValue(asset.Name, out var told) && told.State == what && told.Sha256 == asset.Sha256 && told.Message == message)
            return;
        var copy = new AssetCopy { Instance = _instance, State = what, Sha256 = asset.Sha256, Message = message, Address = options.PublicUrl, At = time.GetUtcNow() };
        await store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Put(Keys.AssetCopy(site.Idc, asset.Name, _instance), JsonSerializer.SerializeToUtf8Bytes(copy, CoreJson.Default.AssetCopy))] }, cancellationToken);
        _told[asset.Name] = copy;
    }

    private static AssetCopy? Read(StoreEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.AssetCopy);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>It becomes a folder's name.</summary>
    public static bool IsDigest(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
