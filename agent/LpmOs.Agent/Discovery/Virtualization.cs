using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace LpmOs.Agent.Discovery;

/// <summary>Tells a virtual machine from hardware, and whose.</summary>
internal static class Virtualization
{
    private const int HypervisorLeaf = 0x40000000;

    // Substrings of the SMBIOS manufacturer or product.
    private static readonly (string Part, string Name)[] Makers =
    [
        ("QEMU", "qemu"), ("KVM", "kvm"), ("VMware", "vmware"), ("VirtualBox", "virtualbox"), ("innotek", "virtualbox"), ("Xen", "xen"),
        ("Parallels", "parallels"), ("OpenStack", "kvm"), ("Google Compute Engine", "kvm"), ("Amazon EC2", "kvm"), ("Alibaba Cloud", "kvm"), ("Bochs", "qemu"),
    ];

    // What hypervisors sign in CPUID leaf 0x40000000.
    private static readonly (string Signature, string Name)[] Signatures =
    [
        ("KVMKVMKVM", "kvm"), ("TCGTCGTCGTCG", "qemu"), ("VMwareVMware", "vmware"), ("VBoxVBoxVBox", "virtualbox"), ("XenVMMXenVMM", "xen"),
        ("Microsoft Hv", "hyperv"), (" lrpepyh  vr", "parallels"), ("prl hyperv", "parallels"),
    ];

    /// <summary>The hypervisor's name; null on bare metal. The processor's own word goes before the firmware's, which hosts may rewrite.</summary>
    public static string? Of(Smbios smbios, string? signature, bool hypervisorFlag)
    {
        if (signature is not null)
        {
            foreach (var (text, name) in Signatures)
            {
                if (signature.StartsWith(text, StringComparison.Ordinal))
                    return name;
            }
        }
        var firmware = $"{smbios.Company} {smbios.Product} {smbios.ModelName}";
        foreach (var (part, name) in Makers)
        {
            if (firmware.Contains(part, StringComparison.OrdinalIgnoreCase))
                return name;
        }
        if (firmware.Contains("Microsoft", StringComparison.Ordinal) && firmware.Contains("Virtual Machine", StringComparison.Ordinal))
            return "hyperv";
        return hypervisorFlag ? "unknown" : null;
    }

    /// <summary>Twelve characters of the hypervisor leaf; null without a hypervisor, or on processors that have no CPUID.</summary>
    public static string? ReadSignature()
    {
        if (!X86Base.IsSupported || (X86Base.CpuId(1, 0).Ecx >> 31 & 1) == 0)
            return null;
        var (_, ebx, ecx, edx) = X86Base.CpuId(HypervisorLeaf, 0);
        ReadOnlySpan<int> registers = [ebx, ecx, edx];
        return System.Text.Encoding.ASCII.GetString(MemoryMarshal.AsBytes(registers));
    }
}
