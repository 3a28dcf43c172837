using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target;

/// <summary>Time zone, language and keyboard; what the plan does not name stays as the image has it.</summary>
internal sealed class SystemSettings(TargetTree tree, TargetPrograms programs)
{
    private static readonly TimeSpan LongestGeneration = TimeSpan.FromMinutes(15);

    /// <exception cref="InstallException">The image does not have what the plan names.</exception>
    /// <exception cref="ProgramException">The system's own program refused.</exception>
    public async Task WriteAsync(InstallPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Timezone is { } timezone)
            Timezone(timezone);
        if (plan.Locale is { } locale)
            await LocaleAsync(locale, cancellationToken).ConfigureAwait(false);
        if (plan.Keyboard is { } keyboard)
            Keyboard(keyboard);
    }

    private void Timezone(string name)
    {
        if (!tree.Exists("/usr/share/zoneinfo/" + name))
            throw new InstallException(FailureCodes.Configuration, $"The image does not know the time zone {name}: there is no /usr/share/zoneinfo/{name}.", "Add the package tzdata to the image (names such as Asia/Chongqing need tzdata-legacy on newer systems), or name another time zone.");
        tree.Link("/etc/localtime", "../usr/share/zoneinfo/" + name);
        if (tree.Exists("/etc/debian_version"))
            tree.Write("/etc/timezone", name + "\n");
    }

    private async Task LocaleAsync(string name, CancellationToken cancellationToken)
    {
        if (!await IsThereAsync(name, cancellationToken).ConfigureAwait(false))
        {
            if (!tree.HasProgram("locale-gen"))
                throw new InstallException(FailureCodes.Configuration, $"The image does not have the locale {name}.", "Add the package locales (Debian, Ubuntu) or glibc-langpack-… (RHEL family) to the image, or name another locale.");
            // glibc's own list says which charset a name without one stands for.
            var line = (tree.Read("/usr/share/i18n/SUPPORTED") ?? "").Split('\n').FirstOrDefault(entry => entry.StartsWith(name + " ", StringComparison.Ordinal))
                ?? $"{name} {(name.Split('.') is [_, var charset, ..] ? charset.Split('@')[0] : "ISO-8859-1")}";
            var list = (tree.Read("/etc/locale.gen") ?? "").Split('\n').Select(entry => entry.Trim() == "# " + line ? line : entry).ToList();
            if (!list.Contains(line))
                list.Add(line);
            tree.Write("/etc/locale.gen", string.Join('\n', list).TrimEnd('\n') + "\n");
            await programs.RunAsync("locale-gen", [], cancellationToken, new() { TimeLimit = LongestGeneration }).ConfigureAwait(false);
        }
        tree.Write(tree.Exists("/etc/debian_version") ? "/etc/default/locale" : "/etc/locale.conf", $"LANG={name}\n");
    }

    /// <summary>As <c>locale -a</c> has it: "zh_CN.utf8" for zh_CN.UTF-8.</summary>
    private async Task<bool> IsThereAsync(string name, CancellationToken cancellationToken)
    {
        if (name is "C" or "POSIX" or "C.UTF-8")
            return true;
        if (!tree.HasProgram("locale"))
            return false;
        var all = await programs.RunAsync("locale", ["-a"], cancellationToken, new() { Quiet = true, AnyExitCode = true }).ConfigureAwait(false);
        return all.Output.Split('\n').Any(known => Plain(known) == Plain(name));
    }

    private static string Plain(string locale) => locale.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant().Trim();

    private void Keyboard(string layout)
    {
        var (language, variant) = layout.Split('-', 2) is [var one, var two] ? (one, two) : (layout, "");
        if (tree.Exists("/etc/debian_version"))
            tree.Write("/etc/default/keyboard", $"XKBMODEL=\"pc105\"\nXKBLAYOUT=\"{language}\"\nXKBVARIANT=\"{variant}\"\nXKBOPTIONS=\"\"\nBACKSPACE=\"guess\"\n");
        else
            tree.Write("/etc/vconsole.conf", $"KEYMAP={layout}\n");
    }
}
