namespace LpmOs.Boot.Tests.Lab;

/// <summary>A room that is switched on at once, and addresses that somebody has taken.</summary>
[Collection("lab")]
public sealed class ManyMachinesTests : IAsyncLifetime
{
    private readonly BootNetwork _network = new();

    public ValueTask InitializeAsync() => _network.InitializeAsync();

    public ValueTask DisposeAsync() => _network.DisposeAsync();

    private async Task<string[]> AskAsync(int count)
    {
        var script = Path.Combine(Repository.Root, "tests", "LpmOs.Boot.Tests", "Lab", "many_machines.py");
        await Command.Run("ip", "-n", _network.Client, "addr", "replace", "10.88.255.254/16", "dev", "c0");
        var (code, output) = await _network.AtClient("python3", script, $"{count}");
        Assert.True(code == 0, output);
        return output.Trim().Split(' ');
    }

    [Fact]
    public async Task Five_hundred_machines_within_a_second_all_get_an_address_of_their_own()
    {
        BootNetwork.RequirePossible();
        await _network.StartServiceAsync("full", "--Boot:Dhcp:Netmask=255.255.0.0", "--Boot:Dhcp:Range=10.88.1.0-10.88.4.255");
        var answer = await AskAsync(500);
        TestContext.Current.TestOutputHelper?.WriteLine($"answered {answer[0]}, without asking again {answer[2]}");
        Assert.Equal(("500", "500"), (answer[0], answer[1]));
    }

    [Fact]
    public async Task An_address_that_somebody_has_taken_is_not_offered()
    {
        BootNetwork.RequirePossible();
        await Command.Run("ip", "-n", _network.Client, "addr", "add", "10.88.0.100/24", "dev", "c0");
        await Command.Run("ip", "-n", _network.Client, "addr", "add", "10.88.0.101/24", "dev", "c0");
        await _network.StartServiceAsync("full", "--Boot:Dhcp:Range=10.88.0.100-10.88.0.102", "--Boot:Dhcp:ConflictProbeTime=5s");
        var answer = await AskAsync(1);
        Assert.Equal(("1", "10.88.0.102"), (answer[0], answer[4]));
    }
}
