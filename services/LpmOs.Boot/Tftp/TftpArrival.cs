using System.Net;
using System.Net.Sockets;

namespace LpmOs.Boot.Tftp;

/// <summary>A request, who sent it, and the address and interface of ours that it came to.</summary>
internal sealed record TftpArrival(TftpRequest Request, IPEndPoint Client, IPPacketInformation Packet);

/// <summary>What becomes of a request.</summary>
internal enum TftpAdmission
{
    Starts,
    /// <summary>It is being served, or waits already: the client repeats itself.</summary>
    Repeated,
    Waits,
    /// <summary>Waits, in the place of the one who was silent longest: too many wait.</summary>
    Displaces,
    /// <summary>Too many of this client wait; it asks again.</summary>
    Dropped,
}
