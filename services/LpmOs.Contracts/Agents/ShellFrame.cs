using System.Buffers.Binary;

namespace LpmOs.Contracts.Agents;

/// <summary>
/// A message of a rescue shell, the same on both WebSockets (operator and tasks service, agent and regional service) and in the store between them:
/// one binary message each, its first byte says what it is.
/// </summary>
public static class ShellFrame
{
    /// <summary>What was typed, or what the terminal shows; bytes as they are.</summary>
    public const byte Data = 0;
    /// <summary>The terminal's size: columns and rows, two bytes each, big-endian.</summary>
    public const byte Size = 1;
    /// <summary>The session is over; the rest says why, UTF-8.</summary>
    public const byte End = 2;
    /// <summary>The machine's shell is there.</summary>
    public const byte Ready = 3;

    /// <summary>Bytes of a message with its first byte; a longer one is refused.</summary>
    public const int Longest = 16 * 1024;
    public const int MostColumns = 1000;
    public const int MostRows = 1000;
    /// <summary>Bytes of the words of an <see cref="End"/>.</summary>
    public const int LongestReason = 200;

    public static byte[] OfSize(int columns, int rows)
    {
        var frame = new byte[5];
        frame[0] = Size;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), (ushort)Math.Clamp(columns, 1, MostColumns));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(3), (ushort)Math.Clamp(rows, 1, MostRows));
        return frame;
    }

    /// <summary>Null: not a size, or one that no terminal has.</summary>
    public static (int Columns, int Rows)? ReadSize(ReadOnlySpan<byte> frame)
    {
        if (frame.Length != 5 || frame[0] != Size)
            return null;
        var (columns, rows) = (BinaryPrimitives.ReadUInt16BigEndian(frame[1..]), BinaryPrimitives.ReadUInt16BigEndian(frame[3..]));
        return columns is >= 1 and <= MostColumns && rows is >= 1 and <= MostRows ? (columns, rows) : null;
    }

    public static byte[] OfEnd(string reason)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(reason);
        return [End, .. text.AsSpan(0, Math.Min(text.Length, LongestReason))];
    }

    public static string ReadEnd(ReadOnlySpan<byte> frame) => System.Text.Encoding.UTF8.GetString(frame[1..Math.Min(frame.Length, 1 + LongestReason)]);
}
