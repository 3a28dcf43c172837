using System.Security.Cryptography;
using System.Text;
using LpmOs.Page.Tests.Browsing;
using LpmOs.Testing;
using Microsoft.Playwright;

namespace LpmOs.Page.Tests.Pictures;

/// <summary>Writes docs/screens anew (<c>make screens</c>); never part of a test run.</summary>
public sealed class PictureTests(Chromium chromium)
{
    private const string Server = "/machines/dc1/CN7BK4100X0", Task = "/tasks/dc1/CN7BK4100X0", Stalled = "/machines/dc1/CN7BK4240X2", Pending = "/tasks/dc1/CN7BK4184X3", Raid = "/tasks/dc1/CN7BK4191X4", Wiped = "dc1/CN7BK4100X0";

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
        new("create.zh-CN", "/tasks", 1440, 1000, Prepare: CreateAsync), new("create.phone", "/tasks", 390, 844, Prepare: CreateAsync),
        new("approve.zh-CN", Pending, 1440, 1200, Prepare: ApproveAsync), new("approve-raid.zh-CN", Raid, 1440, 1500, Prepare: ApproveAsync), new("approve-raid.en.dark", Raid, 1440, 1500, "en", "dark", ApproveAsync), new("approve-raid.phone", Raid, 390, 844, Prepare: ApproveAsync), new("approve-many.en", "/tasks?tab=pending&idc=dc1", 1440, 900, "en", "light", ApproveManyAsync),
        new("batch.zh-CN", "/tasks/batch", 1440, 900, Prepare: BatchAsync), new("profile.zh-CN", "/profiles/gpu-node", 1440, 1150), new("defaults.en.dark", "/defaults?layer=tag&tag=gpu", 1440, 900, "en", "dark"),
        new("templates.en", "/templates", 1440, 900, "en"), new("template.zh-CN", "/templates/preseed/preseed.cfg", 1440, 1000), new("webhooks.zh-CN", "/webhooks"),
        new("idc-settings.en.dark", "/idcs", 1440, 1100, "en", "dark", page => page.Locator("main button[aria-expanded]").Nth(1).ClickAsync()),
        .. Both("wipes", $"/tasks/{Wiped}/wipes", 1150), new("wipes.phone", $"/tasks/{Wiped}/wipes", 390, 844), new("access.local.en.dark", "/access", 1440, 900, "en", "dark"),
        .. Both("catalogue", "/catalogue", 1100), new("catalogue.phone", "/catalogue", 390, 844), new("layout.zh-CN", "/tasks", 1440, 1250, Prepare: LayoutAsync), new("layout.en.dark", "/tasks", 1440, 1250, "en", "dark", LayoutAsync),
        new("empty", "/tasks?tab=closed&q=nobody"), new("nothing.en.dark", "/nowhere", 1440, 600, "en", "dark"),
    ];

    private static async Task CreateAsync(IPage page)
    {
        await page.Locator("[data-key=n]").ClickAsync();
        await page.Locator("#create-sn").FillAsync("CN7BK4240X2");
        await page.GetByRole(AriaRole.Option).First.WaitForAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#create-os").FillAsync("Debian 12");
        await page.Keyboard.PressAsync("Tab");
        await page.Locator(".preview dl, .preview .problems").First.WaitForAsync();
    }

    /// <summary>An encrypted layout of one's own.</summary>
    private static async Task LayoutAsync(IPage page)
    {
        await CreateAsync(page);
        await page.GetByRole(AriaRole.Dialog).Locator(".more[aria-controls]").ClickAsync();
        await page.Locator("#create-layout").SelectOptionAsync("own");
        await page.Locator("#create-passphrase").FillAsync("correct horse battery staple");
        await page.Locator(".parts .check input").Last.CheckAsync();
        await page.Locator("#create-passphrase").ScrollIntoViewIfNeededAsync();
    }

    private static async Task ApproveAsync(IPage page)
    {
        await page.Locator("main .el-button--primary").First.ClickAsync();
        await page.Locator(".el-dialog dl").First.WaitForAsync();
    }

    private static async Task ApproveManyAsync(IPage page)
    {
        await page.Locator("thead input").CheckAsync();
        await page.Locator(".batch .el-button--primary").ClickAsync();
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
    }

    private static async Task BatchAsync(IPage page)
    {
        await page.Locator("#batch-paste").FillAsync("机房\t序列号\tMAC地址\t操作系统\t主机名\t标签\n" + string.Join('\n', Enumerable.Range(1, 14).Select(n => $"dc1\tCN7BN{5200 + n}\t{(n == 6 ? "02:00:5e:zz" : Samples.Mac(0x660000 + n))}\tUbuntu 22.04\tdc1-web-{n:d2}\track-c03")));
        await page.Locator(".read").ClickAsync();
        await page.GetByText("13 行可创建").WaitForAsync();
    }

    private static Shot[] Both(string name, string path, int height = 900, Func<IPage, Task>? Prepare = null) =>
        [new(name + ".zh-CN", path, 1440, height, "zh-CN", "light", Prepare), new(name + ".en.dark", path, 1440, height, "en", "dark", Prepare)];

    [Fact(Explicit = true)]
    public async Task Take()
    {
        await using var site = new Site();
        await site.FillAsync(store => Scenery.FillAsync(store, TimeProvider.System.GetUtcNow()));
        await site.StartAsync();
        await FurnishAsync(site);
        var folder = Path.Combine(Repository.Root, "docs", "screens");
        // Of all, or of those whose names begin so.
        var only = Environment.GetEnvironmentVariable("ONLY") ?? "";
        foreach (var shot in Shots.Where(shot => shot.Name.StartsWith(only, StringComparison.Ordinal)))
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

    /// <summary>The pages of a service where people log in, by a person who looks after users.</summary>
    [Fact(Explicit = true)]
    public async Task TakeAccess()
    {
        const string token = "a-token-of-the-pictures-that-is-long", password = "correct horse battery";
        await using var site = new Site(null, "--Auth:Mode=users", $"--Tasks:Operators:root={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))}") { Token = token };
        await site.StartAsync();
        foreach (var (name, role, idc) in ((string, string, string?)[])[("li.na", "operator", "dc1"), ("wang.fang", "approver", null), ("chen.jing", "auditor", null)])
            await site.PostAsync("/api/v1/users", new { name, roles = new[] { idc is null ? new { role } : (object)new { role, idc } } });
        await site.PostAsync("/api/v1/users", new { name = "inspection", service = true, roles = new[] { new { role = "viewer" } } });
        await site.PostAsync("/api/v1/users/inspection/tokens", new { description = "巡检脚本" });
        var given = (string)(await site.PostAsync("/api/v1/users", new { name = "zhang.wei", display_name = "张伟", roles = new[] { new { role = "administrator" } } }))["password"]!;
        foreach (var (language, theme, width) in ((string, string, int)[])[("zh-CN", "light", 1440), ("en", "dark", 1440), ("zh-CN", "light", 390)])
        {
            await using var open = await chromium.OpenAsync(new Uri(site.Url, "/access"), language, theme, width, 1150);
            var (page, name) = (open.Page, width == 390 ? "phone" : theme == "dark" ? "en.dark" : "zh-CN");
            await page.Locator("input[name=username]").FillAsync("zhang.wei");
            await TakeAsync(page, "login", name);
            await page.Locator("input[name=password]").FillAsync(given);
            await page.Keyboard.PressAsync("Enter");
            if (given != password)
            {
                // The page of the person who has logged in, no longer that of the login.
                await page.GetByRole(AriaRole.Note).WaitForAsync();
                await page.Locator("input[autocomplete=current-password]").FillAsync(given);
                foreach (var field in await page.Locator("input[autocomplete=new-password]").AllAsync())
                    await field.FillAsync(given = password);
                await page.Keyboard.PressAsync("Enter");
            }
            await page.Locator("[data-part=everyone] tbody tr").First.WaitForAsync();
            await open.ConnectedAsync();
            await TakeAsync(page, "access", name);
        }

        static async Task TakeAsync(IPage page, string what, string name)
        {
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "docs", "screens", $"{what}.{name}.png"), Animations = ScreenshotAnimations.Disabled });
        }
    }

    /// <summary>The rescue shell, at the terminal of an agent on this host.</summary>
    [Fact(Explicit = true)]
    public async Task TakeShell()
    {
        await using var site = new Site();
        await site.StartAsync();
        var (agent, sn) = await site.StartBootImageAgentAsync();
        await using var running = agent;
        foreach (var (name, language, theme, width, height) in ((string, string, string, int, int)[])[("zh-CN", "zh-CN", "light", 1440, 900), ("en.dark", "en", "dark", 1440, 900), ("phone", "zh-CN", "light", 390, 844)])
        {
            await using var open = await chromium.OpenAsync(new Uri(site.Url, $"/machines/dc1/{sn}"), language, theme, width, height);
            var (page, dialog) = (open.Page, open.Page.GetByRole(AriaRole.Dialog));
            await page.Locator("main .el-button").First.ClickAsync();
            await page.Locator("#shell-reason").FillAsync(language == "en" ? "INC-2291: one of two disks is missing" : "INC-2291：两块盘只识别到一块");
            await TakeAsync("ask");
            await page.Keyboard.PressAsync("Enter");
            await page.Locator(".xterm-helper-textarea:focus").WaitForAsync();
            await page.Keyboard.TypeAsync("lsblk -d -o NAME,SIZE,TYPE; printf '\\033[32mlink %s\\033[0m\\n' up; echo $((6*7))\n");
            await page.Locator(".xterm-rows > div", new() { HasTextRegex = new("^42") }).WaitForAsync();
            await TakeAsync("shell");
            await dialog.Locator(".bar .el-button").ClickAsync();
            await dialog.GetByRole(AriaRole.Alert).WaitForAsync();
            await TakeAsync("ended");

            async Task TakeAsync(string what)
            {
                await page.EvaluateAsync("() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)))");
                await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "docs", "screens", $"shell{(what == "shell" ? "" : $"-{what}")}.{name}.png"), Animations = ScreenshotAnimations.Disabled });
            }
        }
    }

    /// <summary>What people make by the page or the API.</summary>
    private static async Task FurnishAsync(Site site)
    {
        await site.PutAsync("/api/v1/profiles/gpu-node", new { description = "GPU 训练节点", os_type = "ubuntu", os_version = "22.04", packages = new[] { "nvidia-driver-550" }, tags = new[] { "gpu" }, variables = new { cuda = "12.4" } });
        await site.PutAsync("/api/v1/profiles/gpu-node", new { description = "GPU 训练节点", os_type = "ubuntu", os_version = "22.04", packages = new[] { "nvidia-driver-550", "nvidia-container-toolkit" }, tags = new[] { "gpu" }, priority = 10, variables = new { cuda = "12.6" } });
        await site.PutAsync("/api/v1/profiles/web-server", new { description = "对外 Web 节点，双盘 RAID 1", os_type = "debian", os_version = "12", packages = new[] { "nginx", "chrony" } });
        await site.PutAsync("/api/v1/tag-defaults/gpu", new { packages = new[] { "nvidia-driver-550" }, variables = new { cuda = "12.6" } });
        await site.PostAsync("/api/v1/webhooks", new { url = "https://chat.example.com/hooks/lpmos", secret = new string('s', 32), description = "装机群机器人", events = new[] { "task.completed", "task.failed" }, enabled = true });
        await site.PostAsync("/api/v1/webhooks", new { url = "https://cmdb.example.com/lpmos", secret = new string('s', 32), description = "CMDB 入库", idc = "dc1", events = new[] { "task.completed" }, enabled = false });
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
