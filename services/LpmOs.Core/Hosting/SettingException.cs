namespace LpmOs.Core.Hosting;

/// <summary>A setting that the service cannot start with.</summary>
public sealed class SettingException(string key, string? value, string allowed)
    : Exception($"Setting {key} = '{value}' is not allowed. Allowed: {allowed}. Set it as the environment variable LPMOS_{key.Replace(":", "__", StringComparison.Ordinal)}, in appsettings.json or as --{key}=… on the command line.");
