using System.Globalization;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Webhooks;

/// <summary>Settings of webhooks; configuration section <c>Webhooks</c>.</summary>
internal sealed record WebhookOptions
{
    /// <summary>URLs may lead to this host itself.</summary>
    public required bool AllowLoopback { get; init; }
    /// <summary>Attempts until a message is given up, the first among them.</summary>
    public required int Attempts { get; init; }
    /// <summary>Pause before the second attempt; it doubles each time, up to a minute, with jitter.</summary>
    public required TimeSpan FirstPause { get; init; }
    /// <summary>Time that a receiver has for its answer.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <exception cref="SettingException">A setting is not allowed.</exception>
    public static WebhookOptions Read(IConfiguration configuration)
    {
        var loopback = configuration["Webhooks:AllowLoopback"] ?? "false";
        if (!bool.TryParse(loopback, out var allowLoopback))
            throw new SettingException("Webhooks:AllowLoopback", loopback, "true or false");
        var attempts = configuration["Webhooks:Attempts"] ?? "10";
        if (!int.TryParse(attempts, NumberStyles.None, CultureInfo.InvariantCulture, out var most) || most is < 1 or > 50)
            throw new SettingException("Webhooks:Attempts", attempts, "1 to 50");
        return new WebhookOptions { AllowLoopback = allowLoopback, Attempts = most, FirstPause = Time(configuration, "FirstPause", "00:00:01"), Timeout = Time(configuration, "Timeout", "00:00:10") };
    }

    private static TimeSpan Time(IConfiguration configuration, string name, string otherwise)
    {
        var text = configuration[$"Webhooks:{name}"] ?? otherwise;
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time >= TimeSpan.FromMilliseconds(1) && time <= TimeSpan.FromMinutes(5)
            ? time : throw new SettingException($"Webhooks:{name}", text, "a time of 00:00:00.001 to 00:05:00");
    }
}
