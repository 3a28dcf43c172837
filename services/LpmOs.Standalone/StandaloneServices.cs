using LpmOs.Boot;
using LpmOs.Regional;
using LpmOs.Tasks;

namespace LpmOs.Standalone;

/// <summary>The three services of a first run or a small site, in one process.</summary>
public static class StandaloneServices
{
    /// <exception cref="Core.Hosting.SettingException">A setting is not allowed.</exception>
    public static IReadOnlyList<WebApplication> Build(string[] args, SharedStore store) =>
        [TasksService.Build(args, store.ShareWith), RegionalService.Build(args, store.ShareWith), BootService.Build(args, store.ShareWith)];
}
