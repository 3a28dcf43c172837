namespace LpmOs.Contracts.Tasks;

/// <summary>Operations that the regional service hands out.</summary>
public static class OperationNames
{
    public const string HardwareConfig = "hardware_config";
    public const string NetworkConfig = "network_config";
    public const string OsInstall = "os_install";
    public const string Reboot = "reboot";
    public const string Complete = "complete";
    public const string Wait = "wait";
}

/// <summary>Progress steps and the percent at which each begins.</summary>
public static class ProgressSteps
{
    public const string HardwareCollect = "hardware_collect";
    public const string HardwareReport = "hardware_report";
    public const string WaitTask = "wait_task";
    public const string TaskReceived = "task_received";
    public const string InstallStart = "install_start";
    public const string Partitioning = "partitioning";
    public const string Downloading = "downloading";
    public const string Installing = "installing";
    public const string Configuring = "configuring";
    public const string Finalizing = "finalizing";
    public const string Completed = "completed";

    /// <summary>Marks of the public contract.</summary>
    public static IReadOnlyDictionary<string, int> Percent { get; } = new Dictionary<string, int>
    {
        [HardwareCollect] = 10, [HardwareReport] = 15, [WaitTask] = 20, [TaskReceived] = 30, [InstallStart] = 40,
        [Partitioning] = 50, [Downloading] = 60, [Installing] = 70, [Configuring] = 80, [Finalizing] = 90, [Completed] = 100,
    };
}
