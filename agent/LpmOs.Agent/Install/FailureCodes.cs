namespace LpmOs.Agent.Install;

/// <summary>Stable codes of failures.</summary>
internal static class FailureCodes
{
    public const string Aborted = "aborted";
    public const string BootLoader = "boot_loader_failed";
    public const string Configuration = "configuration_failed";
    public const string DiskChanged = "disk_changed";
    public const string DiskFailed = "disk_failed";
    public const string ImageDigestMismatch = "image_digest_mismatch";
    public const string ImageDownload = "image_download_failed";
    public const string ImageUnpack = "image_unpack_failed";
    public const string Internal = "agent_error";
    public const string NetworkConfig = "network_config_failed";
    public const string PlanInvalid = "plan_invalid";
    public const string HardwareChanged = "hardware_changed";
    public const string HardwareConfig = "hardware_config_failed";
    public const string KexecFailed = "kexec_failed";
    public const string NotSigned = "signature_invalid";
    public const string ScriptFailed = "script_failed";
    public const string UnsupportedOperation = "unsupported_operation";
    public const string WipeFailed = "wipe_failed";
}
