using System.Security.Cryptography;
using System.Text;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install;

/// <summary>What the scripts of a plan have in common, wherever they run.</summary>
internal static class Scripts
{
    public static IReadOnlyList<ScriptPlan> At(InstallPlan plan, string when) => [.. (plan.Scripts ?? []).Where(script => script.When == when)];

    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
