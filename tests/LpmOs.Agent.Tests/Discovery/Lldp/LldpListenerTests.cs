using LpmOs.Agent.Discovery;
using LpmOs.Agent.Discovery.Lldp;

namespace LpmOs.Agent.Tests.Discovery.Lldp;

/// <summary>A frame that Python sends on the loopback interface is heard there.</summary>
public sealed class LldpListenerTests
{
    // Chassis id (MAC), port id (interface name), time to live, system name, end.
    private const string Send = "import socket; s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(('lo', 0)); "
        + "s.send(bytes.fromhex('0180c200000e001c73000001' '88cc' '0207' '04001c730a0b0c' '0403' '05' + b'et'.hex() + '0602' '0078' '0a06' + b'leaf-1'.hex() + '0000'))";

    [Fact]
    public async Task ASwitchIsHeardOnItsInterface()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Packet sockets need root.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var listener = new LldpListener(new SystemTree("/"));
        var listening = listener.ListenAsync("lo", limit.Token);
        var changed = listener.ChangedAsync(limit.Token);

        // The listener may not have bound its socket when the first frame comes; switches repeat themselves too.
        while (!changed.IsCompleted && !limit.IsCancellationRequested)
        {
            RecordedMachine.Program("python3", $"-c \"{Send}\"");
            await Task.WhenAny(changed, Task.Delay(200, limit.Token));
        }

        await changed;
        Assert.Equal(("leaf-1", "00:1c:73:0a:0b:0c", "et"), (listener.Heard["lo"].SwitchName, listener.Heard["lo"].ChassisId, listener.Heard["lo"].Port));
        await limit.CancelAsync();
        await listening;
    }

    [Fact]
    public async Task AnInterfaceThatIsNotThereIsPassedOver() => await new LldpListener(new SystemTree("/")).ListenAsync("nosuch0", TestContext.Current.CancellationToken);
}
