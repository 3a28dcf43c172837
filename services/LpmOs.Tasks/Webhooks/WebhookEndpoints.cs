using System.ComponentModel;
using System.Security.Cryptography;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Webhooks;

/// <summary>Who is told of events over HTTP, and what became of it.</summary>
internal static class WebhookEndpoints
{
    private const string Id = "As POST answered it.";

    public static void MapWebhooks(this RouteGroupBuilder api)
    {
        var hooks = api.MapGroup("/webhooks").WithTags(ApiTags.Webhooks).Allow(Permission.Administer, everywhere: true);
        hooks.MapGet("", ListAsync).WithName("listWebhooks").WithSummary("All webhooks").WithDescription("Without their secrets.").ProducesProblem(503);
        hooks.MapPost("", CreateAsync).WithName("createWebhook").WithSummary("Be told of events over HTTP")
            .WithDescription("Each event is a POST of the JSON that `/ws` sends, in order, with the headers `X-LpmOs-Event`, `X-LpmOs-Delivery` (the same when it is sent again), `X-LpmOs-Timestamp` (Unix seconds) and `X-LpmOs-Signature`: `sha256=` and the HMAC-SHA-256, in hexadecimal, of timestamp, a dot and the body, with the secret as key. "
                + "What is not taken (2xx) is tried again with growing pauses and then given up, and the next one follows; redirects are not followed.")
            .Accepts<WebhookRequest>("application/json").WithExamples(Examples.Webhook).ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(503);
        hooks.MapGet("/{id}", GetAsync).WithName("getWebhook").WithSummary("One webhook").WithDescription("Without its secret.").ProducesProblem(404).ProducesProblem(503);
        hooks.MapPut("/{id}", ReplaceAsync).WithName("putWebhook").WithSummary("Replace a webhook").WithDescription("Without `secret` the old one stays.")
            .Accepts<WebhookRequest>("application/json").WithExamples(Examples.Webhook).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(503);
        hooks.MapDelete("/{id}", DeleteAsync).WithName("deleteWebhook").WithSummary("Delete a webhook and its dead letters").WithDescription("What is being sent may still arrive.")
            .ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        hooks.MapPost("/{id}/test", TestAsync).WithName("testWebhook").WithSummary("Send a test message now, once")
            .WithDescription("Signed like every message, with the event and type `test`. The answer says what the receiver said; what waits to be delivered is not touched.").ProducesProblem(404).ProducesProblem(503);
        hooks.MapGet("/{id}/deliveries", DeliveriesAsync).WithName("listWebhookDeliveries").WithSummary("The last deliveries, and messages that were given up")
            .WithDescription("A message that was given up is kept with the reason; the last 100 of each webhook.").ProducesProblem(404).ProducesProblem(503);
    }

    private static async Task<Ok<WebhookList>> ListAsync(WebhookStore hooks, CancellationToken cancellationToken) =>
        TypedResults.Ok(new WebhookList { Items = [.. (await hooks.ListAsync(cancellationToken)).Select(WebhookAnswer.Of)] });

    private static async Task<Ok<WebhookAnswer>> GetAsync([Description(Id)] string id, WebhookStore hooks, CancellationToken cancellationToken) =>
        TypedResults.Ok(WebhookAnswer.Of((await hooks.FindAsync(id, cancellationToken)).Hook));

    private static async Task<Created<WebhookAnswer>> CreateAsync(HttpRequest request, Actor actor, WebhookStore hooks, WebhookOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var hook = await ReadAsync(request, null, actor, options, time, cancellationToken);
        await hooks.PutAsync(hook, null, 0, actor, cancellationToken);
        return TypedResults.Created($"/api/v1/webhooks/{hook.Id}", WebhookAnswer.Of(hook));
    }

    private static async Task<Ok<WebhookAnswer>> ReplaceAsync(
        [Description(Id)] string id, HttpRequest request, Actor actor, WebhookStore hooks, WebhookOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var (before, revision) = await hooks.FindAsync(id, cancellationToken);
        var hook = await ReadAsync(request, before, actor, options, time, cancellationToken);
        await hooks.PutAsync(hook, before, revision, actor, cancellationToken);
        return TypedResults.Ok(WebhookAnswer.Of(hook));
    }

    private static async Task<NoContent> DeleteAsync([Description(Id)] string id, Actor actor, WebhookStore hooks, CancellationToken cancellationToken)
    {
        var (hook, revision) = await hooks.FindAsync(id, cancellationToken);
        await hooks.DeleteAsync(hook, revision, actor, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Delivery>> TestAsync([Description(Id)] string id, WebhookStore hooks, WebhookSender sender, CancellationToken cancellationToken) =>
        TypedResults.Ok(await sender.TestAsync((await hooks.FindAsync(id, cancellationToken)).Hook, cancellationToken));

    private static async Task<Ok<WebhookDeliveries>> DeliveriesAsync([Description(Id)] string id, WebhookStore hooks, CancellationToken cancellationToken)
    {
        await hooks.FindAsync(id, cancellationToken);
        var (state, _) = await hooks.StateAsync(id, cancellationToken);
        return TypedResults.Ok(new WebhookDeliveries { Revision = state?.Revision, Recent = [.. (state?.Recent ?? []).Reverse()], Dead = await hooks.DeadAsync(id, cancellationToken) });
    }

    /// <exception cref="InvalidRequestException">Every field that is wrong.</exception>
    private static async Task<Webhook> ReadAsync(HttpRequest request, Webhook? before, Actor actor, WebhookOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(request, errors, optional: false, cancellationToken);
        var hook = new Webhook
        {
            Id = before?.Id ?? RandomNumberGenerator.GetHexString(8, lowercase: true), Url = json.Text("url") ?? "", Secret = json.Text("secret") ?? before?.Secret ?? "",
            Events = json.Texts("events", WebhookEvents.All.Count)?.Distinct().ToList() ?? WebhookEvents.Moves, Idc = json.Text("idc"), Enabled = json.Flag("enabled") ?? true, Description = json.Text("description"),
            CreatedAt = before?.CreatedAt ?? time.GetUtcNow(), CreatedBy = before?.CreatedBy ?? actor.Name,
        };
        json.RefuseOthers();
        errors.Check("url", OutboundAddress.IsUrl(hook.Url, options.AllowLoopback), hook.Url.Length == 0 ? null : hook.Url, OutboundAddress.Allowed);
        // The value itself stays out of the answer.
        if (hook.Secret.Length is < 16 or > 200 || hook.Secret.Any(char.IsControl))
            errors.Add("secret", hook.Secret.Length == 0 ? "Required: 16 to 200 characters." : "Must have 16 to 200 characters, without control characters.");
        for (var i = 0; i < hook.Events.Count; i++)
            errors.Check($"events[{i}]", WebhookEvents.All.Contains(hook.Events[i]), hook.Events[i], string.Join(", ", WebhookEvents.All));
        errors.Check("events", hook.Events.Count > 0, null, "at least one event, or leave it out for every move of a task");
        if (hook.Idc is not null)
            errors.Idc(hook.Idc);
        TaskRules.FreeText(errors, "description", hook.Description, TaskRules.LongestNotes);
        errors.ThrowIfAny();
        return hook;
    }
}
