namespace LpmOs.Core.Domain.Boots;

/// <summary>Codes of stalls: stable, for programs.</summary>
public static class StallCodes
{
    public const string NoBootProgram = "no_boot_program";
    public const string OfferIgnored = "offer_ignored";
    public const string OtherServerChosen = "other_server_chosen";
    public const string ProxyAlone = "proxy_alone";
    public const string FileNotAsked = "boot_file_not_asked";
    public const string ProgramMissing = "boot_program_missing";
    public const string TransferBroken = "transfer_broken";
    public const string ProgramLoop = "boot_program_loop";
    public const string GrubAsksElsewhere = "grub_asks_elsewhere";
    public const string EfiProgramSilent = "efi_program_silent";
    public const string BiosProgramSilent = "bios_program_silent";
    public const string IpxeNoAddress = "ipxe_no_address";
    public const string IpxeWithoutHttps = "ipxe_without_https";
    public const string IpxeHttpsRefused = "ipxe_https_refused";
    public const string ScriptNotAsked = "script_not_asked";
    public const string MachineScriptNotAsked = "machine_script_not_asked";
    public const string BootImageMissing = "boot_image_missing";
    public const string KernelNotFetched = "kernel_not_fetched";
    public const string InitrdNotFetched = "initrd_not_fetched";
    public const string KernelSilent = "kernel_silent";
    public const string AgentUnreachable = "agent_unreachable";
    public const string AgentGone = "agent_gone";
    public const string InstallerSilent = "installer_silent";
    public const string NoFirstBoot = "no_first_boot";
    public const string BootLoop = "boot_loop";
}
