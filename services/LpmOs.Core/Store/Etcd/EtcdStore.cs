using System.Runtime.CompilerServices;
using Google.Protobuf;
using LpmOs.Core.Store.Etcd.Wire;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Store.Etcd;

/// <summary>The store in production: an etcd cluster.</summary>
internal sealed class EtcdStore : IStateStore, IDisposable
{
    private readonly EtcdOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<EtcdStore> _logger;
    private readonly GrpcTransport _transport;
    private readonly EtcdEndpoints _endpoints;
    private readonly EtcdTokens _tokens;
    private readonly EtcdCalls _calls;

    // The highest revision that a listing was of.
    private long _listed;

    public EtcdStore(EtcdOptions options, TimeProvider time, ILogger<EtcdStore> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _transport = new(options);
        _endpoints = new(options.Endpoints);
        _tokens = new(_transport, options);
        _calls = new(_transport, _endpoints, _tokens, options, time, logger);
    }

    public async ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken)
    {
        var request = new RangeRequest { Key = Bytes(StoreArguments.Encode(key, nameof(key))) };
        var response = await CallAsync(EtcdMethods.Range, request, repeatable: true, cancellationToken);
        return response.Kvs.Count == 0 ? null : Entry(response.Kvs[0]);
    }

    public async ValueTask<StorePage> ListAsync(string prefix, string? after, int limit, long revision, CancellationToken cancellationToken)
    {
        StoreArguments.CheckList(limit, revision);
        var start = StoreArguments.Encode(prefix, nameof(prefix));
        var request = new RangeRequest
        {
            Key = Bytes(StoreArguments.PageStart(start, after)),
            RangeEnd = Bytes(StoreArguments.PrefixEnd(start)),
            Limit = limit,
            Revision = revision,
        };
        try
        {
            var response = await CallAsync(EtcdMethods.Range, request, repeatable: true, cancellationToken);
            InterlockedMax(ref _listed, revision == 0 ? response.Header.Revision : 0);
            return new([.. response.Kvs.Select(Entry)], revision == 0 ? response.Header.Revision : revision, response.More);
        }
        catch (GrpcException e) when (EtcdFailure.IsCompacted(e))
        {
            throw new StoreCompactedException(revision + 1);
        }
        catch (GrpcException e) when (EtcdFailure.IsFutureRevision(e))
        {
            throw StoreArguments.FutureRevision(revision);
        }
    }

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        StoreArguments.Check(transaction);
        var request = new TxnRequest();
        foreach (var compare in transaction.Compares)
        {
            request.Compare.Add(new Compare
            {
                Key = ByteString.CopyFromUtf8(compare.Key),
                Target = Compare.Types.CompareTarget.Mod,
                ModRevision = compare.ModRevision,
            });
        }

        foreach (var write in transaction.Writes)
            request.Success.Add(Operation(write));
        try
        {
            var response = await CallAsync(EtcdMethods.Txn, request, repeatable: transaction.Writes.Count == 0, cancellationToken);
            return new(response.Succeeded, response.Header.Revision);
        }
        catch (GrpcException e) when (EtcdFailure.IsLeaseNotFound(e))
        {
            throw new StoreLeaseNotFoundException(e);
        }
    }

    public async IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fromRevision, 1);
        // A watch may begin in the future; but what follows a listing begins at a revision that the store has had.
        var known = Math.Min(fromRevision - 1, Volatile.Read(ref _listed));
        using var watch = new EtcdWatch(_transport, _endpoints, _tokens, _options, _time, _logger, prefix, fromRevision, known);
        while (true)
            yield return await watch.NextAsync(cancellationToken);
    }

    public async ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var request = new LeaseGrantRequest { Ttl = StoreArguments.LeaseSeconds(timeToLive) };
        return (await CallAsync(EtcdMethods.LeaseGrant, request, repeatable: false, cancellationToken)).Id;
    }

    public async ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken)
    {
        var response = await CallAsync(EtcdMethods.LeaseKeepAlive, new() { Id = leaseId }, repeatable: true, cancellationToken);
        return response.Ttl > 0;
    }

    public async ValueTask RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(EtcdMethods.LeaseRevoke, new() { Id = leaseId }, repeatable: true, cancellationToken);
        }
        catch (GrpcException e) when (EtcdFailure.IsLeaseNotFound(e))
        {
            // It ended before us, which is what was asked for.
        }
    }

    public void Dispose()
    {
        _transport.Dispose();
        _tokens.Dispose();
    }

    private async Task<TResponse> CallAsync<TRequest, TResponse>(
        EtcdMethod<TRequest, TResponse> method, TRequest request, bool repeatable, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            return await _calls.CallAsync(method, request, repeatable, cancellationToken);
        }
        catch (GrpcException e) when (!EtcdFailure.IsLeaseNotFound(e) && !EtcdFailure.IsCompacted(e) && !EtcdFailure.IsFutureRevision(e))
        {
            throw EtcdFailure.Refusal(e, _endpoints.Current, _options);
        }
    }

    private static RequestOp Operation(StoreWrite write)
    {
        var key = ByteString.CopyFromUtf8(write.Key);
        return write.Value is { } value
            ? new() { RequestPut = new() { Key = key, Value = UnsafeByteOperations.UnsafeWrap(value), Lease = write.LeaseId } }
            : new() { RequestDeleteRange = new() { Key = key } };
    }

    private static StoreEntry Entry(KeyValue kv) => new(StoreArguments.Decode(kv.Key.Span), kv.Value.Memory, kv.CreateRevision, kv.ModRevision, kv.Lease);

    private static void InterlockedMax(ref long place, long value)
    {
        for (var now = Volatile.Read(ref place); value > now; now = Volatile.Read(ref place))
            Interlocked.CompareExchange(ref place, value, now);
    }

    private static ByteString Bytes(byte[] bytes) => UnsafeByteOperations.UnsafeWrap(bytes);
}
