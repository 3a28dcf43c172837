using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Core.Domain.Planning.Disks;

/// <summary>How a disk is wiped, by what it can.</summary>
internal static class WipeChoice
{
    /// <summary>See <see cref="WipeMethods"/>; null where the policy asks for nothing.</summary>
    public static string? Method(Disk disk, string? policy) => policy switch
    {
        WipePolicies.Secure => WipeMethods.Secure.First(method => method == WipeMethods.Overwrite || disk.WipeMethods?.Contains(method) == true),
        WipePolicies.Quick => disk.WipeMethods?.Contains(WipeMethods.Discard) == true ? WipeMethods.Discard : WipeMethods.Edges,
        WipePolicies.Overwrite => WipeMethods.Overwrite,
        _ => null,
    };
}
