using System.Buffers;
using LpmOs.Core.Domain.Identity;

namespace LpmOs.Core.Domain.Templates;

/// <summary>What a machine says of itself when it asks for its boot script.</summary>
/// <param name="Architecture">As iPXE names it.</param>
public sealed record BootingMachine(string? Mac, string? Serial, string? Architecture)
{
    /// <summary>Folder of the boot image for its processor; null where there is none.</summary>
    public string? Image { get; init; } = "boot";
    /// <summary>How its firmware goes on to its disk, where not in the usual way.</summary>
    public string? Quirk { get; init; }
}

/// <summary>Variables of the boot scripts that every machine may get, known or not.</summary>
public static class BootVariables
{
    private static readonly SearchValues<char> Harmless = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .-_");

    /// <param name="task">Id and system of the machine's task, if it has one.</param>
    public static Dictionary<string, object?> Of(string idc, BootingMachine machine, (string Id, string Os)? task, RunTimeValues run) => new(16, StringComparer.Ordinal)
    {
        ["boot_url"] = run.BootUrl,
        ["files_url"] = run.BootUrl + "/files",
        ["regional_url"] = run.RegionalUrl,
        ["ca_sha256"] = run.AuthoritiesSha256,
        ["idc"] = idc,
        ["reason"] = run.Reason,
        ["image"] = machine.Image,
        ["quirk"] = machine.Quirk,
        ["kernel_arguments"] = run.KernelArguments,
        ["token"] = run.Token,
        ["signing_key"] = run.SigningKey,
        ["machine"] = new Dictionary<string, object?>(4)
        {
            ["mac"] = machine.Mac,
            ["serial"] = machine.Serial,
            ["architecture"] = machine.Architecture,
            ["bootif"] = BootIf(machine.Mac),
        },
        ["task"] = task is { } one ? new Dictionary<string, object?> { ["id"] = one.Id, ["os"] = Plain(one.Os) } : null,
    };

    /// <summary>RFC 1700 hardware type and MAC with hyphens, as PXELINUX writes it; installers and the boot image look for it.</summary>
    public static string? BootIf(string? mac) => MacAddress.TryNormalize(mac, out var normal) ? "01-" + normal.Replace(':', '-') : null;

    /// <summary>Text that a person typed, as it may stand on an echo line.</summary>
    public static string Plain(string text) => text.AsSpan().ContainsAnyExcept(Harmless) ? string.Concat(text.Where(Harmless.Contains)) : text;
}
