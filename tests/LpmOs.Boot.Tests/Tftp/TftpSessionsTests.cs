using System.Net;
using System.Text;
using LpmOs.Boot.Tftp;

namespace LpmOs.Boot.Tests.Tftp;

/// <summary>Places of transfers, and who waits for one.</summary>
public sealed class TftpSessionsTests
{
    private readonly ManualTime _time = new();

    private static TftpArrival Asks(string client, string file = "undionly.kpxe")
    {
        Assert.True(TftpRequest.TryParse([0, 1, .. Encoding.ASCII.GetBytes($"{file}\0octet\0")], out var request));
        return new TftpArrival(request!, IPEndPoint.Parse(client), default);
    }

    [Fact]
    public void The_next_place_is_for_who_was_heard_last()
    {
        var sessions = new TftpSessions(2, 2, 10, _time);
        Assert.Equal(TftpAdmission.Starts, sessions.Enter(Asks("10.0.0.1:1")));
        Assert.Equal(TftpAdmission.Starts, sessions.Enter(Asks("10.0.0.2:1")));
        Assert.Equal(TftpAdmission.Waits, sessions.Enter(Asks("10.0.0.3:1")));
        Assert.Equal(TftpAdmission.Waits, sessions.Enter(Asks("10.0.0.4:1")));
        Assert.Equal((2, 2), (sessions.Count, sessions.CountWaiting));
        Assert.Equal(TftpAdmission.Repeated, sessions.Enter(Asks("10.0.0.3:1")));
        Assert.Equal("10.0.0.3:1", sessions.Leave(Asks("10.0.0.1:1").Client)!.Client.ToString());
        Assert.Equal("10.0.0.4:1", sessions.Leave(Asks("10.0.0.2:1").Client)!.Client.ToString());
        Assert.Null(sessions.Leave(Asks("10.0.0.3:1").Client));
        Assert.Null(sessions.Leave(Asks("10.0.0.4:1").Client));
        Assert.Equal((0, 0), (sessions.Count, sessions.CountWaiting));
    }

    [Fact]
    public void A_retransmission_takes_no_second_place_and_its_text_counts()
    {
        var sessions = new TftpSessions(1, 1, 10, _time);
        sessions.Enter(Asks("10.0.0.1:1"));
        Assert.Equal(TftpAdmission.Repeated, sessions.Enter(Asks("10.0.0.1:1")));
        sessions.Enter(Asks("10.0.0.2:1", "old"));
        sessions.Enter(Asks("10.0.0.3:1"));
        Assert.Equal(TftpAdmission.Repeated, sessions.Enter(Asks("10.0.0.2:1", "new")));
        Assert.Equal(2, sessions.CountWaiting);
        Assert.Equal("new", sessions.Leave(Asks("10.0.0.1:1").Client)!.Request.FileName);
    }

    [Fact]
    public void One_client_neither_takes_nor_waits_for_more_than_its_share()
    {
        var sessions = new TftpSessions(4, 2, 10, _time);
        var answers = Enumerable.Range(1, 6).Select(port => sessions.Enter(Asks($"10.0.0.1:{port}"))).ToList();
        Assert.Equal([TftpAdmission.Starts, TftpAdmission.Starts, TftpAdmission.Waits, TftpAdmission.Waits, TftpAdmission.Dropped, TftpAdmission.Dropped], answers);
        sessions.Enter(Asks("10.0.0.2:1"));
        sessions.Enter(Asks("10.0.0.3:1"));
        Assert.Equal(TftpAdmission.Waits, sessions.Enter(Asks("10.0.0.4:1")));
        // The greedy one waits as well, and has its share already.
        sessions.Enter(Asks("10.0.0.1:3"));
        Assert.Equal("10.0.0.4:1", sessions.Leave(Asks("10.0.0.2:1").Client)!.Client.ToString());
        Assert.Equal("10.0.0.1:3", sessions.Leave(Asks("10.0.0.1:1").Client)!.Client.ToString());
    }

    [Fact]
    public void What_waits_is_bounded_and_who_was_silent_longest_makes_room()
    {
        var sessions = new TftpSessions(1, 1, 2, _time);
        sessions.Enter(Asks("10.0.0.1:1"));
        sessions.Enter(Asks("10.0.0.2:1"));
        sessions.Enter(Asks("10.0.0.3:1"));
        sessions.Enter(Asks("10.0.0.2:1"));
        Assert.Equal(TftpAdmission.Displaces, sessions.Enter(Asks("10.0.0.4:1")));
        Assert.Equal(2, sessions.CountWaiting);
        Assert.Equal("10.0.0.4:1", sessions.Leave(Asks("10.0.0.1:1").Client)!.Client.ToString());
        Assert.Equal("10.0.0.2:1", sessions.Leave(Asks("10.0.0.4:1").Client)!.Client.ToString());
        sessions.Enter(Asks("10.0.0.5:1"));
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.Null(sessions.Leave(Asks("10.0.0.2:1").Client)); // The last one has gone as well.
        Assert.Equal((0, 0), (sessions.Count, sessions.CountWaiting));
    }
}
