using System.Buffers.Binary;

namespace LpmOs.Agent.Activation;

/// <summary>Reads an answer of a TPM from its beginning.</summary>
internal sealed class TpmReader(ReadOnlyMemory<byte> answer, string command)
{
    private ReadOnlyMemory<byte> _rest = answer;

    public uint Number() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));

    /// <summary>What is inside a TPM2B.</summary>
    public byte[] Sized() => Take(BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort)))).ToArray();

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (_rest.Length < bytes)
            throw new TpmException($"the answer to {command} is shorter than it should be");
        var taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken.Span;
    }
}
