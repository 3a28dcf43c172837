using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Presence;

/// <summary>
/// Keeps <c>/os/{idc}/machines/{sn}/lease</c> while a machine is in contact. One store lease carries the keys of all machines of this service:
/// it costs one keep-alive however many machines wait, and if the service dies every key vanishes within the lease's time.
/// A machine that falls silent loses its key within that time too, because the service takes it away.
/// </summary>
internal sealed class MachinePresence(IStateStore store, Site site, TimeProvider time, ILogger<MachinePresence> logger) : BackgroundService
{
    /// <summary>Silence after which a machine counts as offline; also the store lease's time to live.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private const int MostMachines = 100_000;
    private const int MostWritesTogether = 100;

    private readonly ConcurrentDictionary<string, Machine> _machines = new(StringComparer.Ordinal);
    private readonly Channel<string> _arrivals = Channel.CreateBounded<string>(new BoundedChannelOptions(MostMachines) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _turn = new(1);
    private long _lease;

    private sealed class Machine
    {
        public long LastContact;
        public int OpenCalls;
        /// <summary>Revision at which this service put the key; 0 while it has not.</summary>
        public long KeyRevision;
    }

    /// <summary>The machine called.</summary>
    public void Contact(string sn)
    {
        if (_machines.TryGetValue(sn, out var known))
        {
            Volatile.Write(ref known.LastContact, time.GetTimestamp());
            return;
        }
        if (_machines.Count < MostMachines && _machines.TryAdd(sn, new Machine { LastContact = time.GetTimestamp() }))
            _arrivals.Writer.TryWrite(sn);
    }

    /// <summary>The machine's call stays open (a long poll): it is in contact until this is disposed.</summary>
    public IDisposable Hold(string sn)
    {
        Contact(sn);
        return new OpenCall(_machines.GetValueOrDefault(sn), time);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(WriteArrivalsAsync(stoppingToken), BeatAsync(stoppingToken));
    }

    // At the end the lease is left to run out: a service that is restarted at once finds its machines again, and no one sees them flicker.
    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    private async Task WriteArrivalsAsync(CancellationToken cancellationToken)
    {
        var together = new List<string>();
        while (await _arrivals.Reader.WaitToReadAsync(cancellationToken))
        {
            together.Clear();
            while (together.Count < MostWritesTogether && _arrivals.Reader.TryRead(out var sn))
                together.Add(sn);
            await TryAsync(() => PutAsync(together, cancellationToken), cancellationToken);
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
            await TryAsync(() => BeatOnceAsync(cancellationToken), cancellationToken);
    }

    private async Task BeatOnceAsync(CancellationToken cancellationToken)
    {
        if (_lease != 0 && !await store.KeepLeaseAliveAsync(_lease, cancellationToken))
        {
            // It ran out while the store was away, and its keys with it: everyone who is still here is put again below.
            ForgetLease();
        }
        foreach (var (sn, machine) in _machines)
        {
            if (Volatile.Read(ref machine.OpenCalls) > 0 || time.GetElapsedTime(Volatile.Read(ref machine.LastContact)) < TimeToLive - Beat)
                continue;
            _machines.TryRemove(sn, out _);
            if (machine.KeyRevision == 0)
                continue;
            // Only the key that this service put: another one may serve the machine by now.
            await store.CommitAsync(new StoreTransaction
            {
                Compares = [new StoreCompare(Keys.Lease(site.Idc, sn), machine.KeyRevision)],
                Writes = [StoreWrite.Delete(Keys.Lease(site.Idc, sn))],
            }, cancellationToken);
        }
        foreach (var missing in _machines.Where(pair => pair.Value.KeyRevision == 0).Select(pair => pair.Key).Chunk(MostWritesTogether))
            await PutAsync(missing, cancellationToken);
    }

    private void ForgetLease()
    {
        _lease = 0;
        foreach (var machine in _machines.Values)
            machine.KeyRevision = 0;
    }

    private async Task PutAsync(IReadOnlyCollection<string> serials, CancellationToken cancellationToken)
    {
        var lease = await LeaseAsync(cancellationToken);
        var value = Encoding.UTF8.GetBytes($$"""{"since":"{{time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}}"}""");
        var result = await store.CommitAsync(new StoreTransaction { Writes = [.. serials.Select(sn => StoreWrite.Put(Keys.Lease(site.Idc, sn), value, lease))] }, cancellationToken);
        foreach (var sn in serials)
        {
            if (_machines.TryGetValue(sn, out var machine))
                machine.KeyRevision = result.Revision;
        }
    }

    private async Task<long> LeaseAsync(CancellationToken cancellationToken)
    {
        if (_lease == 0)
            _lease = await store.GrantLeaseAsync(TimeToLive, cancellationToken);
        return _lease;
    }

    private async Task TryAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        // Arrivals and beats share the lease, one at a time.
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await work();
        }
        catch (StoreLeaseNotFoundException e)
        {
            // It ran out between two beats; the next one puts everyone who is still here under a new one.
            ForgetLease();
            Log.PresenceFailed(logger, e.Message);
        }
        catch (StoreUnavailableException e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.PresenceFailed(logger, e.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    private sealed class OpenCall : IDisposable
    {
        private readonly Machine? _machine;
        private readonly TimeProvider _time;

        public OpenCall(Machine? machine, TimeProvider time)
        {
            (_machine, _time) = (machine, time);
            if (machine is not null)
                Interlocked.Increment(ref machine.OpenCalls);
        }

        public void Dispose()
        {
            if (_machine is null)
                return;
            Volatile.Write(ref _machine.LastContact, _time.GetTimestamp());
            Interlocked.Decrement(ref _machine.OpenCalls);
        }
    }
}
