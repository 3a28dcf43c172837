namespace LpmOs.Core.Domain;

/// <summary>A machine is known by its site and its serial number.</summary>
public readonly record struct MachineKey(string Idc, string Sn)
{
    public override string ToString() => $"{Idc}/{Sn}";
}
