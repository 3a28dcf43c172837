namespace LpmOs.Core.Domain.Boots;

/// <summary>Names of the events of a boot.</summary>
public static class BootEventNames
{
    public const string Dhcp = "dhcp", Tftp = "tftp", Http = "http", Agent = "agent", Installer = "installer", System = "system";

    /// <summary>Reason of a file that is not there.</summary>
    public const string NoSuchFile = "no such file";

    public const string DhcpDiscover = "dhcp_discover";
    /// <summary>An offer with an address.</summary>
    public const string DhcpOffer = "dhcp_offer";
    public const string DhcpRequest = "dhcp_request";
    /// <summary>The machine took another server's offer.</summary>
    public const string DhcpOtherServer = "dhcp_other_server";
    public const string DhcpAck = "dhcp_ack";
    public const string DhcpNak = "dhcp_nak";
    public const string DhcpDecline = "dhcp_decline";
    /// <summary>We had nothing for it: no free address, or no boot program for its architecture.</summary>
    public const string DhcpUnanswered = "dhcp_unanswered";
    /// <summary>An offer without an address, beside the network's own DHCP server.</summary>
    public const string ProxyOffer = "proxy_offer";
    /// <summary>The machine asked on port 4011.</summary>
    public const string ProxyRequest = "proxy_request";
    public const string ProxyAck = "proxy_ack";

    public const string TftpDone = "tftp_done";
    /// <summary>The firmware only asked for the size, as UEFI does: normal.</summary>
    public const string TftpSize = "tftp_size";
    /// <summary>The machine ended the transfer with an error.</summary>
    public const string TftpAborted = "tftp_aborted";
    /// <summary>The machine stopped to acknowledge.</summary>
    public const string TftpSilent = "tftp_silent";
    public const string TftpRefused = "tftp_refused";

    /// <summary>A long transfer, by TFTP or HTTP, that goes on; told now and then until it ends.</summary>
    public const string FileRunning = "file_running";

    /// <summary>A boot program (UEFI HTTP boot).</summary>
    public const string HttpProgram = "http_program";
    /// <summary>The first script, the same for all; of iPXE or GRUB.</summary>
    public const string EntryScript = "entry_script";
    /// <summary>The machine's own script.</summary>
    public const string MachineScript = "machine_script";
    public const string HttpKernel = "http_kernel";
    public const string HttpInitrd = "http_initrd";
    public const string HttpFile = "http_file";

    public const string AgentReport = "agent_report";
    /// <summary>An operation was given to the agent.</summary>
    public const string AgentOperation = "agent_operation";
    /// <summary>The agent told how an operation ended.</summary>
    public const string AgentResult = "agent_result";
    /// <summary>An installer's hook called: start, phase, end, error.</summary>
    public const string InstallerReport = "installer_report";
    /// <summary>Phases of an installer that are no step of the installation: it asked whether it may begin, must wait, has ended, has failed.</summary>
    public const string InstallerBegin = "begin", InstallerWait = "wait", InstallerEnd = "end", InstallerError = "error";
    /// <summary>Operation of the timeline: the agent was told to start the system's own installer.</summary>
    public const string HandOver = "hand_over";
    /// <summary>The installed system called.</summary>
    public const string FirstBoot = "first_boot";

    /// <summary>Programs that ask by DHCP.</summary>
    public const string Pxe = "pxe", HttpBoot = "http_boot", Ipxe = "ipxe", RunningSystem = "system";
}
