using System.Diagnostics;
using System.Net.Sockets;

namespace LpmOs.Testing;

/// <summary>A TPM 2.0 of its own: IBM's, in the program swtpm, over a socket. Each has an endorsement key that no other has. Beside it tpm2-tools, the second program that judges ours.</summary>
public sealed class SoftwareTpm : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _process;

    private string Socket => _folder.File("tpm");
    private string Control => _folder.File("control");

    /// <summary>Certificates of the authority that vouches for it: its root, and the one below.</summary>
    public string Makers => _folder.File("makers");

    /// <param name="manufactured">As it comes from a factory: by swtpm_setup, with RSA and elliptic (P-384) endorsement keys that have certificates of an authority of its own.</param>
    public static async Task<SoftwareTpm> StartAsync(bool manufactured = false)
    {
        var tpm = new SoftwareTpm();
        if (manufactured)
            await tpm.ManufactureAsync();
        await tpm.BeginAsync();
        return tpm;
    }

    /// <summary>As when the machine is switched off and on: what is of one boot alone is another afterwards.</summary>
    public async Task RestartAsync()
    {
        await _process!.DisposeAsync();
        File.Delete(Socket);
        File.Delete(Control);
        await BeginAsync();
    }

    /// <summary>A connection that takes commands as the kernel's device does; one at a time.</summary>
    public async Task<Stream> ConnectAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), limit.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException)
            {
                // Its file is there before it listens.
                socket.Dispose();
                await Task.Delay(20, limit.Token);
            }
        }
    }

    /// <summary>One of tpm2-tools, on this TPM; files are in a folder of the TPM's own.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message is its own.</exception>
    public async Task<string> RunAsync(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(RequiredProgram.Find(tool, "tpm2-tools"), arguments) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TPM2TOOLS_TCTI"] = $"cmd:{RequiredProgram.Find("socat", "socat")} - UNIX-CONNECT:{Socket}";
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{tool} ended with {process.ExitCode}: {await errors}");
    }

    /// <summary>The TPM's endorsement key and a signing key of this boot, made by tpm2-tools: TPMT_PUBLIC of both.</summary>
    /// <param name="algorithm">Of the endorsement key: ecc or rsa.</param>
    public async Task<(byte[] Endorsement, byte[] Attestation)> KeysAsync(string algorithm = "ecc")
    {
        await RunAsync("tpm2_createek", "-c", "ek.ctx", "-G", algorithm, "-u", "ek.pub");
        await UnloadAsync();
        await RunAsync("tpm2_createprimary", "-C", "n", "-G", "ecc256:ecdsa-sha256:null", "-g", "sha256", "-a", "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign", "-c", "ak.ctx");
        await UnloadAsync();
        await RunAsync("tpm2_readpublic", "-c", "ak.ctx", "-o", "ak.pub");
        await UnloadAsync();
        // TPM2B_PUBLIC: a length, then the key.
        return (Read("ek.pub")[2..], Read("ak.pub")[2..]);
    }

    /// <summary>Opens a credential for the keys of <see cref="KeysAsync"/> with tpm2_activatecredential.</summary>
    /// <param name="credential">What is inside a TPM2B_ID_OBJECT.</param>
    /// <param name="encryptedSecret">What is inside a TPM2B_ENCRYPTED_SECRET.</param>
    public async Task<byte[]> ActivateAsync(byte[] credential, byte[] encryptedSecret)
    {
        // The tool's own file: a magic number and a version, then both structures.
        Write("credential", [0xBA, 0xDC, 0xC0, 0xDE, 0, 0, 0, 1, .. Sized(credential), .. Sized(encryptedSecret)]);
        await RunAsync("tpm2_startauthsession", "--policy-session", "-S", "session.ctx");
        await RunAsync("tpm2_policysecret", "-S", "session.ctx", "-c", "e");
        await RunAsync("tpm2_activatecredential", "-c", "ak.ctx", "-C", "ek.ctx", "-i", "credential", "-o", "opened", "-P", "session:session.ctx");
        await UnloadAsync();
        return Read("opened");
    }

    /// <summary>A TPM2B.</summary>
    public static byte[] Sized(byte[] bytes) => [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];

    public byte[] Read(string file) => File.ReadAllBytes(_folder.File(file));

    public void Write(string file, byte[] bytes) => File.WriteAllBytes(_folder.File(file), bytes);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task BeginAsync()
    {
        _process = ServerProcess.Start(RequiredProgram.Find("swtpm", "swtpm"),
            ["socket", "--tpm2", "--tpmstate", $"dir={_folder.Path}", "--server", $"type=unixio,path={Socket}", "--ctrl", $"type=unixio,path={Control}", "--flags", "not-need-init,startup-clear"], _ => false);
        using var limit = new CancellationTokenSource(Limit);
        // It says nothing when it is ready.
        while (!File.Exists(Socket))
        {
            if (_process.HasEnded)
                throw new InvalidOperationException($"swtpm ended: {_process.Output}");
            await Task.Delay(20, limit.Token);
        }
    }

    private async Task ManufactureAsync()
    {
        Directory.CreateDirectory(Makers);
        await File.WriteAllTextAsync(_folder.File("setup.conf"), $"create_certs_tool={RequiredProgram.Find("swtpm_localca", "swtpm-tools")}\ncreate_certs_tool_config={_folder.File("ca.conf")}\ncreate_certs_tool_options={_folder.File("ca.options")}\n");
        await File.WriteAllTextAsync(_folder.File("ca.conf"), $"statedir={_folder.File("ca")}\nsigningkey={_folder.File("ca/key.pem")}\nissuercert={_folder.File("ca/issuer.pem")}\ncertserial={_folder.File("ca/serial")}\n");
        await File.WriteAllTextAsync(_folder.File("ca.options"), "--platform-manufacturer Acme\n--platform-version 2.1\n--platform-model PizzaBox\n");
        Directory.CreateDirectory(_folder.File("ca"));
        // It makes certificates with certtool.
        _ = RequiredProgram.Find("certtool", "gnutls-bin");
        using var process = Process.Start(new ProcessStartInfo(RequiredProgram.Find("swtpm_setup", "swtpm-tools"), ["--tpm2", "--tpmstate", _folder.Path, "--create-ek-cert", "--config", _folder.File("setup.conf"), "--overwrite"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"swtpm_setup ended with {process.ExitCode}: {await output} {await errors}");
        File.Copy(_folder.File("ca/issuer.pem"), Path.Combine(Makers, "issuer.pem"));
        File.Copy(_folder.File("ca/swtpm-localca-rootca-cert.pem"), Path.Combine(Makers, "root.pem"));
    }

    // Without a resource manager three keys fill the TPM.
    private Task UnloadAsync() => RunAsync("tpm2_flushcontext", "-t");
}
