using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace LpmOs.Core.Store.Etcd;

/// <summary>One-answer calls with deadlines, failover and tokens. A write whose outcome is unknown is never sent twice.</summary>
internal sealed class EtcdCalls(GrpcTransport transport, EtcdEndpoints endpoints, EtcdTokens tokens, EtcdOptions options, TimeProvider time, ILogger logger)
{
    private const int MaxTokenRefusals = 2;

    /// <param name="repeatable">Sending it twice does no harm.</param>
    /// <exception cref="GrpcException">etcd refused the call for a reason that the caller may know.</exception>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        EtcdMethod<TRequest, TResponse> method, TRequest request, bool repeatable, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var deadline = new CancellationTokenSource(options.CallTimeout, time);
        var refusals = 0;
        for (var attempt = 1; ; attempt++)
        {
            var endpoint = endpoints.Current;
            var sent = false;
            string? token = null;
            Exception failure;
            try
            {
                using var patience = new CancellationTokenSource(options.AttemptTimeout, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, deadline.Token, cancellationToken);
                token = await tokens.GetAsync(endpoint, either.Token);
                sent = true;
                return await transport.CallAsync(endpoint, method, request, token, options.AttemptTimeout, either.Token);
            }
            catch (Exception e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                failure = e;
            }

            var kind = EtcdFailure.Classify(failure);
            if (!sent && kind == EtcdFailureKind.Unknown)
                kind = EtcdFailureKind.NotApplied;
            if (kind == EtcdFailureKind.TokenRefused && (++refusals > MaxTokenRefusals || !tokens.Refused(token)))
                kind = EtcdFailureKind.Refused;
            switch (kind)
            {
                case EtcdFailureKind.TokenRefused:
                    continue;
                case EtcdFailureKind.Refused when !sent:
                    throw EtcdFailure.Refusal((GrpcException)failure, endpoint, options);
                case EtcdFailureKind.Refused:
                    throw failure;
            }

            endpoints.Leave(endpoint);
            Log.EtcdAttemptFailed(logger, method.Path, endpoint, Describe(failure));
            var again = repeatable || kind == EtcdFailureKind.NotApplied;
            if (!again || deadline.IsCancellationRequested)
                throw Unavailable(method.Path, endpoint, failure, !repeatable && kind == EtcdFailureKind.Unknown);
            if (attempt < endpoints.Count)
                continue;
            // Every member failed once: give them a moment.
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(50, 300)), time, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw Unavailable(method.Path, endpoint, failure, outcomeUnknown: false);
            }
        }
    }

    private StoreUnavailableException Unavailable(string call, Uri endpoint, Exception failure, bool outcomeUnknown) => new(
        $"etcd did not answer {call}; last tried {endpoint}: {Describe(failure)}. "
        + (outcomeUnknown ? "The write may have been applied." : "Nothing was written.")
        + " Check that etcd runs and that Store:Etcd:Endpoints names it.",
        outcomeUnknown,
        failure);

    private string Describe(Exception failure) => failure is OperationCanceledException and not { InnerException: TimeoutException }
        ? $"no answer within {options.AttemptTimeout.TotalSeconds:0.#} s"
        : failure.InnerException is { } inner ? $"{failure.Message} ({inner.Message})" : failure.Message;
}
