using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target;

/// <summary>
/// Leaves a systemd unit that tells the regional service, once, that the new system is up; it repeats until it is heard, then removes
/// the token and itself.
/// </summary>
internal sealed class FirstBootUnit(TargetTree tree)
{
    public const string Folder = "/etc/lpmos/first-boot";
    public const string Program = "/usr/local/lib/lpmos/first-boot";
    public const string Unit = "lpmos-firstboot.service";

    private const string UnitText = $"""
        [Unit]
        Description=Tell LpmOs that this system is installed
        Wants=network-online.target
        After=network-online.target
        ConditionPathExists={Folder}/report

        [Service]
        Type=simple
        ExecStart=/bin/sh {Program}
        Restart=on-failure
        RestartSec=10

        [Install]
        WantedBy=multi-user.target

        """;

    // Nothing of the plan is in this script: what differs is data in files, and the token is on no command line.
    private const string Script = $$"""
        #!/bin/sh
        # Calls home once, with the one-time token that the installation left; then removes the token and its unit.
        set -u
        umask 077
        folder={{Folder}}
        [ -f "$folder/report" ] || exit 0
        url=$(cat "$folder/url")
        body=/run/lpmos-first-boot.json
        trap 'rm -f "$body"' EXIT
        pause=1
        while :; do
            printf '%s,"machine_id":"%s","kernel":"%s"}' "$(cat "$folder/report")" \
                "$(tr -dc 0-9a-f < /etc/machine-id)" "$(uname -r | tr -dc 'A-Za-z0-9._+~-')" > "$body"
            if command -v curl > /dev/null 2>&1; then
                curl -fsS -m 20 -o /dev/null -H 'Content-Type: application/json' --data-binary "@$body" "$url" && break
            else
                wget -q -T 20 -O /dev/null --header='Content-Type: application/json' --post-file="$body" "$url" && break
            fi
            sleep "$pause"
            [ "$pause" -ge 60 ] || pause=$((pause * 2))
        done
        echo "LpmOs was told that this system is installed"
        rm -rf "$folder"
        systemctl --no-reload disable {{Unit}}

        """;

    /// <exception cref="InstallException">The image has nothing to make an HTTP call with.</exception>
    public void Write(InstallPlan plan, FirstBootCall call)
    {
        if (!tree.HasProgram("curl") && !tree.HasProgram("wget"))
            throw new InstallException(FailureCodes.Configuration, "The image has neither curl nor wget, so the new system could not report that it is up.", "Add curl to the image.");
        if (!tree.Exists("/etc/systemd"))
            throw new InstallException(FailureCodes.Configuration, "The image has no systemd, which starts the call of the new system.", "Use an image with systemd.");
        var report = new InstalledReport { Sn = plan.Sn, TaskId = plan.TaskId, Token = call.Token, Hostname = plan.Hostname };
        // Left open at its end: the script adds what only the running system knows.
        var json = JsonSerializer.Serialize(report, ContractsJson.Default.InstalledReport).TrimEnd('}');
        tree.Folder(Folder, TargetTree.PrivateFolder);
        tree.Write(Folder + "/url", call.Url + "\n", TargetTree.PrivateFile);
        tree.Write(Folder + "/report", json, TargetTree.PrivateFile);
        tree.Write(Program, Script, TargetTree.PublicProgram);
        tree.Write("/etc/systemd/system/" + Unit, UnitText);
        tree.Link("/etc/systemd/system/multi-user.target.wants/" + Unit, "/etc/systemd/system/" + Unit);
    }
}
