using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target;

/// <summary>
/// Where the image has cloud-init: a NoCloud seed, so that it neither searches the network for a data source at each boot nor undoes
/// the name, the users and the network that are configured already.
/// </summary>
internal sealed class CloudInitSeed(TargetTree tree)
{
    private const string Seed = "/var/lib/cloud/seed/nocloud/";

    /// <returns>False where there is no cloud-init.</returns>
    public bool Write(InstallPlan plan)
    {
        if (!tree.Exists("/etc/cloud"))
            return false;
        // The hostname holds letters, digits, dots and dashes only (PlanCheck); quoted all the same, since "123" or "no" are not texts in YAML.
        tree.Write(Seed + "meta-data", $"instance-id: \"lpmos-{plan.TaskId}-{plan.Attempt}\"\nlocal-hostname: \"{plan.Hostname}\"\n", TargetTree.PrivateFile);
        tree.Write(Seed + "user-data", "#cloud-config\npreserve_hostname: true\nmanage_etc_hosts: false\nssh_deletekeys: false\nusers: []\ndisable_root: true\ngrowpart:\n  mode: \"off\"\n", TargetTree.PrivateFile);
        tree.Write("/etc/cloud/cloud.cfg.d/99_lpmos.cfg", "datasource_list: [NoCloud, None]\nnetwork:\n  config: disabled\n");
        return true;
    }
}
