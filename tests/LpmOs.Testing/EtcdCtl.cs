using System.Diagnostics;

namespace LpmOs.Testing;

/// <summary>etcd's own command line client.</summary>
public static class EtcdCtl
{
    /// <returns>Its standard output.</returns>
    public static async Task<string> RunAsync(IReadOnlyList<Uri> endpoints, TestCertificates? certificates, params string[] arguments)
    {
        var start = new ProcessStartInfo(RequiredProgram.Find("etcdctl", "etcd-client")) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ETCDCTL_API"] = "3";
        start.ArgumentList.Add($"--endpoints={string.Join(',', endpoints.Select(e => e.GetLeftPart(UriPartial.Authority)))}");
        if (certificates is not null)
        {
            start.ArgumentList.Add($"--cacert={certificates.Authority}");
            start.ArgumentList.Add($"--cert={certificates.ClientCertificate}");
            start.ArgumentList.Add($"--key={certificates.ClientKey}");
        }

        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"etcdctl {string.Join(' ', arguments)} failed ({process.ExitCode}): {await errors}{await output}");
    }
}
