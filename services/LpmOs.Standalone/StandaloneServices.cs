using LpmOs.Boot;
using LpmOs.Core.Hosting;
using LpmOs.Regional;
using LpmOs.Tasks;

namespace LpmOs.Standalone;

/// <summary>The three services of a first run or a small site, in one process.</summary>
public static class StandaloneServices
{
    /// <exception cref="SettingException">A setting is not allowed.</exception>
    public static IReadOnlyList<WebApplication> Build(string[] args, SharedStore store)
    {
        string[] shared = [.. args, $"--{ServiceDefaults.ServersKey}=3"];
        return [TasksService.Build(shared, store.ShareWith), RegionalService.Build(shared, store.ShareWith), BootService.Build(shared, store.ShareWith)];
    }
}
