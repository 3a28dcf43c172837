using System.Text.Json;
using LpmOs.Boot.Files;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Boot.Images;

/// <summary>
/// Tells the site which images this boot service holds. Polled, for not every file system that people keep images on reports changes.
/// </summary>
internal sealed class ImagePublisher(FileResolver files, IStateStore store, WatchedState state, Site site, TimeProvider time, ILogger<ImagePublisher> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, SiteImage> _published = new(StringComparer.Ordinal);
    private string? _stamp;
    private IReadOnlyList<SiteImage> _held = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Ready.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await PublishAsync(stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                logger.ImagesNotPublished(e.Message);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.ImagesUnreadable(Path.Combine(files.Root, ImageManifests.Folder), e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Publishes what is new, changed or missing in the store, and withdraws what we published and no longer hold.</summary>
    internal async Task PublishAsync(CancellationToken cancellationToken)
    {
        var stamp = ImageManifests.Stamp(files.Root);
        if (stamp != _stamp)
        {
            var readings = ImageManifests.Read(files.Root);
            foreach (var bad in readings.Where(r => r.Problem is not null))
                logger.ManifestRefused(bad.File, bad.Problem!);
            (_held, _stamp) = ([.. readings.Select(r => r.Image).OfType<SiteImage>().DistinctBy(i => i.Id)], stamp);
        }
        foreach (var image in _held)
        {
            var known = state.Current.Images.GetValueOrDefault((site.Idc, image.Id));
            if (known is null || !_published.TryGetValue(image.Id, out var last) || last != image)
            {
                await WriteAsync(image.Id, image, cancellationToken);
                _published[image.Id] = image;
            }
        }
        foreach (var (id, image) in _published.Where(p => _held.All(h => h.Id != p.Key)).ToList())
        {
            // Another boot service may hold a newer one under this id: that stays.
            if (state.Current.Images.GetValueOrDefault((site.Idc, id)) is { } known && Serialized(known).AsSpan().SequenceEqual(Serialized(image)))
                await WriteAsync(id, null, cancellationToken);
            _published.Remove(id);
        }
    }

    private static byte[] Serialized(SiteImage image) => JsonSerializer.SerializeToUtf8Bytes(image, CoreJson.Default.SiteImage);

    private async Task WriteAsync(string id, SiteImage? image, CancellationToken cancellationToken)
    {
        var key = Keys.Image(site.Idc, id);
        var value = image is null ? null : Serialized(image);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var entry = await store.GetAsync(key, cancellationToken);
            if (value is null ? entry is null : entry is not null && entry.Value.Span.SequenceEqual(value))
                return;
            var write = value is null ? StoreWrite.Delete(key) : StoreWrite.Put(key, value);
            var result = await store.CommitAsync(new StoreTransaction { Compares = [new StoreCompare(key, entry?.ModRevision ?? 0)], Writes = [write] }, cancellationToken);
            if (!result.Applied)
                continue;
            if (image is null)
                logger.ImageWithdrawn(site.Idc, id);
            else
                logger.ImagePublished(site.Idc, id, image.SizeBytes);
            return;
        }
    }
}
