using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Presence;

/// <summary>
/// Keeps <c>/os/{idc}/machines/{sn}/lease</c> while a machine is in contact. One store lease carries the keys of all machines of this service:
/// it costs one keep-alive however many machines wait, and if the service dies every key vanishes within the lease's time.
/// A machine that falls silent loses its key within that time too, because the service takes it away.
/// </summary>
internal sealed class MachinePresence(IStateStore store, WatchedState state, Site site, TimeProvider time, ILogger<MachinePresence> logger) : BackgroundService
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
        /// <summary>Forgotten: who calls now is a new arrival. Guarded by the machine's lock, as are the two above.</summary>
        public bool Gone;
        /// <summary>The key is known to be there under the present lease.</summary>
        public bool KeyPut;
        /// <summary>It may be there: a put was sent, with or without an answer.</summary>
        public bool KeyTried;
        /// <summary>When it was put last.</summary>
        public long PutAt;
    }

    /// <summary>The machine called.</summary>
    public void Contact(string sn) => Touch(sn, openCalls: 0);

    /// <summary>The machine's call stays open (a long poll): it is in contact until this is disposed.</summary>
    public IDisposable Hold(string sn) => new OpenCall(Touch(sn, openCalls: 1), time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Neither ends by itself: if one does, the service is to end and say why, not to go on with half of it.
        await await Task.WhenAny(WriteArrivalsAsync(stoppingToken), BeatAsync(stoppingToken));
    }

    // At the end the lease is left to run out: a service that is restarted at once finds its machines again, and no one sees them flicker.
    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    private Machine? Touch(string sn, int openCalls)
    {
        while (true)
        {
            if (_machines.TryGetValue(sn, out var known))
            {
                lock (known)
                {
                    if (!known.Gone)
                    {
                        known.LastContact = time.GetTimestamp();
                        known.OpenCalls += openCalls;
                        return known;
                    }
                }
                _machines.TryRemove(new KeyValuePair<string, Machine>(sn, known));
            }
            if (_machines.Count >= MostMachines)
                return null;
            var arrived = new Machine { LastContact = time.GetTimestamp(), OpenCalls = openCalls };
            if (!_machines.TryAdd(sn, arrived))
                continue;
            _arrivals.Writer.TryWrite(sn);
            return arrived;
        }
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
            if (!IsSilent(machine))
                continue;
            // The key goes before the machine is forgotten: when the store does not answer, the next beat tries again, and no key stays behind that says "online".
            if (machine.KeyTried)
                await DeleteAsync(sn, cancellationToken);
            lock (machine)
            {
                (machine.KeyPut, machine.KeyTried) = (false, false);
                machine.Gone = IsSilent(machine);
            }
            if (machine.Gone)
                _machines.TryRemove(new KeyValuePair<string, Machine>(sn, machine));
        }
        // Another regional service that the machine called in between may have put the key in the place of ours, and taken it away when the machine did not call there again.
        foreach (var (sn, machine) in _machines)
        {
            if (machine.KeyPut && time.GetElapsedTime(machine.PutAt) >= 2 * Beat && state.Current.Machine(site.Idc, sn) is not { Online: true })
                machine.KeyPut = false;
        }
        foreach (var missing in _machines.Where(pair => !pair.Value.KeyPut).Select(pair => pair.Key).Chunk(MostWritesTogether))
            await PutAsync(missing, cancellationToken);
    }

    private void ForgetLease()
    {
        _lease = 0;
        foreach (var machine in _machines.Values)
            machine.KeyPut = false;
    }

    private bool IsSilent(Machine machine)
    {
        lock (machine)
            return machine.OpenCalls == 0 && time.GetElapsedTime(machine.LastContact) >= TimeToLive - Beat;
    }

    private async Task DeleteAsync(string sn, CancellationToken cancellationToken)
    {
        var key = Keys.Lease(site.Idc, sn);
        // Only the key that this service put: another one may serve the machine by now.
        if (await store.GetAsync(key, cancellationToken) is { } entry && entry.LeaseId == _lease)
            await store.CommitAsync(new StoreTransaction { Compares = [new StoreCompare(key, entry.ModRevision)], Writes = [StoreWrite.Delete(key)] }, cancellationToken);
    }

    private async Task PutAsync(IReadOnlyCollection<string> serials, CancellationToken cancellationToken)
    {
        // One that was forgotten while it waited here must not come back, and one that came again stands here twice.
        var machines = serials.Distinct(StringComparer.Ordinal).Select(sn => (Sn: sn, Machine: _machines.GetValueOrDefault(sn))).Where(entry => entry.Machine is not null).ToList();
        if (machines.Count == 0)
            return;
        var lease = await LeaseAsync(cancellationToken);
        var value = Encoding.UTF8.GetBytes($$"""{"since":"{{time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}}"}""");
        foreach (var (_, machine) in machines)
            machine!.KeyTried = true;
        await store.CommitAsync(new StoreTransaction { Writes = [.. machines.Select(entry => StoreWrite.Put(Keys.Lease(site.Idc, entry.Sn), value, lease))] }, cancellationToken);
        foreach (var (_, machine) in machines)
            (machine!.KeyPut, machine.PutAt) = (true, time.GetTimestamp());
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

        /// <param name="machine">Counts the call already; null: too many machines to follow this one.</param>
        public OpenCall(Machine? machine, TimeProvider time) => (_machine, _time) = (machine, time);

        public void Dispose()
        {
            if (_machine is null)
                return;
            lock (_machine)
            {
                _machine.LastContact = _time.GetTimestamp();
                _machine.OpenCalls--;
            }
        }
    }
}
