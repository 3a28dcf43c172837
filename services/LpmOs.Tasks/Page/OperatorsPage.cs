using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace LpmOs.Tasks.Page;

/// <summary>Serves the operators' page: what <c>npm run build</c> in <c>web/</c> made, beside the API and from the same origin.</summary>
internal static class OperatorsPage
{
    public const string PathKey = "Tasks:PagePath";

    /// <summary>
    /// All from this origin and nothing inline. <c>img-src data:</c> is for the arrow glyphs in the component library's style sheets;
    /// the live events are a WebSocket of the same origin, which 'self' covers (CSP Level 3, 6.7.2.8).
    /// </summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>First parts of addresses that are not the page's.</summary>
    private static readonly string[] NotPages = ["api", "ws", "swagger", "openapi", "metrics", "healthz", "readyz", "assets", "signin-oidc"];

    private const string NotBuilt = """
        LpmOs tasks service. The operators' page is not built: run `make page` (Node.js 20 or later with npm), then start the service again,
        or set Tasks:PagePath (LPMOS_Tasks__PagePath) to the folder that holds its index.html.
        The API is here all the same: /swagger

        LpmOs 管理服务正在运行，但网页尚未构建：请运行 `make page`（需要 Node.js 20 及以上和 npm）后重启服务。API 文档：/swagger

        """;

    /// <summary>For the page's files and the lists that it shows; neither holds a secret. Events are of another type and never held back.</summary>
    public static void AddPageCompression(this IServiceCollection services) => services.AddResponseCompression(compression =>
    {
        compression.EnableForHttps = true;
        compression.MimeTypes = ["text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/json"];
    });

    public static void MapOperatorsPage(this WebApplication app)
    {
        if (Folder(app.Configuration[PathKey]) is not { } folder)
        {
            app.MapGet("/", () => TypedResults.Text(NotBuilt, "text/plain; charset=utf-8")).Allow(Permission.Anonymous).ExcludeFromDescription();
            return;
        }
        var files = new PhysicalFileProvider(folder);
        app.UseWhen(context => IsPage(context.Request) || context.Request.Path.StartsWithSegments("/assets") || (HttpMethods.IsGet(context.Request.Method) && context.Request.Path.StartsWithSegments("/api")), page => page.UseResponseCompression());
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files, OnPrepareResponse = context => Harden(context.Context) });
        // Deep links are the page's own, but only what no endpoint answers and what looks like a page: a wrong API address stays a 404 problem.
        app.Use((context, next) => context.GetEndpoint() is null && IsPage(context.Request) ? SendIndexAsync(context, files) : next(context));
    }

    /// <summary>The folder that is set, or <c>web/dist</c> below the working directory or above the program: a checkout and a published service both find theirs.</summary>
    private static string? Folder(string? setting)
    {
        if (setting is not null)
            return Directory.Exists(setting) && File.Exists(Path.Combine(setting, "index.html"))
                ? Path.GetFullPath(setting)
                : throw new Core.Hosting.SettingException(PathKey, setting, "a folder with the index.html of the built page (make page)");
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "web", "dist", "index.html")))
                return Path.Combine(at, "web", "dist");
        }
        return File.Exists(Path.Combine("web", "dist", "index.html")) ? Path.GetFullPath(Path.Combine("web", "dist")) : null;
    }

    private static bool IsPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && !NotPages.Contains(request.Path.Value!.Split('/', 3)[1], StringComparer.OrdinalIgnoreCase)
        // A file that is not there, such as /favicon.ico; serial numbers, further down, may have dots.
        && !(request.Path.Value.LastIndexOf('/') == 0 && Path.HasExtension(request.Path.Value));

    private static async Task SendIndexAsync(HttpContext context, PhysicalFileProvider files)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        Harden(context);
        await context.Response.SendFileAsync(files.GetFileInfo("index.html"), context.RequestAborted);
    }

    private static void Harden(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // Names in assets/ carry a hash of what is in them.
        headers[HeaderNames.CacheControl] = context.Request.Path.StartsWithSegments("/assets") ? "public, max-age=31536000, immutable" : "no-cache";
    }
}
