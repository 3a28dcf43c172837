namespace LpmOs.Core.Domain.Planning.Disks;

/// <summary>Why a disk is no target of a task.</summary>
/// <param name="Code">For translations: see <see cref="Contracts.Tasks.DiskVerdict.ReasonCode"/>.</param>
/// <param name="Text">In English words, with the value.</param>
/// <param name="Value">What the words name: a size, a place, a bus; null where they name nothing, or it is not known.</param>
public sealed record DiskReason(string Code, string Text, string? Value = null)
{
    public static readonly DiskReason OneOfSeveral = new("fits_as_others", "fits, as do others");

    /// <param name="prefer"><c>smallest</c> or <c>largest</c>.</param>
    public static DiskReason NotPreferred(string prefer) => prefer == "smallest" ? new("not_smallest", "not the smallest") : new("not_largest", "not the largest");

    public static DiskReason TooSmall(string size) => new("too_small", $"smaller than {size}", size);

    public static DiskReason SeveralPaths(IReadOnlyList<string> devices)
    {
        var named = string.Join(", ", devices.Take(4));
        return new("several_paths", $"one disk over {devices.Count} paths ({named}): leave one path connected while it is installed", named);
    }
}
