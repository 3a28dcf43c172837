using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LpmOs.Core.Hosting;

/// <summary>
/// A JSON body, read as JSON whatever Content-Type the client sent (curl -d says x-www-form-urlencoded), and absent where that is allowed.
/// </summary>
public static class RequestBody
{
    /// <summary>The body, or null where there is none.</summary>
    /// <exception cref="InvalidRequestException">It is not JSON, or of another shape; the message names the place.</exception>
    public static async ValueTask<T?> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        try
        {
            var body = request.BodyReader;
            var read = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (read is { IsCompleted: true, Buffer.IsEmpty: true })
                return null;
            body.AdvanceTo(read.Buffer.Start);
            return await JsonSerializer.DeserializeAsync(body, type, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            throw new InvalidRequestException(Field(e), Reason(e));
        }
    }

    /// <summary>The body; its absence is an error too.</summary>
    public static async ValueTask<T> RequireAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class =>
        await ReadAsync(request, type, cancellationToken).ConfigureAwait(false) ?? throw new InvalidRequestException("body", "A JSON object is required as the body.");

    /// <summary>
    /// Endpoints say with <c>Accepts</c> what their body is, for the OpenAPI document. Routing would refuse every other Content-Type for it (415),
    /// and <c>curl -d</c> sends application/x-www-form-urlencoded: so the policy that does that is taken out.
    /// </summary>
    internal static void ReadBodiesOfAnyContentType(this IServiceCollection services)
    {
        services.AddRouting();
        var policy = services.Single(service => service.ServiceType == typeof(MatcherPolicy) && service.ImplementationType?.Name == "AcceptsMatcherPolicy");
        services.Remove(policy);
    }

    private static string Field(JsonException e) => e.Path is null or "$" ? "body" : e.Path.TrimStart('$', '.');

    // The framework's own text names .NET types; a person at curl has no use for them.
    private static string Reason(JsonException e) =>
        e.Message.StartsWith("JSON deserialization for type", StringComparison.Ordinal)
            ? "Required fields are missing: " + e.Message[(e.Message.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : e.InnerException is InvalidOperationException || e.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
                ? $"The value has the wrong type (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})."
                : $"This is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).";
}
