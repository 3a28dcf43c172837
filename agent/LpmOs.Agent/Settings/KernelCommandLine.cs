namespace LpmOs.Agent.Settings;

/// <summary>Words of <c>/proc/cmdline</c> that the boot script put there for the agent.</summary>
internal static class KernelCommandLine
{
    /// <summary>Settings of the boot image, or <paramref name="defaults"/> unchanged where the kernel was not started by a boot script of ours.</summary>
    /// <exception cref="SettingsException">A word's value is not allowed.</exception>
    public static AgentSettings Apply(string commandLine, AgentSettings defaults)
    {
        var settings = defaults;
        foreach (var word in commandLine.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var at))
                continue;
            var (name, value) = (word[..at], word[(at + 1)..]);
            settings = name switch
            {
                // The boot image has nobody to give up for: it waits for ever.
                "lpmos.regional" => settings with { RegionalUrl = CommandLine.Url(name, value), InBootImage = true, MaxPolls = 0 },
                "lpmos.boot" => settings with { BootUrl = CommandLine.Url(name, value) },
                "lpmos.ca" => settings with { CaSha256 = Digest(name, value) },
                "lpmos.token" when value.Length > 0 => settings with { Token = value },
                "lpmos.key" when value.Length > 0 => settings with { SigningKey = value },
                "lpmos.idc" when value.Length > 0 => settings with { Idc = value },
                "BOOTIF" => settings with { BootMac = BootMac(value) ?? settings.BootMac },
                _ => settings,
            };
        }
        return settings;
    }

    /// <summary>What cannot be read is no reason to trust everybody.</summary>
    private static string Digest(string name, string value) => value.Length == 64 && value.All(char.IsAsciiHexDigit) ? value.ToLowerInvariant()
        : throw new SettingsException($"{name} is '{Printable.Clean(value)}'. Allowed: the SHA-256 of the boot service's ca.pem, 64 hexadecimal digits.");

    // PXELINUX form: hardware type (01 Ethernet), then the address, all with dashes; iPXE scripts may leave the type out.
    private static string? BootMac(string value)
    {
        var bytes = value.Split('-', ':');
        if (bytes.Length == 7)
            bytes = bytes[1..];
        return bytes.Length == 6 && bytes.All(part => part is [var high, var low] && char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low))
            ? string.Join(':', bytes).ToLowerInvariant()
            : null;
    }
}
