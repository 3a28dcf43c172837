using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using LpmOs.Testing;

namespace LpmOs.Standalone.Tests;

/// <summary>
/// A shell on a machine through the services, with a real agent process that believes to be in the boot image (the kernel command line it reads is a file of ours) and a real terminal.
/// What is asserted comes from the programs in that terminal and from /proc.
/// </summary>
public sealed class RescueShellTests
{
    private const byte Data = 0, Size = 1, End = 2, Ready = 3;
    private static readonly string Configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_shell_is_a_real_terminal_on_the_machine_ends_with_all_that_runs_in_it_and_is_on_record()
    {
        await using var lpmos = new StandaloneProcess();
        await lpmos.StartAsync();
        var (sn, mac) = await BootImageAgent.IdentityAsync(lpmos.Regional);
        var api = $"{lpmos.Tasks}/api/v1/machines/dc1/{Uri.EscapeDataString(sn)}";
        var script = await StandaloneProcess.CurlAsync($"{lpmos.Boot}/ipxe?mac={mac}&serial={Uri.EscapeDataString(sn)}");
        await using var agent = await BootImageAgent.StartAsync(script, lpmos.Regional, lpmos.Boot, mac, lpmos.Folder);

        var opened = await StandaloneProcess.JsonAsync("-X", "POST", $"{api}/shell", "-d", """{"minutes":5,"reason":"用于测试"}""");
        var id = opened.GetProperty("id").GetString()!;
        using (var terminal = await ConnectAsync(api, id))
        {
            await UntilAsync(terminal, _ => true, Ready);
            await SendAsync(terminal, [Size, 0, 132, 0, 50]);
            // Who leaves the terminal's session is found by its control group, where the kernel has them.
            var leave = HasControlGroups() ? "setsid " : "";
            var marker = $"{3600 + Environment.ProcessId}.5";
            await TypeAsync(terminal, $"tty; stty size; echo $((6*7))-$(id -u)\n(sleep {marker} &)\n({leave}sleep {marker} &)\necho 'done'-here\n");
            var shown = await UntilAsync(terminal, text => text.Contains("done-here", StringComparison.Ordinal));
            Assert.Matches(@"/dev/pts/\d+", shown);
            Assert.Contains("50 132", shown, StringComparison.Ordinal);
            Assert.Contains($"42-{await RunAsync("id", "-u")}", shown, StringComparison.Ordinal);
            await UntilRunningAsync(marker, true, shown);

            // One session a machine, and nobody else's terminal.
            var refused = await Assert.ThrowsAnyAsync<Exception>(() => StandaloneProcess.CurlAsync("-X", "POST", $"{api}/shell"));
            Assert.Contains("shell_in_use", refused.Message, StringComparison.Ordinal);
            using (var second = new ClientWebSocket())
                await Assert.ThrowsAsync<WebSocketException>(() => second.ConnectAsync(Address(api, id), Cancellation));

            // ^C reaches what runs in it.
            var interrupted = $"{3600 + Environment.ProcessId}.25";
            await TypeAsync(terminal, $"sleep {interrupted}\n");
            await UntilRunningAsync(interrupted, true, "What was typed is not started.");
            await TypeAsync(terminal, "\u0003");
            await UntilRunningAsync(interrupted, false, "^C does not reach what runs in it.");
            await TypeAsync(terminal, "exit 7\n");
            Assert.Equal("the shell ended with code 7", await UntilAsync(terminal, _ => true, End));
            await UntilRunningAsync(marker, false, "What the shell started goes on after it.");
        }

        var records = (await StandaloneProcess.JsonAsync($"{lpmos.Tasks}/api/v1/audit?idc=dc1&sn={Uri.EscapeDataString(sn)}&action=shell.")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["shell.closed", "shell.opened"], records.Select(record => record.GetProperty("action").GetString()));
        Assert.Equal("用于测试", records[1].GetProperty("reason").GetString());
        var closed = records[0].GetProperty("value_after");
        Assert.Equal("the shell ended with code 7", closed.GetProperty("end_reason").GetString());
        Assert.True(closed.GetProperty("input_bytes").GetInt64() > 100 && closed.GetProperty("output_bytes").GetInt64() > 100, closed.ToString());
        Assert.Contains("50 132", await StandaloneProcess.CurlAsync($"{api}/shell/transcript"), StringComparison.Ordinal);

        // The same with lpmosctl, its input a file whose last line has no end.
        var typed = Path.Combine(lpmos.Folder, "typed");
        await File.WriteAllTextAsync(typed, "grep -o lpmos.idc=dc1 /proc/cmdline; exit 3", Cancellation);
        var tool = Path.Combine(Repository.Root, "cli", "LpmOs.Cli", "bin", Configuration, "net10.0", "lpmosctl.dll");
        var said = await RunAsync("sh", "-c", "LC_ALL=C dotnet \"$1\" shell \"dc1/$2\" --server \"$3\" < \"$4\" 2>&1; echo code=$?", "sh", tool, sn, lpmos.Tasks, typed);
        Assert.Matches(@"lpmos\.idc=dc1\r?\n", said);
        Assert.Contains("the shell ended with code 3", said, StringComparison.Ordinal);
        Assert.EndsWith("code=0", said, StringComparison.Ordinal);

        // A person at a terminal, what is shown goes to a file, and the window gets another size.
        var (shownTo, number) = (Path.Combine(lpmos.Folder, "shown"), Path.Combine(lpmos.Folder, "number"));
        var command = $"echo $$ > {number}; LC_ALL=C exec dotnet {tool} shell dc1/{sn} --server {lpmos.Tasks} > {shownTo}";
        await using (var person = ServerProcess.Start("script", ["-qec", command, "/dev/null"], line => line.Contains("~.", StringComparison.Ordinal)))
        {
            await person.ReadyAsync();
            await RunAsync("sh", "-c", $"kill -WINCH $(cat {number})");
            await person.TypeAsync("stty size; exit 5\n");
            Assert.Equal(0, await person.ExitCodeAsync(Cancellation));
            Assert.Contains("the shell ended with code 5", person.Output, StringComparison.Ordinal);
            Assert.Contains("stty size", await File.ReadAllTextAsync(shownTo, Cancellation), StringComparison.Ordinal);
        }

        // An operator ends the next one; the terminal hears why.
        id = (await StandaloneProcess.JsonAsync("-X", "POST", $"{api}/shell")).GetProperty("id").GetString()!;
        using var last = await ConnectAsync(api, id);
        await UntilAsync(last, _ => true, Ready);
        await StandaloneProcess.CurlAsync("-X", "DELETE", $"{api}/shell");
        Assert.Equal("ended by an operator", await UntilAsync(last, _ => true, End));
        Assert.Equal("ended by an operator", (await StandaloneProcess.JsonAsync($"{api}/shell")).GetProperty("end_reason").GetString());
    }

    /// <summary>Whether groups can be made below this process's own: in some containers they can only be read.</summary>
    private static bool HasControlGroups()
    {
        if (File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).FirstOrDefault(mount => mount[2] == "cgroup2") is not { } mount || File.ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal)) is not { } own)
            return false;
        try
        {
            var folder = Directory.CreateDirectory($"{mount[1]}{own[3..].TrimEnd('/')}/test-{Guid.NewGuid():n}");
            folder.Delete();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task<ClientWebSocket> ConnectAsync(string api, string id)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(Address(api, id), Cancellation);
        return socket;
    }

    private static Uri Address(string api, string id) => new UriBuilder($"{api}/shell/terminal?session={id}") { Scheme = "ws" }.Uri;

    private static Task TypeAsync(ClientWebSocket socket, string text) => SendAsync(socket, [Data, .. Encoding.UTF8.GetBytes(text)]);

    private static Task SendAsync(ClientWebSocket socket, byte[] message) => socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, Cancellation);

    /// <summary>Reads messages of one kind until their text, put together, is what is awaited.</summary>
    private static async Task<string> UntilAsync(ClientWebSocket socket, Func<string, bool> holds, byte kind = Data)
    {
        var shown = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var message = await socket.ReceiveAsync(buffer.AsMemory(), Cancellation);
            Assert.True(message.MessageType == WebSocketMessageType.Binary, $"The service closed after: {shown}");
            Assert.True(kind == End || buffer[0] != End, $"The session ended: {Encoding.UTF8.GetString(buffer, 1, message.Count - 1)} after: {shown}");
            if (buffer[0] == kind)
                shown.Append(Encoding.UTF8.GetString(buffer, 1, message.Count - 1));
            if (buffer[0] == kind && holds(shown.ToString()))
                return shown.ToString();
        }
    }

    /// <summary>What was typed and echoed, or left in the background, need not run yet; what was told to end need not be gone.</summary>
    private static async Task UntilRunningAsync(string argument, bool running, string otherwise)
    {
        for (var looks = 0; IsRunning(argument) != running; looks++)
        {
            Assert.True(looks < 600, otherwise);
            await Task.Delay(100, Cancellation);
        }
    }

    private static bool IsRunning(string argument) => Directory.EnumerateDirectories("/proc").Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit)).Any(folder =>
    {
        try
        {
            return File.ReadAllText($"{folder}/cmdline") == $"sleep\0{argument}\0";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return output.Trim();
    }
}
