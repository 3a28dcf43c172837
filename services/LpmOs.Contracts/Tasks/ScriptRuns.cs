namespace LpmOs.Contracts.Tasks;

/// <summary>How the scripts of a plan run, whoever runs them: our agent, or the hooks of an installer.</summary>
public static class ScriptRuns
{
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
}
