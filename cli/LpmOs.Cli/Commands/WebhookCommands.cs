using System.CommandLine;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;
using LpmOs.Cli.Texts;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl webhooks …</c>. Secrets come from files alone: other users see command lines.</summary>
internal static class WebhookCommands
{
    public static Command Build(Shell shell)
    {
        var words = shell.Words;
        var file = new Option<string>("--file", "-f") { Description = words.WebhookFileOption, Required = true };
        var (shown, deleted, tested, failed) = (Id(words), Id(words), Id(words), Id(words));
        return new Command("webhooks", words.Webhooks)
        {
            shell.Command("list", words.WebhooksList, [], async (_, session, cancellationToken) =>
            {
                var list = await session.Api.ListWebhooksAsync(cancellationToken);
                session.Print.List(list, list.Items.ToList(), Columns(words), words.NoEntries);
                return ExitCodes.Ok;
            }),
            shell.Command("show", words.WebhooksShow, [shown], async (parsed, session, cancellationToken) => Facts(await session.Api.GetWebhookAsync(parsed.GetValue(shown)!, cancellationToken), session)),
            shell.Command("create", words.WebhooksCreate, [file], async (parsed, session, cancellationToken) =>
                Facts(await session.Api.CreateWebhookAsync(await SiteCommands.ReadAsync<WebhookRequest>(parsed.GetValue(file)!, session, cancellationToken), cancellationToken), session)),
            shell.Command("delete", words.WebhooksDelete, [deleted], async (parsed, session, cancellationToken) =>
            {
                await session.Api.DeleteWebhookAsync(parsed.GetValue(deleted)!, cancellationToken);
                return ExitCodes.Ok;
            }),
            shell.Command("test", words.WebhooksTest, [tested], async (parsed, session, cancellationToken) =>
            {
                var delivery = await session.Api.TestWebhookAsync(parsed.GetValue(tested)!, cancellationToken);
                session.Print.List(delivery, [delivery], Deliveries(words), words.NoEntries);
                return delivery.Outcome == "delivered" ? ExitCodes.Ok : ExitCodes.Failed;
            }),
            shell.Command("deliveries", words.WebhooksDeliveries, [failed], async (parsed, session, cancellationToken) =>
            {
                var deliveries = await session.Api.ListWebhookDeliveriesAsync(parsed.GetValue(failed)!, cancellationToken);
                session.Print.List(deliveries, deliveries.Dead.ToList(), Deliveries(words), words.NoEntries);
                return ExitCodes.Ok;
            }),
        };
    }

    private static Argument<string> Id(Words words) => new("id") { Description = words.WebhookId, HelpName = "ID" };

    private static int Facts(WebhookAnswer hook, CliSession session)
    {
        session.Print.Facts(hook, Columns(session.Words));
        return ExitCodes.Ok;
    }

    private static Column<WebhookAnswer>[] Columns(Words words) =>
    [
        new("id", "ID", hook => hook.Id), new("url", "URL", hook => hook.Url), new("events", words.Event, hook => Show.Join(hook.Events)), new("idc", "IDC", hook => hook.Idc),
        new("enabled", words.State, hook => hook.Enabled ? words.Yes : words.No), new("description", words.Notes, hook => hook.Description), new("created_by", words.Who, hook => hook.Created_by),
    ];

    private static Column<Delivery>[] Deliveries(Words words) =>
    [
        new("at", words.CreatedAt, delivery => Show.Time(delivery.At)), new("event", words.Event, delivery => delivery.Event), new("outcome", words.State, delivery => delivery.Outcome),
        new("attempts", "#", delivery => Show.Number(delivery.Attempts), Right: true), new("status", "HTTP", delivery => Show.Number(delivery.Status)), new("error", words.Notes, delivery => delivery.Error),
    ];
}
