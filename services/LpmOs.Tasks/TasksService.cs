using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Shells;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;
using LpmOs.Tasks.Access;
using LpmOs.Tasks.Approvals;
using LpmOs.Tasks.Assets;
using LpmOs.Tasks.Audit;
using LpmOs.Tasks.Batch;
using LpmOs.Tasks.Batch.AllOrNothing;
using LpmOs.Tasks.Boots;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Events;
using LpmOs.Tasks.Idcs;
using LpmOs.Tasks.Lists;
using LpmOs.Tasks.Layouts;
using LpmOs.Tasks.Machines;
using LpmOs.Tasks.Page;
using LpmOs.Tasks.Profiles;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Sealing;
using LpmOs.Tasks.Servers;
using LpmOs.Tasks.Settings;
using LpmOs.Tasks.Shells;
using LpmOs.Tasks.Stats;
using LpmOs.Tasks.Stats.Durations;
using LpmOs.Tasks.Systems;
using LpmOs.Tasks.Tasks;
using LpmOs.Tasks.Templates;
using LpmOs.Tasks.Validation;
using LpmOs.Tasks.Webhooks;
using LpmOs.Tasks.Wipes;

namespace LpmOs.Tasks;

/// <summary>The operators' API: the control plane of all IDCs.</summary>
public static class TasksService
{
    public const string DefaultUrls = "http://127.0.0.1:8080";

    /// <param name="configure">Lets a host that runs several services share its store.</param>
    /// <exception cref="SettingException">A setting is not allowed.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = ServiceDefaults.CreateBuilder(args, "Tasks:Urls", DefaultUrls);
        configure?.Invoke(builder);
        // The control plane serves every IDC, those too that are added while it runs.
        builder.AddServiceDefaults(_ => [Keys.Root]);
        FirstAdministrator.CheckFormer(builder.Configuration);
        builder.Services.AddAccess(AuthOptions.Read(builder.Configuration, builder.Configuration["Tasks:Urls"] ?? DefaultUrls), RequestLimits.Read(builder.Configuration));
        var templatesPath = builder.Configuration["Templates:Path"] ?? "templates";
        builder.Services.AddSingleton(OsCatalog.Load(templatesPath));
        builder.Services.AddSingleton(new SiteTemplates(templatesPath));
        builder.Services.AddSingleton<TemplatesInStep>();
        builder.Services.AddHealthChecks().AddCheck<TemplatesInStep>("templates", tags: ["ready"]);
        builder.Services.AddSingleton<TemplateStore>();
        builder.Services.AddSingleton<TemplateTexts>();
        builder.Services.AddSingleton<TemplatePreview>();
        builder.Services.AddSingleton<UserRules>();
        builder.Services.AddSingleton<DiskPassphraseRules>();
        builder.Services.AddSingleton<TaskRules>();
        builder.Services.AddSingleton<ProfileInheritance>();
        builder.Services.AddSingleton<ProfileStore>();
        builder.Services.AddSingleton<DefaultsCall>();
        builder.Services.AddSingleton<TaskArchive>();
        builder.Services.AddSingleton<TaskCreation>();
        builder.Services.AddSingleton<TaskDecisions>();
        builder.Services.AddSingleton<TaskPlans>();
        builder.Services.AddSingleton<TaskLogReader>();
        builder.Services.AddSingleton<FleetIndex>();
        builder.Services.AddSingleton<TaskLists>();
        builder.Services.AddSingleton<MachineLists>();
        builder.Services.AddSingleton<MachineRecords>();
        builder.Services.AddSingleton<MachineTpms>();
        builder.Services.AddSingleton<SealedValues>();
        builder.Services.AddSingleton<KeyRotation>();
        builder.Services.AddSingleton<ShellSessions>();
        builder.Services.AddHostedService<ShellWatcher>();
        builder.Services.AddSingleton<InventoryReader>();
        builder.Services.AddSingleton<BootReader>();
        builder.Services.AddSingleton<BootLists>();
        builder.Services.AddHostedService<BootWatcher>();
        builder.Services.AddSingleton<SiteCounts>();
        builder.Services.AddSingleton<DurationIndex>();
        builder.Services.AddSingleton<EventHub>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<EventHub>());
        builder.Services.AddHostedService<StatsPublisher>();
        builder.Services.AddSingleton(WebhookOptions.Read(builder.Configuration));
        builder.Services.AddSingleton<WebhookStore>();
        builder.Services.AddSingleton<WebhookSender>();
        builder.Services.AddSingleton<WebhookDelivery>();
        builder.Services.AddHostedService<WebhookDispatcher>();
        builder.Services.AddHostedService<TaskWatcher>();
        builder.Services.AddSingleton<TaskBatch>();
        builder.Services.AddSingleton<MachineClaims>();
        builder.Services.AddSingleton<BatchJournal>();
        builder.Services.AddHostedService<BatchRecovery>();
        builder.Services.AddSingleton<BatchDecisions>();
        builder.Services.AddSingleton<IdempotencyKeys>();
        builder.Services.AddSingleton(AuditOptions.Read(builder.Configuration));
        builder.Services.AddSingleton<AuditReader>();
        builder.Services.AddSingleton<AuditVerifier>();
        builder.Services.AddSingleton<AuditedChange>();
        builder.Services.AddHostedService<AuditRetention>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, TasksJson.Default));
        builder.Services.AddOpenApi(ApiDocument.Name, options =>
        {
            options.Describe("LpmOs tasks service", ApiText.Description, ApiTags.All, AnswerExamples.Of(typeof(TasksService).Assembly));
            // A task has its system; a request may leave it to the profile.
            options.AddSchemaTransformer((schema, context, _) =>
            {
                if (context.JsonTypeInfo.Type == typeof(TaskSpec))
                    schema.Required?.Remove("os_type");
                return Task.CompletedTask;
            });
        });

        builder.Services.AddPageCompression();

        var app = builder.Build();
        // It is kept up from the first listing on, not from the first question.
        app.Services.GetRequiredService<FleetIndex>();
        app.Services.GetRequiredService<DurationIndex>();
        app.UseServiceDefaults(metrics: Permission.View);
        app.UseWebSockets();
        app.UseAccess();
        app.MapApiDocument();
        app.UseSwaggerUI(swagger =>
        {
            swagger.DocumentTitle = "LpmOs";
            swagger.SwaggerEndpoint("/openapi/v1.json", "LpmOs tasks service");
            swagger.EnableTryItOutByDefault();
            swagger.DisplayRequestDuration();
        });
        var api = app.MapGroup("/api/v1");
        api.MapTasks();
        api.MapDecisions();
        api.MapBatch();
        api.MapStats();
        api.MapIdcs();
        api.MapSettings();
        api.MapSystems();
        api.MapLayouts();
        api.MapWipes();
        api.MapProfiles();
        api.MapTemplates();
        api.MapTemplateChanges();
        api.MapAssets();
        api.MapWebhooks();
        api.MapDefaults();
        api.MapMachines();
        api.MapMachineRecords();
        api.MapShells();
        api.MapInventories();
        api.MapBoots();
        api.MapServers();
        api.MapAudit();
        api.MapKeys();
        api.MapLogin();
        api.MapOwn();
        api.MapUsers();
        api.MapCredentials();
        app.MapEvents(api);
        app.MapOperatorsPage();
        return app;
    }
}
