using System.Buffers;
using System.Text;
using LpmOs.Boot.Scripts;
using LpmOs.Core.Snapshot;

namespace LpmOs.Boot.Tests.Scripts;

/// <summary>What a machine reads, as text.</summary>
internal static class ScriptTexts
{
    public static string For(this BootScripts scripts, BootDecision decision, BootRequest request, StateSnapshot snapshot, string baseUrl)
    {
        var output = new ArrayBufferWriter<byte>();
        scripts.Write(decision, request, snapshot, baseUrl, output);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }
}
