namespace LpmOs.Contracts.Tasks;

/// <summary>
/// A script of an installation. It runs as root, by /bin/sh or by the interpreter that its first line names, and sees <c>LPMOS_TASK_ID</c>, <c>LPMOS_SN</c>,
/// <c>LPMOS_HOSTNAME</c> and each variable of the task as <c>LPMOS_VAR_NAME</c> in its environment. What it says goes to the task's log; another exit code than 0 fails the task.
/// </summary>
public sealed record TaskScript
{
    public const int Most = 16;
    /// <summary>Characters of one script.</summary>
    public const int Longest = 16 * 1024;
    /// <summary>Characters of all scripts of a task.</summary>
    public const int LongestTogether = 64 * 1024;

    /// <summary>1 to 63 letters, digits or any of . _ - beginning with a letter or digit; once in a list.</summary>
    public required string Name { get; init; }
    /// <summary><c>hardware</c>: in the boot image, before everything else, for firmware and BIOS settings, and only with the service's signature; <c>pre</c>: in the boot image, before the disk is touched; <c>post</c>: in the new system (chroot) when it is configured; <c>first-boot</c>: in the new system, before it calls home.</summary>
    public required string When { get; init; }
    /// <summary>At most 16,384 characters, 65,536 for all scripts of a task.</summary>
    public required string Text { get; init; }
}

/// <summary>Values of <see cref="TaskScript.When"/>.</summary>
public static class ScriptTimes
{
    public const string Hardware = "hardware";
    public const string Pre = "pre";
    public const string Post = "post";
    public const string FirstBoot = "first-boot";

    public static IReadOnlyList<string> All { get; } = [Hardware, Pre, Post, FirstBoot];
}

/// <summary>A script as it will run, with the digest by which it is known again.</summary>
public sealed record ScriptPlan
{
    public required string Name { get; init; }
    /// <summary><c>hardware</c>, <c>pre</c>, <c>post</c> or <c>first-boot</c>.</summary>
    public required string When { get; init; }
    public required string Text { get; init; }
    /// <summary>Of the text in UTF-8, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }
}
