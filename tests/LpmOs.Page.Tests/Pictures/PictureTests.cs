using LpmOs.Page.Tests.Browsing;
using LpmOs.Testing;
using Microsoft.Playwright;

namespace LpmOs.Page.Tests.Pictures;

/// <summary>Writes docs/screens anew (<c>make screens</c>); never part of a test run.</summary>
public sealed class PictureTests(Chromium chromium)
{
    private const string Server = "/machines/dc1/CN7BK4100X0", Task = "/tasks/dc1/CN7BK4100X0", Stalled = "/machines/dc1/CN7BK4240X2";

    private sealed record Shot(string Name, string Path, int Width = 1440, int Height = 900, string Language = "zh-CN", string Theme = "light", Func<IPage, Task>? Prepare = null);

    private static readonly Shot[] Shots =
    [
        .. Both("overview", "/", 1200), new("overview.phone", "/", 390, 844), new("overview.phone.en.dark", "/", 390, 844, "en", "dark"),
        .. Both("tasks", "/tasks?tab=installing"), new("tasks.phone", "/tasks?tab=installing", 390, 844), new("tasks.batch", "/tasks?tab=pending", Prepare: page => page.Locator("thead input").CheckAsync()),
        .. Both("task", Task, 1250), new("task.phone", Task, 390, 844), new("task.log.en.dark", Task, 1440, 900, "en", "dark", page => page.Locator("#log-title").EvaluateAsync("title => title.scrollIntoView()")),
        new("create.en.dark", "/tasks", 1440, 900, "en", "dark", page => page.Locator("[data-key=n]").ClickAsync()), new("approve.en.dark", "/tasks/dc1/CN7BK4184X3", 1440, 1100, "en", "dark", page => page.Locator("main .el-button--primary").First.ClickAsync()),
        .. Both("servers", "/machines"), new("servers.phone", "/machines", 390, 844), .. Both("server", Server, 1100), new("boot.stalled", Stalled, 1440, 1150), new("boot.stalled.en.dark", Stalled, 1440, 1150, "en", "dark"),
        .. Both("compare", "/compare?a=dc1/CN7BK4100X0&b=dc1/CN7BK4107X1"), .. Both("report", "/report?kind=tasks&idc=dc1&tag=rack-a02"), .. Both("idcs", "/idcs"), .. Both("audit", "/audit"), .. Both("docs", "/docs/statuses"),
        new("wall", "/wall?every=600", 1920, 1080, "zh-CN", "dark"), new("wall.site.en", "/wall?every=600&idc=dc1", 1920, 1080, "en"), new("wall.4k", "/wall?every=600", 3840, 2160, "zh-CN", "dark"),
        new("empty", "/tasks?tab=closed&q=nobody"), new("nothing.en.dark", "/nowhere", 1440, 600, "en", "dark"),
    ];

    private static Shot[] Both(string name, string path, int height = 900, Func<IPage, Task>? Prepare = null) =>
        [new(name + ".zh-CN", path, 1440, height, "zh-CN", "light", Prepare), new(name + ".en.dark", path, 1440, height, "en", "dark", Prepare)];

    [Fact(Explicit = true)]
    public async Task Take()
    {
        await using var site = new Site();
        await site.FillAsync(store => Scenery.FillAsync(store, TimeProvider.System.GetUtcNow()));
        await site.StartAsync();
        var folder = Path.Combine(Repository.Root, "docs", "screens");
        foreach (var shot in Shots)
        {
            await using var open = await chromium.OpenAsync(new Uri(site.Url, shot.Path), shot.Language, shot.Theme, shot.Width, shot.Height);
            await open.ConnectedAsync();
            await open.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            if (shot.Prepare is not null)
            {
                await shot.Prepare(open.Page);
                await open.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            }
            await open.Page.EvaluateAsync("() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)))");
            await open.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, shot.Name + ".png"), Animations = ScreenshotAnimations.Disabled });
        }
    }

    /// <summary>Fills the store that LPMOS_SCENERY names, to run a standalone on while one works on the page.</summary>
    [Fact(Explicit = true)]
    public async Task Fill()
    {
        var path = Environment.GetEnvironmentVariable("LPMOS_SCENERY") ?? throw new InvalidOperationException("Set LPMOS_SCENERY to the file of the store, for example data/scenery.db.");
        await using var store = TemporaryStore.EmbeddedAt(Path.GetFullPath(path));
        await Scenery.FillAsync(store.Store, TimeProvider.System.GetUtcNow());
    }
}
