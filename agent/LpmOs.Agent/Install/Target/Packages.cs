using LpmOs.Agent.Reporting;

namespace LpmOs.Agent.Install.Target;

/// <summary>Packages that the plan adds, installed by the new system's own package manager from the sources that the image names. Those that are there already cost no download.</summary>
internal sealed class Packages(TargetTree tree, TargetPrograms programs, AgentLog log)
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(60);
    private static readonly Dictionary<string, string> Quietly = new() { ["DEBIAN_FRONTEND"] = "noninteractive", ["APT_LISTCHANGES_FRONTEND"] = "none" };
    private const string Resolver = "/etc/resolv.conf";

    /// <param name="resolver">The boot image's own resolv.conf, for the time of the installation.</param>
    /// <exception cref="InstallException">They could not be installed.</exception>
    public async Task InstallAsync(IReadOnlyList<string> names, string? resolver, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
            return;
        var missing = await MissingAsync(names, cancellationToken).ConfigureAwait(false);
        if (missing.Count == 0)
            return;
        log.Line($"  Installing packages: {string.Join(' ', missing)}");
        using var quiet = new QuietServices(tree);
        var before = Swap(resolver);
        try
        {
            foreach (var (program, arguments) in Commands(missing))
                await programs.RunAsync(program, arguments, cancellationToken, new() { TimeLimit = TimeLimit, Environment = Quietly }).ConfigureAwait(false);
        }
        catch (ProgramException e)
        {
            throw new InstallException(FailureCodes.Configuration, $"The packages {string.Join(", ", missing)} could not be installed: {e.Message}", "Does the image name package sources that this machine can reach, and do they have these packages? Or put them into the image.", e);
        }
        finally
        {
            Back(before);
        }
    }

    private IEnumerable<(string Program, string[] Arguments)> Commands(IReadOnlyList<string> names)
    {
        if (tree.HasProgram("apt-get"))
            return [("apt-get", ["-q", "update"]), ("apt-get", ["-q", "-y", "--no-install-recommends", "install", "--", .. names])];
        if (tree.HasProgram("dnf") || tree.HasProgram("yum"))
            return [(tree.HasProgram("dnf") ? "dnf" : "yum", ["-q", "-y", "install", .. names])];
        if (tree.HasProgram("zypper"))
            return [("zypper", ["--non-interactive", "--gpg-auto-import-keys", "refresh"]), ("zypper", ["--non-interactive", "install", "--no-recommends", "--", .. names])];
        throw new InstallException(FailureCodes.Configuration, $"The image has none of apt-get, dnf, yum and zypper; the packages {string.Join(", ", names)} cannot be installed.", "Put them into the image.");
    }

    private async Task<List<string>> MissingAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        foreach (var name in names)
        {
            var found = tree.HasProgram("dpkg-query") ? await AskAsync("dpkg-query", ["-W", "-f", "${db:Status-Status}", name], cancellationToken).ConfigureAwait(false) is { ExitCode: 0, Output: var said } && said.Trim() == "installed"
                : tree.HasProgram("rpm") && (await AskAsync("rpm", ["-q", name], cancellationToken).ConfigureAwait(false)).ExitCode == 0;
            if (!found)
                missing.Add(name);
        }
        return missing;
    }

    private Task<ProgramResult> AskAsync(string program, string[] arguments, CancellationToken cancellationToken) => programs.RunAsync(program, arguments, cancellationToken, new() { Quiet = true, AnyExitCode = true });

    // The image's resolv.conf often leads to a daemon, which does not run in the chroot.
    private (string? Link, string? Text, bool Wrote) Swap(string? resolver)
    {
        var before = (tree.LinkTarget(Resolver), tree.LinkTarget(Resolver) is null ? tree.Read(Resolver) : null, resolver is not null);
        if (resolver is not null)
            tree.Write(Resolver, resolver);
        return before;
    }

    private void Back((string? Link, string? Text, bool Wrote) before)
    {
        if (before.Link is not null)
            tree.Link(Resolver, before.Link);
        else if (before.Text is not null)
            tree.Write(Resolver, before.Text);
        else if (before.Wrote)
            tree.Delete(Resolver);
    }
}
