using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LpmOs.Core.Domain.Access;
using LpmOs.Tasks.Tests.Access;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Attacks;

/// <summary>A service where people log in, under attack; counts the attacks, for the summary that `make test` prints.</summary>
public sealed class AttackSite : IAsyncLifetime
{
    public const string Admin = "admin-token";
    public const string Viewer = "viewer-token";

    private readonly TemporaryStore _store = TemporaryStore.Embedded();
    private RunningTasksService? _service;
    private static int _sites;
    private readonly Attacks _attacks = new();

    /// <summary>Each class of attacks has a site of its own.</summary>
    private sealed class Attacks() : AttackCount(string.Create(CultureInfo.InvariantCulture, $"tasks service {Interlocked.Increment(ref _sites)}"));

    internal RunningTasksService Service => _service!;

    public async ValueTask InitializeAsync()
    {
        await People.PutAsync(_store.Store, People.User("admin", People.Grant(Role.Administrator)), People.Token(Admin, "admin"), People.User("viewer", People.Grant(Role.Viewer)), People.Token(Viewer, "viewer"),
            People.Token("expired-token", "admin", null, DateTimeOffset.UnixEpoch));
        _service = await RunningTasksService.StartAsync(_store.Store, null, "--Auth:Mode=users");
    }

    public async ValueTask DisposeAsync()
    {
        await _service!.DisposeAsync();
        await _store.DisposeAsync();
        _attacks.Dispose();
    }

    /// <summary>Sends bytes as they are, which no client library would, and reads what comes back until the service closes.</summary>
    public async Task<(int Status, string Answer)> RawAsync(string head, string body = "")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Service.Address.Host, Service.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(head + body), TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // It had enough and closed; its answer may be there all the same.
        }
        var answer = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0)
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // Reset after the answer: part of the request was never read.
        }
        var text = answer.ToString();
        return (text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture) : 0, text);
    }

    public void Count(int attacks = 1) => _attacks.Add(attacks);

    /// <summary>Whatever was done to it: it lives, and serves those who may.</summary>
    public async Task GoesOnAsync()
    {
        Assert.True((await Service.Http.GetAsync("/healthz", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await Service.SendAsync(HttpMethod.Get, "/api/v1/tasks", null, Viewer)).Status);
    }
}
