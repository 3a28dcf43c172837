using System.Globalization;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install.Target;

/// <summary>Creates the plan's users, with keys and, where the task has one, a password by its hash.</summary>
internal sealed class Users(TargetTree tree, TargetPrograms programs)
{
    private static readonly string[] AdministratorGroups = ["sudo", "wheel"];

    /// <exception cref="ProgramException">The system's own program refused.</exception>
    /// <exception cref="InstallException">The user is not there afterwards.</exception>
    /// <param name="hashes">User name to password hash, for crypt(3).</param>
    public async Task CreateAsync(IReadOnlyList<UserPlan> users, IReadOnlyDictionary<string, string> hashes, CancellationToken cancellationToken)
    {
        foreach (var user in users)
        {
            if (Find(user.Name) is null)
                await AddAsync(user.Name, cancellationToken).ConfigureAwait(false);
            var entry = Find(user.Name) ?? throw new InstallException(FailureCodes.Configuration, $"User {user.Name} is not in the new system's /etc/passwd after it was created.", "Check the image: it must have useradd or adduser.");
            if (user.PasswordDigest is not null)
                SetPassword(user.Name, hashes.GetValueOrDefault(user.Name) ?? throw new InstallException(FailureCodes.Configuration, $"The plan gives {user.Name} a password, and the service handed out no hash of it.", "Make a new task with the hash."));
            if (user.Sudo && entry.Id != 0)
                await GrantAsync(user.Name, cancellationToken).ConfigureAwait(false);
            if (user.SshKeys.Count > 0)
                WriteKeys(entry, user.SshKeys);
        }
    }

    // shadow(5): name:hash:days of the last change:… Written by ourselves: chpasswd and usermod -p would show the hash in a process list, and PAM may want to judge it.
    private void SetPassword(string name, string hash)
    {
        if (hash.Length > 512 || !hash.StartsWith('$') || hash.Any(c => !char.IsAsciiLetterOrDigit(c) && !"./$=,".Contains(c, StringComparison.Ordinal)))
            throw new InstallException(FailureCodes.PlanInvalid, $"The password hash of {name} is not one of crypt(3).", "Make a new task with the hash.");
        var lines = (tree.Read("/etc/shadow") ?? throw new InstallException(FailureCodes.Configuration, "The image has no /etc/shadow, so no password can be set.", "Add the package passwd (shadow-utils) to the image.")).TrimEnd('\n').Split('\n').ToList();
        var at = lines.FindIndex(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        if (at < 0)
        {
            lines.Add($"{name}:*:19000:0:99999:7:::");
            at = lines.Count - 1;
        }
        var fields = lines[at].Split(':');
        fields[1] = hash;
        lines[at] = string.Join(':', fields);
        tree.Rewrite("/etc/shadow", string.Join('\n', lines) + "\n");
    }

    private async Task AddAsync(string name, CancellationToken cancellationToken)
    {
        var shell = tree.Exists("/bin/bash") ? "/bin/bash" : "/bin/sh";
        // '*' is a password that nothing matches; '!' would be a locked account, to which sshd without PAM refuses keys too.
        if (tree.HasProgram("useradd"))
            await programs.RunAsync("useradd", ["-m", "-s", shell, "-p", "*", name], cancellationToken).ConfigureAwait(false);
        else
            await programs.RunAsync("adduser", ["-D", "-s", shell, name], cancellationToken).ConfigureAwait(false);
    }

    private async Task GrantAsync(string name, CancellationToken cancellationToken)
    {
        var groups = tree.Read("/etc/group")?.Split('\n') ?? [];
        var group = AdministratorGroups.FirstOrDefault(candidate => groups.Any(line => line.StartsWith(candidate + ":", StringComparison.Ordinal)));
        if (group is not null && tree.HasProgram("usermod"))
            await programs.RunAsync("usermod", ["-a", "-G", group, name], cancellationToken).ConfigureAwait(false);
        // Without a password sudo could never be satisfied. sudoers(5) skips names with dots; ours have none.
        if (tree.HasProgram("sudo"))
            tree.Write($"/etc/sudoers.d/90-lpmos-{name}", $"{name} ALL=(ALL) NOPASSWD:ALL\n", UnixFileMode.UserRead | UnixFileMode.GroupRead);
    }

    private void WriteKeys(Entry user, IReadOnlyList<string> keys)
    {
        var folder = tree.Folder(user.Home + "/.ssh", TargetTree.PrivateFolder);
        tree.Write(user.Home + "/.ssh/authorized_keys", string.Join('\n', keys) + "\n", TargetTree.PrivateFile);
        Kernel.ChangeOwner(folder, user.Id, user.Group);
        Kernel.ChangeOwner(Path.Join(folder, "authorized_keys"), user.Id, user.Group);
    }

    // passwd(5): name:password:uid:gid:comment:home:shell
    private Entry? Find(string name)
    {
        foreach (var line in tree.Read("/etc/passwd")?.Split('\n') ?? [])
        {
            if (line.Split(':') is [var user, _, var id, var group, _, var home, ..] && user == name
                && int.TryParse(id, CultureInfo.InvariantCulture, out var uid) && int.TryParse(group, CultureInfo.InvariantCulture, out var gid) && home.StartsWith('/'))
                return new(uid, gid, home);
        }
        return null;
    }

    private sealed record Entry(int Id, int Group, string Home);
}
