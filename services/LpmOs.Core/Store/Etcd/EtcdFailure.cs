namespace LpmOs.Core.Store.Etcd;

/// <summary>What a failed attempt means for the next one.</summary>
internal enum EtcdFailureKind
{
    /// <summary>It certainly did not reach the store: even a write may be tried again.</summary>
    NotApplied,

    /// <summary>The answer got lost: a read may be tried again, a write may have been applied.</summary>
    Unknown,

    /// <summary>The member no longer knows our token, and did nothing.</summary>
    TokenRefused,

    /// <summary>etcd answered, and would answer the same again.</summary>
    Refused,
}

/// <summary>Reads etcd's errors. They are told apart by their text: the codes are shared (etcd api/v3/v3rpc/rpctypes/error.go).</summary>
internal static class EtcdFailure
{
    public static EtcdFailureKind Classify(Exception exception) => exception switch
    {
        GrpcException e => Classify(e),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError } =>
            EtcdFailureKind.NotApplied,
        // Only ConnectTimeout makes the handler say TimeoutException; our own deadlines cancel.
        _ when exception.InnerException is TimeoutException => EtcdFailureKind.NotApplied,
        _ => EtcdFailureKind.Unknown,
    };

    private static EtcdFailureKind Classify(GrpcException e) => e switch
    {
        _ when Says(e, "invalid auth token") || Says(e, "user name is empty") || Says(e, "revision of auth store is old") => EtcdFailureKind.TokenRefused,
        // Checked before the request is proposed.
        { Code: GrpcCode.Unavailable } when Says(e, "etcdserver: no leader") => EtcdFailureKind.NotApplied,
        { Code: GrpcCode.ResourceExhausted } when Says(e, "too many requests") => EtcdFailureKind.NotApplied,
        { Code: GrpcCode.InvalidArgument or GrpcCode.NotFound or GrpcCode.PermissionDenied or GrpcCode.ResourceExhausted or GrpcCode.FailedPrecondition
            or GrpcCode.OutOfRange or GrpcCode.Unauthenticated } => EtcdFailureKind.Refused,
        _ => EtcdFailureKind.Unknown,
    };

    public static bool IsCompacted(GrpcException e) => Says(e, "required revision has been compacted");

    public static bool IsFutureRevision(GrpcException e) => Says(e, "required revision is a future revision");

    public static bool IsLeaseNotFound(GrpcException e) => e.Code == GrpcCode.NotFound && Says(e, "lease not found");

    /// <summary>A refusal, as the person reads it who must do something about it.</summary>
    public static StoreUnavailableException Refusal(GrpcException e, Uri endpoint, EtcdOptions options)
    {
        var advice = e switch
        {
            _ when Says(e, "invalid user ID or password") => $"etcd does not know user '{options.Username}' with this password: check Store:Etcd:Username and Store:Etcd:Password.",
            _ when Says(e, "user name is empty") => "etcd asks for a user: set Store:Etcd:Username and Store:Etcd:Password.",
            _ when Says(e, "permission denied") => $"etcd user '{options.Username}' has no right to this: it needs a role with readwrite on the prefix {Keys.Root}.",
            _ when Says(e, "space exceeded") => "etcd's space is used up and it takes no writes. Either free some (etcdctl compact REVISION, then etcdctl defrag on each member) or start each member with a larger --quota-backend-bytes; then end the alarm: etcdctl alarm disarm.",
            _ => "etcd refused the call.",
        };
        return new StoreUnavailableException($"{advice} etcd at {endpoint} says: {e.Detail}", outcomeUnknown: false, e) { Refused = true };
    }

    private static bool Says(GrpcException e, string text) => e.Detail.Contains(text, StringComparison.Ordinal);
}
