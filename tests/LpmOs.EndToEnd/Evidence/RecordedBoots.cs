using System.Text.Json;
using System.Text.RegularExpressions;
using LpmOs.EndToEnd.Lab;

namespace LpmOs.EndToEnd.Evidence;

/// <summary>The flight recorder's account of an installation, as the API tells it: from the first packet of the firmware to the call of the new system.</summary>
internal sealed class RecordedBoots(LabNetwork network, OperatorApi api)
{
    /// <summary>What follows the way in, whichever that was.</summary>
    private static readonly string[] Installation =
    [
        "^first script ", "^script agent ", "^HTTP kernel ", "^HTTP initrd ", "^agent reported its hardware", "^agent was given os_install", "^agent ended os_install", "^agent was given reboot", "^script local_disk ", "^the installed system called",
    ];

    /// <param name="wayIn">Patterns of what must come before the first script.</param>
    public async Task CheckAsync(string sn, IReadOnlyList<string> wayIn, CancellationToken cancellationToken)
    {
        var boots = await api.WaitAsync($"/api/v1/machines/dc1/{sn}/boots", boots => Texts(boots).Any(text => text.StartsWith("the installed system called", StringComparison.Ordinal)), TimeSpan.FromSeconds(60), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(network.Folder, "boots.json"), boots.ToString(), cancellationToken);
        var texts = Texts(boots).ToList();
        var at = -1;
        foreach (var wanted in wayIn.Concat(Installation))
        {
            var next = texts.FindIndex(at + 1, text => Regex.IsMatch(text, wanted));
            Assert.True(next > at, $"'{wanted}' does not follow on the timeline:\n{string.Join('\n', texts)}");
            at = next;
        }
    }

    /// <summary>Events of all boots in words, the oldest first.</summary>
    private static IEnumerable<string> Texts(JsonElement boots) =>
        boots.GetProperty("items").EnumerateArray().Reverse().SelectMany(boot => boot.GetProperty("events").EnumerateArray()).Select(happened => happened.GetProperty("text").GetString()!);
}
