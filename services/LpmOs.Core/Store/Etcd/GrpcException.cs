using System.Net.Http.Headers;

namespace LpmOs.Core.Store.Etcd;

/// <summary>Status codes that we meet (https://grpc.github.io/grpc/core/md_doc_statuscodes.html).</summary>
internal enum GrpcCode
{
    Ok = 0,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    OutOfRange = 11,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}

/// <summary>The server ended the call with a status other than OK.</summary>
internal sealed class GrpcException(GrpcCode code, string detail) : Exception($"{detail} ({code})")
{
    public GrpcCode Code { get; } = code;
    public string Detail { get; } = detail;

    /// <summary>Throws unless grpc-status, in the trailers or (when there is no body) in the headers, is 0.</summary>
    public static void ThrowIfFailed(HttpResponseMessage response)
    {
        if ((Status(response.TrailingHeaders) ?? Status(response.Headers)) is not { } failure)
            throw new GrpcException(GrpcCode.Unavailable, "The answer ended without a gRPC status");
        if (failure.Code != GrpcCode.Ok)
            throw failure;
    }

    /// <summary>What the headers say at once: not gRPC at all, or a call that failed without a body.</summary>
    public static void ThrowIfRefused(HttpResponseMessage response)
    {
        if (response.StatusCode != System.Net.HttpStatusCode.OK)
            throw new GrpcException(GrpcCode.Unavailable, $"HTTP status {(int)response.StatusCode} instead of a gRPC answer");
        if (Status(response.Headers) is { Code: not GrpcCode.Ok } failure)
            throw failure;
    }

    private static GrpcException? Status(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("grpc-status", out var status) || !int.TryParse(status.First(), out var code))
            return null;
        // Percent-encoded, as the gRPC over HTTP/2 specification asks for grpc-message.
        var message = headers.TryGetValues("grpc-message", out var text) ? Uri.UnescapeDataString(text.First()) : "no message";
        return new GrpcException((GrpcCode)code, message);
    }
}
