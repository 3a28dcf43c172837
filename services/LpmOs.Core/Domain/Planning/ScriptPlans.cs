using System.Security.Cryptography;
using System.Text;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning;

/// <summary>The scripts of a task in the order in which they run: by their time, then as they were given.</summary>
internal static class ScriptPlans
{
    /// <summary>Null where there are none.</summary>
    public static IReadOnlyList<ScriptPlan>? Of(TaskSpec task) => task.Scripts is not { Count: > 0 } scripts ? null :
    [
        .. ScriptTimes.All.SelectMany(when => scripts.Where(script => script.When == when)).Select(script => new ScriptPlan
        {
            Name = script.Name, When = script.When, Text = script.Text, Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script.Text))),
        }),
    ];
}
