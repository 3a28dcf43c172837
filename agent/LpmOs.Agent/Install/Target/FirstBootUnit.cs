using System.Globalization;
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
        # Runs the scripts of the installation, each once; then calls home once, with the one-time token that the installation left, and removes the token and its unit.
        set -u
        umask 077
        folder={{Folder}}
        [ -f "$folder/report" ] || exit 0
        failed=
        if [ -f "$folder/failed" ]; then
            failed=$(cat "$folder/failed")
        elif [ -d "$folder/scripts" ]; then
            for script in "$folder"/scripts/*; do
                [ -f "$script" ] || continue
                name=${script##*/??-}
                echo "Script $name (first-boot)" >> "$folder/output"
                # What ended is not begun again after a restart.
                ( set -a; umask 022; . "$folder/environment"; exec "$script" ) < /dev/null >> "$folder/output" 2>&1
                code=$?
                rm -f "$script"
                [ "$code" = 0 ] && continue
                failed=",\"failed_script\":\"$name\",\"exit_code\":$code"
                echo "Script $name ended with code $code" >> "$folder/output"
                printf '%s' "$failed" > "$folder/failed"
                break
            done
        fi
        output=
        if [ -f "$folder/output" ]; then
            cat "$folder/output" > /var/log/lpmos-first-boot.log
            output=",\"output\":\"$(tail -c 60000 "$folder/output" | base64 | tr -d '\n')\""
        fi
        url=$(cat "$folder/url")
        ca=$folder/ca.pem
        [ -f "$ca" ] || ca=
        body=/run/lpmos-first-boot.json
        trap 'rm -f "$body"' EXIT
        pause=1
        while :; do
            printf '%s,"machine_id":"%s","kernel":"%s"%s%s}' "$(cat "$folder/report")" \
                "$(tr -dc 0-9a-f < /etc/machine-id)" "$(uname -r | tr -dc 'A-Za-z0-9._+~-')" "$failed" "$output" > "$body"
            if command -v curl > /dev/null 2>&1; then
                curl -fsS -m 20 ${ca:+--cacert "$ca"} -o /dev/null -H 'Content-Type: application/json' --data-binary "@$body" "$url" && break
            else
                wget -q -T 20 ${ca:+--ca-certificate="$ca"} -O /dev/null --header='Content-Type: application/json' --post-file="$body" "$url" && break
            fi
            sleep "$pause"
            [ "$pause" -ge 60 ] || pause=$((pause * 2))
        done
        echo "LpmOs was told how the first boot of this system went"
        rm -rf "$folder"
        systemctl --no-reload disable {{Unit}}

        """;

    /// <param name="authorities">PEM of the authorities that the new system's call trusts alone; null: those of the new system.</param>
    /// <exception cref="InstallException">The image has nothing to make an HTTP call with.</exception>
    public void Write(InstallPlan plan, FirstBootCall call, string? authorities = null)
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
        if (authorities is not null && call.Url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            tree.Write(Folder + "/ca.pem", authorities, TargetTree.PrivateFile);
        tree.Write(Folder + "/report", json, TargetTree.PrivateFile);
        WriteScripts(plan);
        tree.Write(Program, Script, TargetTree.PublicProgram);
        tree.Write("/etc/systemd/system/" + Unit, UnitText);
        tree.Link("/etc/systemd/system/multi-user.target.wants/" + Unit, "/etc/systemd/system/" + Unit);
    }

    private void WriteScripts(InstallPlan plan)
    {
        var scripts = Scripts.At(plan, ScriptTimes.FirstBoot);
        if (scripts.Count == 0)
            return;
        tree.Folder(Folder + "/scripts", TargetTree.PrivateFolder);
        foreach (var (at, script) in scripts.Index())
            tree.Write(string.Create(CultureInfo.InvariantCulture, $"{Folder}/scripts/{at:d2}-{script.Name}"), ScriptRuns.Executable(script), TargetTree.PrivateFolder);
        // Read by the shell: in single quotes everything means itself.
        var lines = ScriptRuns.Environment(plan).Select(variable => $"{variable.Key}='{variable.Value.Replace("'", "'\\''", StringComparison.Ordinal)}'\n");
        tree.Write(Folder + "/environment", string.Concat(lines), TargetTree.PrivateFile);
    }
}
