using System.Diagnostics;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using Microsoft.Extensions.Configuration;

namespace LpmOs.Core.Store.Sealed;

/// <summary>
/// The key outside the store (setting <c>Store:KeyFile</c>): 32 random bytes in Base64 or hexadecimal on one line. Further lines are keys from before, which still open what they sealed;
/// new lines are taken without a restart.
/// </summary>
public sealed class StoreKeyFile
{
    public const string Allowed = "a file that this user may read, with 32 bytes in Base64 or hexadecimal on one line (head -c 32 /dev/urandom | base64 > FILE; chmod 600 FILE), the same on every host; keys from before on further lines, 4 at most in all";
    private const int KeyBytes = KeyRing.KeyBytes;
    private const int Longest = 400;

    public const string CommandAllowed = "a command for /bin/sh that prints within 30 seconds what a file of Store:KeyFile would hold (for example of a key management service)";
    // It may hold what it logs in with.
    private const string NotShown = "a command that failed or printed something else, not shown here";
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(30);

    /// <summary>Null: what a command printed at start is all there is.</summary>
    private readonly string? _path;
    private byte[] _ring;

    /// <exception cref="SettingException">There is no such file, or something else is in it.</exception>
    public StoreKeyFile(string path)
    {
        _path = path;
        _ring = Read(path) ?? throw new SettingException("Store:KeyFile", path, Allowed);
    }

    private StoreKeyFile(byte[] ring) => _ring = ring;

    /// <summary>As the settings say: <c>Store:KeyFile</c>, <c>Store:KeyCommand</c>, or null.</summary>
    /// <exception cref="SettingException">It cannot be had, or both are set.</exception>
    public static StoreKeyFile? Of(IConfiguration configuration) => (Text(configuration, "Store:KeyFile"), Text(configuration, "Store:KeyCommand")) switch
    {
        (null, null) => null,
        ({ } path, null) => new StoreKeyFile(path),
        (null, { } command) => new StoreKeyFile(Parse(Run(command)) ?? throw new SettingException("Store:KeyCommand", NotShown, CommandAllowed)),
        ({ }, { }) => throw new SettingException("Store:KeyCommand", "not shown here", "either this or Store:KeyFile"),
    };

    public static bool IsSet(IConfiguration configuration) => (Text(configuration, "Store:KeyFile") ?? Text(configuration, "Store:KeyCommand")) is not null;

    /// <summary>The keys as the file has them now, the present one first; as it last had them where it cannot be read.</summary>
    public byte[] Ring => _ring = (_path is null ? null : Read(_path)) ?? _ring;

    /// <returns>Null: there is no such file, or something else is in it.</returns>
    public static byte[]? Read(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= Longest })
                return null;
            return Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[]? Parse(string text)
    {
        try
        {
            var lines = text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
            var keys = lines.Select(line => line.Length == 2 * KeyBytes ? Convert.FromHexString(line) : Convert.FromBase64String(line)).ToList();
            return keys.Count is > 0 and <= KeyRing.Most && keys.All(key => key.Length == KeyBytes) ? [.. keys.SelectMany(key => key)] : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>What it prints; a command that fails, or takes too long, prints nothing that would be a key.</summary>
    private static string Run(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true })!;
        using var limit = new CancellationTokenSource(CommandLimit);
        using var end = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && text.Length <= Longest ? text : "";
    }

    private static string? Text(IConfiguration configuration, string key) => configuration[key]?.Trim() is { Length: > 0 } text ? text : null;
}
