using System.Security.Cryptography;
using System.Text;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install;

/// <summary>What the scripts of a plan have in common, wherever they run.</summary>
internal static class Scripts
{
    public static IReadOnlyList<ScriptPlan> At(InstallPlan plan, string when) => [.. (plan.Scripts ?? []).Where(script => script.When == when)];

    /// <summary>What scripts see of the task.</summary>
    public static IReadOnlyDictionary<string, string> Environment(InstallPlan plan)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["LPMOS_TASK_ID"] = plan.TaskId, ["LPMOS_SN"] = plan.Sn, ["LPMOS_HOSTNAME"] = plan.Hostname };
        foreach (var (name, value) in plan.Variables ?? new Dictionary<string, string>())
            all[$"LPMOS_VAR_{name.ToUpperInvariant()}"] = value;
        return all;
    }

    /// <summary>The script as a file that the kernel can start.</summary>
    public static string Executable(ScriptPlan script) => script.Text.StartsWith("#!", StringComparison.Ordinal) ? script.Text : "#!/bin/sh\n" + script.Text;

    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
