using System.Buffers.Binary;

namespace LpmOs.Agent.Activation;

/// <summary>Puts a command of a TPM 2.0 together: numbers in network order (TPM 2.0 Library, part 2, 4).</summary>
internal sealed class TpmWriter
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public TpmWriter Byte(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    public TpmWriter Number(ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return Raw(bytes);
    }

    public TpmWriter Number(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Raw(bytes);
    }

    public TpmWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>A TPM2B: its length in two bytes, then the bytes.</summary>
    public TpmWriter Sized(ReadOnlySpan<byte> bytes) => Number((ushort)bytes.Length).Raw(bytes);
}
