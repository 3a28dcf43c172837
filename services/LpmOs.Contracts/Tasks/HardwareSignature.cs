using System.Security.Cryptography;
using System.Text;

namespace LpmOs.Contracts.Tasks;

/// <summary>
/// The service's signature over what changes the hardware itself: ECDSA P-256 with SHA-256 (FIPS 186-5), r and s side by side, base64url; several, joined by dots, where the service's key was changed lately, of which one must be good.
/// The agent knows the public key from its boot script, so that an answer of somebody else on the way writes no firmware.
/// </summary>
public static class HardwareSignature
{
    /// <summary>What is signed: for which machine, task and attempt, what the scripts are given, and the digest of each hardware script in its order.</summary>
    /// <param name="sn">Of the machine that asks, as it knows itself: an answer to another one is of no use to it.</param>
    public static byte[] Text(InstallPlan plan, string sn)
    {
        var text = new StringBuilder("lpmos hardware 2\n").Append(sn).Append('\n').Append(plan.TaskId).Append('\n').Append(plan.Attempt).Append('\n');
        foreach (var (name, value) in ScriptRuns.Environment(plan))
            text.Append(name).Append(' ').Append(Digest(value)).Append('\n');
        foreach (var script in (plan.Scripts ?? []).Where(script => script.When == ScriptTimes.Hardware))
            text.Append(script.Name).Append(' ').Append(Digest(script.Text)).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
