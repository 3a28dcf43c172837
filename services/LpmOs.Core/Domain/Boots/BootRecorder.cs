using System.Text.Json;
using System.Threading.Channels;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Domain.Boots;

/// <summary>
/// Writes what a service sees of machines' boots into the store. Noting an event costs nothing and waits for nobody; events of one machine are gathered for
/// a moment and written together, so that a phase of a boot is one or two writes. What waits is bounded; while the store is away the newest are kept.
/// </summary>
public sealed class BootRecorder(IStateStore store, WatchedState state, Site site, TimeProvider time, ILogger<BootRecorder> logger) : BackgroundService
{
    /// <summary>Machines with unwritten events, events of each, and of all.</summary>
    private const int MostMachines = 8192, MostWaiting = BootTimeline.MostEvents, MostEvents = 65_536;
    /// <summary>Boots of which what was written last is known here.</summary>
    private const int MostKnown = 2048;
    private const int Writers = 8;
    private const int MostRounds = 8;
    /// <summary>So long the events of one machine are gathered.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(1.5);
    /// <summary>
    /// At most 500 writes a second, 100 of them at once: the store and this machine's processors are for booting first. Ten thousand machines that are switched on
    /// together are on record within a minute.
    /// </summary>
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(2), Burst = 100 * Spacing;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);
    private readonly RecentMap<string, Written> _written = new(MostKnown);
    private readonly Channel<(string Mac, DateTimeOffset Due)> _due = Channel.CreateUnbounded<(string, DateTimeOffset)>(); // One entry a machine that waits: bounded by those.
    private DateTimeOffset _nextWrite;
    private int _events;
    private long _dropped;

    private sealed record Waiting(List<Noted> Events)
    {
        public string? Sn { get; set; }
    }

    /// <summary>
    /// An event, and how often it came. Of a rack of machines that ask again and again while the store is slow nothing but a number and a time is kept: what
    /// outlives a moment is what the collector's pauses are made of.
    /// </summary>
    private sealed class Noted(BootEvent first)
    {
        private BootEvent _event = first;
        private int _count = first.Count;
        private DateTimeOffset? _lastAt = first.LastAt;

        public DateTimeOffset At => _event.At;

        public BootEvent Event => _count == _event.Count ? _event : _event with { Count = _count, LastAt = _lastAt };

        /// <summary>False: it is another event.</summary>
        public bool Take(BootEvent again)
        {
            if (again.At < _event.At || !_event.Repeats(again))
                return false;
            (_count, _lastAt) = (_count + again.Count, again.LastAt ?? again.At);
            var same = again with { At = _event.At, Count = _event.Count, LastAt = _event.LastAt };
            if (same != _event)
                _event = same;
            return true;
        }
    }

    /// <summary>As it stands in the store: thousands are remembered, and read they take ten times the space.</summary>
    private sealed record Written(ReadOnlyMemory<byte> Json, long Revision);

    /// <summary>Machines for which this service has begun the first boot that is on record; those who keep the number in bounds look at it.</summary>
    public long NewMachines => Interlocked.Read(ref _newMachines);

    private long _newMachines;

    /// <summary>Takes note of an event. Never blocks, never throws.</summary>
    /// <param name="mac">Of the interface that the machine boots from, as <see cref="Identity.MacAddress"/> writes it.</param>
    /// <param name="sn">Serial number, where it is known.</param>
    public void Note(string mac, BootEvent happened, string? sn = null)
    {
        lock (_gate)
        {
            if (_events >= MostEvents)
            {
                Drop();
                return;
            }
            if (!_waiting.TryGetValue(mac, out var waiting))
            {
                if (_waiting.Count >= MostMachines)
                {
                    Drop();
                    return;
                }
                _waiting[mac] = waiting = new Waiting([]);
                _due.Writer.TryWrite((mac, time.GetUtcNow() + Gathering));
            }
            if (sn is not null && sn != waiting.Sn)
                waiting.Sn = sn;
            // One event with a count, as it will be on record.
            if (waiting.Events is [.., var last] && last.Take(happened))
                return;
            if (waiting.Events.Count >= MostWaiting)
            {
                waiting.Events.RemoveAt(0);
                _events--;
                Drop();
            }
            waiting.Events.Add(new Noted(happened));
            _events++;
        }
    }

    /// <summary>Writes everything noted so far, now.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        string[] macs;
        lock (_gate)
            macs = [.. _waiting.Keys];
        foreach (var mac in macs)
            await WriteAsync(mac, cancellationToken).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException or ObjectDisposedException)
        {
            Log.BootsNotWritten(logger, e.Message, Pause);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => WriteAsDueAsync(stoppingToken)));

    private async Task WriteAsDueAsync(CancellationToken cancellationToken)
    {
        await foreach (var (mac, due) in _due.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            var left = due - time.GetUtcNow();
            if (left > TimeSpan.Zero)
                await Task.Delay(left < Pause ? left : Pause, time, cancellationToken).ConfigureAwait(false);
            try
            {
                if (UntilTurn() is var wait && wait > TimeSpan.Zero)
                    await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
                await WriteAsync(mac, cancellationToken).ConfigureAwait(false);
            }
            catch (StoreUnavailableException e)
            {
                Log.BootsNotWritten(logger, e.Message, Pause);
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private TimeSpan UntilTurn()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            // One that lies far ahead is of a clock that has been set back.
            _nextWrite = (_nextWrite > now - Burst && _nextWrite < now + Pause ? _nextWrite : now - Burst) + Spacing;
            return _nextWrite - now;
        }
    }

    private async Task WriteAsync(string mac, CancellationToken cancellationToken)
    {
        Waiting? waiting;
        lock (_gate)
        {
            if (!_waiting.Remove(mac, out waiting))
                return;
            _events -= waiting.Events.Count;
        }
        try
        {
            await AppendAsync(mac, waiting, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            // At the service's end, too: what waits is written then.
            PutBack(mac, waiting);
            throw;
        }
    }

    private async Task AppendAsync(string mac, Waiting waiting, CancellationToken cancellationToken)
    {
        var key = Keys.Boot(site.Idc, mac);
        Written? known;
        lock (_gate)
            _written.Remove(mac, out known); // Put back only when the write is certain.
        for (var round = 0; round < MostRounds; round++)
        {
            known ??= await ReadAsync(key, cancellationToken).ConfigureAwait(false);
            var (boot, writes) = Add(Read(known), waiting, mac);
            if (boot is null)
                return;
            var json = JsonSerializer.SerializeToUtf8Bytes(boot, CoreJson.Default.BootRecord);
            writes.Add(StoreWrite.Put(key, json));
            var result = await store.CommitAsync(new StoreTransaction { Compares = [new StoreCompare(key, known.Revision)], Writes = writes }, cancellationToken).ConfigureAwait(false);
            if (result.Applied)
            {
                if (known.Revision == 0)
                    Interlocked.Increment(ref _newMachines);
                Remember(mac, new Written(json, result.Revision));
                return;
            }
            known = null; // Another service was faster: decided again on what is there.
        }
        throw new StoreUnavailableException($"The boots of {mac} are being written by too many others at once.", outcomeUnknown: false);
    }

    private (BootRecord? Boot, List<StoreWrite> Writes) Add(BootRecord? boot, Waiting waiting, string mac)
    {
        var writes = new Dictionary<string, StoreWrite>(StringComparer.Ordinal);
        var sn = waiting.Sn ?? boot?.Sn ?? state.Current.WithMac(site.Idc, mac).OrderByDescending(machine => machine.Hardware is not null).FirstOrDefault()?.Key.Sn;
        foreach (var happened in waiting.Events.OrderBy(noted => noted.At).Select(noted => noted.Event))
        {
            var former = boot?.Former ?? [];
            boot = BootTimeline.Add(boot, happened, site.Idc, mac, sn, out var ended);
            if (ended is null || boot is null)
                continue;
            foreach (var forgotten in former.Except(boot.Former))
                writes[forgotten] = StoreWrite.Delete(Keys.FormerBoot(site.Idc, mac, forgotten));
            writes[ended.BootId] = StoreWrite.Put(Keys.FormerBoot(site.Idc, mac, ended.BootId), JsonSerializer.SerializeToUtf8Bytes(ended, CoreJson.Default.BootRecord));
        }
        return (boot, [.. writes.Values]);
    }

    private async Task<Written> ReadAsync(string key, CancellationToken cancellationToken) =>
        await store.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } entry ? new Written(entry.Value, entry.ModRevision) : new Written(ReadOnlyMemory<byte>.Empty, 0);

    private static BootRecord? Read(Written written)
    {
        if (written.Json.IsEmpty)
            return null;
        try
        {
            return JsonSerializer.Deserialize(written.Json.Span, CoreJson.Default.BootRecord);
        }
        catch (JsonException)
        {
            return null; // Not ours to read: begun anew.
        }
    }

    private void Remember(string mac, Written written)
    {
        lock (_gate)
            _written.Set(mac, written);
    }

    private void PutBack(string mac, Waiting waiting)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(mac, out var newer))
            {
                var kept = waiting.Events.TakeLast(MostWaiting - Math.Min(MostWaiting, newer.Events.Count)).ToList();
                newer.Events.InsertRange(0, kept);
                _events += kept.Count;
                newer.Sn ??= waiting.Sn;
                return;
            }
            if (_waiting.Count >= MostMachines)
            {
                Drop();
                return;
            }
            _waiting[mac] = waiting;
            _events += waiting.Events.Count;
            _due.Writer.TryWrite((mac, time.GetUtcNow() + Pause));
        }
    }

    private void Drop()
    {
        if (_dropped++ % 1000 == 0)
            Log.BootEventsDropped(logger, _dropped);
    }
}
