using System.Diagnostics;
using System.Text.RegularExpressions;

namespace LpmOs.Testing;

/// <summary>The second program that judges our TLS.</summary>
public static partial class OpenSsl
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What <c>openssl s_client</c> prints of a connection, its errors too.</summary>
    public static async Task<string> ConnectAsync(Uri server, params string[] arguments) =>
        await RunAsync(["s_client", "-connect", server.Authority, "-servername", server.Host, .. arguments]);

    /// <summary>Serial number of the certificate that the server shows.</summary>
    public static async Task<string> SerialAsync(Uri server)
    {
        var shown = await ConnectAsync(server);
        var pem = Certificate().Match(shown);
        if (!pem.Success)
            throw new InvalidOperationException($"{server} shows no certificate: {shown}");
        return (await RunAsync(["x509", "-noout", "-serial"], pem.Value + "\n")).Trim()["serial=".Length..];
    }

    /// <summary>HMAC-SHA-256 in hexadecimal, as a receiver's own script would compute it.</summary>
    /// <param name="key">Without NUL.</param>
    public static async Task<string> HmacAsync(string key, string text) => (await RunAsync(["dgst", "-sha256", "-hmac", key, "-r"], text)).Split(' ')[0];

    private static async Task<string> RunAsync(IEnumerable<string> arguments, string input = "")
    {
        var start = new ProcessStartInfo(RequiredProgram.Find("openssl", "openssl"), arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(limit.Token);
        return await output + await errors;
    }

    [GeneratedRegex("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", RegexOptions.Singleline)]
    private static partial Regex Certificate();
}
