using Google.Protobuf;
using LpmOs.Core.Store.Etcd.Wire;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Store.Etcd;

/// <summary>
/// One watch, on a stream of its own, that outlives streams, members and tokens: whatever happens, it resumes right after the last revision it handed out.
/// </summary>
internal sealed class EtcdWatch(
    GrpcTransport transport, EtcdEndpoints endpoints, EtcdTokens tokens, EtcdOptions options, TimeProvider time, ILogger logger, string prefix, long fromRevision, long knownRevision)
    : IDisposable
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(3);

    private readonly byte[] _prefix = StoreArguments.Encode(prefix, nameof(prefix));
    private readonly List<StoreEvent> _fragments = [];
    private long _next = fromRevision;
    private ulong _clusterId;

    // The highest revision that the store is known to have reached.
    private long _known = knownRevision;
    private Uri _endpoint = endpoints.Current;
    private GrpcDuplexCall<WatchRequest, WatchResponse>? _stream;
    private Task<WatchResponse>? _reading;
    private bool _askedForProgress;
    private bool _interrupted;
    private bool _toldOfInterruption;

    // Since the last message: an open stream is not yet a success.
    private int _failures;

    /// <summary>The next batch, however long that takes.</summary>
    public async Task<WatchBatch> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // The member of the open stream, which the calls may have left meanwhile.
            if (_stream is null)
                _endpoint = endpoints.Current;
            try
            {
                if (_stream is null)
                {
                    _stream = await OpenAsync(_endpoint, cancellationToken);
                    if (_interrupted)
                        Log.EtcdWatchResumed(logger, prefix, _endpoint);
                    _interrupted = false;
                    if (_toldOfInterruption)
                    {
                        _toldOfInterruption = false;
                        return new(_next - 1, []);
                    }
                }

                if (Accept(await ReadAsync(_stream, cancellationToken)) is { } batch)
                    return batch;
            }
            catch (Exception e) when (e is not StoreCompactedException && !cancellationToken.IsCancellationRequested)
            {
                Close();
                // What etcd refuses to us it refuses on every member.
                if (EtcdFailure.Classify(e) is EtcdFailureKind.Unknown or EtcdFailureKind.NotApplied)
                    endpoints.Leave(_endpoint);
                if (_interrupted)
                    Log.EtcdWatchStillInterrupted(logger, prefix, _endpoint, e.Message);
                else
                    Log.EtcdWatchInterrupted(logger, prefix, _endpoint, _next, e.Message);
                _interrupted = true;
                // The first reopening is immediate: a member that goes away politely should cost nothing.
                if (++_failures == 2 && !_toldOfInterruption)
                {
                    _toldOfInterruption = true;
                    return new(_next - 1, []) { Interrupted = true };
                }
                if (_failures > 1)
                    await Task.Delay(Pause(), time, cancellationToken);
            }
        }
    }

    public void Dispose() => Close();

    private TimeSpan Pause() =>
        TimeSpan.FromMilliseconds(Math.Min(50 * Math.Pow(2, Math.Min(_failures, 10)), MaxPause.TotalMilliseconds) * (0.5 + (Random.Shared.NextDouble() / 2)));

    private async Task<GrpcDuplexCall<WatchRequest, WatchResponse>> OpenAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.AttemptTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var request = new WatchRequest
        {
            CreateRequest = new()
            {
                Key = UnsafeByteOperations.UnsafeWrap(_prefix),
                RangeEnd = UnsafeByteOperations.UnsafeWrap(StoreArguments.PrefixEnd(_prefix)),
                StartRevision = _next,
                ProgressNotify = true,
                Fragment = true,
            },
        };
        var token = await tokens.GetAsync(endpoint, either.Token);
        GrpcDuplexCall<WatchRequest, WatchResponse>? stream = null;
        try
        {
            stream = await transport.OpenAsync(endpoint, EtcdMethods.Watch, request, token, either.Token);
            var created = await stream.ReadAsync(either.Token);
            if (!created.Created)
                throw new GrpcException(GrpcCode.Internal, "etcd did not confirm the watch");
            ThrowIfCanceled(created);
            if (await IsAnotherHistoryAsync(endpoint, created.Header, token, either.Token))
                throw new StoreCompactedException(created.Header.Revision) { AnotherHistory = true };
            _clusterId = created.Header.ClusterId;
            _known = Math.Max(_known, created.Header.Revision);
            return stream;
        }
        catch (GrpcException e)
        {
            stream?.Dispose();
            // etcd 3.4 answers a watch with an expired token "permission denied": a new token tells which it was.
            if (EtcdFailure.Classify(e) is EtcdFailureKind.TokenRefused or EtcdFailureKind.Refused)
                tokens.Refused(token);
            throw;
        }
        catch
        {
            stream?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Another cluster, or this one with its data lost or restored from a backup: its revisions are not those that we counted, and waiting for the next one
    /// could take for ever. A member that merely lags behind is told apart by a linearizable read, which waits until it has caught up.
    /// </summary>
    private async Task<bool> IsAnotherHistoryAsync(Uri endpoint, ResponseHeader header, string? token, CancellationToken cancellationToken)
    {
        if (_clusterId != 0 && _clusterId != header.ClusterId)
            return true;
        if (header.Revision >= _known)
            return false;
        var request = new RangeRequest { Key = UnsafeByteOperations.UnsafeWrap(_prefix), Limit = 1 };
        var now = await transport.CallAsync(endpoint, EtcdMethods.Range, request, token, options.AttemptTimeout, cancellationToken);
        return now.Header.Revision < _known;
    }

    private async Task<WatchResponse> ReadAsync(GrpcDuplexCall<WatchRequest, WatchResponse> stream, CancellationToken cancellationToken)
    {
        // Not cancelled with the caller's token: a frame read halfway could not be taken up again.
        var reading = _reading ??= stream.ReadAsync(CancellationToken.None);
        while (true)
        {
            try
            {
                var response = await reading.WaitAsync(options.WatchIdle, time, cancellationToken);
                _reading = null;
                _askedForProgress = false;
                return response;
            }
            catch (TimeoutException) when (!_askedForProgress)
            {
                _askedForProgress = true;
                stream.Send(new WatchRequest { ProgressRequest = new() });
            }
        }
    }

    private WatchBatch? Accept(WatchResponse response)
    {
        ThrowIfCanceled(response);
        _failures = 0;
        foreach (var change in response.Events)
        {
            var kv = change.Kv;
            _fragments.Add(new(StoreArguments.Decode(kv.Key.Span), change.Type == Event.Types.EventType.Delete ? default(ReadOnlyMemory<byte>?) : kv.Value.Memory, kv.ModRevision));
        }

        if (response.Fragment)
            return null;
        if (_fragments.Count > 0)
        {
            var events = _fragments.ToArray();
            _fragments.Clear();
            _next = events[^1].ModRevision + 1;
            _known = Math.Max(_known, _next - 1);
            return new(_next - 1, events);
        }

        // The answer to a progress request carries no watch id. Before 3.4.25 and 3.5.8 it could overtake events
        // (https://github.com/etcd-io/etcd/issues/15220), so it shows that the member lives and nothing else.
        if (response.WatchId < 0 || response.Header.Revision < _next)
            return null;
        _next = response.Header.Revision + 1;
        return new(response.Header.Revision, []);
    }

    private static void ThrowIfCanceled(WatchResponse response)
    {
        if (!response.Canceled)
            return;
        if (response.CompactRevision > 0)
            throw new StoreCompactedException(response.CompactRevision);
        throw new GrpcException(
            response.CancelReason.Contains("permission denied", StringComparison.Ordinal) ? GrpcCode.PermissionDenied : GrpcCode.Unavailable,
            $"etcd cancelled the watch: {response.CancelReason}");
    }

    private void Close()
    {
        _stream?.Dispose();
        _stream = null;
        _fragments.Clear();
        _askedForProgress = false;
        // Disposing the stream fails the read in progress; nobody else will look at that.
        _ = _reading?.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _reading = null;
    }
}
