using Google.Protobuf;
using LpmOs.Core.Store.Etcd.Wire;

namespace LpmOs.Core.Store.Etcd;

/// <summary>A remote procedure: its path and how its answer is read.</summary>
internal sealed record EtcdMethod<TRequest, TResponse>(string Path, MessageParser<TResponse> Parser)
    where TRequest : IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>;

internal static class EtcdMethods
{
    public static readonly EtcdMethod<RangeRequest, RangeResponse> Range = new("/etcdserverpb.KV/Range", RangeResponse.Parser);
    public static readonly EtcdMethod<TxnRequest, TxnResponse> Txn = new("/etcdserverpb.KV/Txn", TxnResponse.Parser);
    public static readonly EtcdMethod<WatchRequest, WatchResponse> Watch = new("/etcdserverpb.Watch/Watch", WatchResponse.Parser);
    public static readonly EtcdMethod<LeaseGrantRequest, LeaseGrantResponse> LeaseGrant = new("/etcdserverpb.Lease/LeaseGrant", LeaseGrantResponse.Parser);
    public static readonly EtcdMethod<LeaseRevokeRequest, LeaseRevokeResponse> LeaseRevoke = new("/etcdserverpb.Lease/LeaseRevoke", LeaseRevokeResponse.Parser);

    /// <summary>A stream in etcd's API; we send one request, close our side and read the one answer, as if it were unary.</summary>
    public static readonly EtcdMethod<LeaseKeepAliveRequest, LeaseKeepAliveResponse> LeaseKeepAlive =
        new("/etcdserverpb.Lease/LeaseKeepAlive", LeaseKeepAliveResponse.Parser);

    public static readonly EtcdMethod<AuthenticateRequest, AuthenticateResponse> Authenticate = new("/etcdserverpb.Auth/Authenticate", AuthenticateResponse.Parser);
}
