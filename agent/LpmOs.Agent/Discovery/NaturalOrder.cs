namespace LpmOs.Agent.Discovery;

/// <summary>Orders eth2 before eth10 and sdz before sdaa, as the kernel counts.</summary>
internal static class NaturalOrder
{
    public static int Compare(string? left, string? right)
    {
        if (left is null || right is null)
            return string.CompareOrdinal(left, right);
        int i = 0, j = 0;
        while (i < left.Length && j < right.Length)
        {
            if (char.IsAsciiDigit(left[i]) && char.IsAsciiDigit(right[j]))
            {
                var a = Digits(left, ref i);
                var b = Digits(right, ref j);
                if (a.Length != b.Length || !a.SequenceEqual(b))
                    return a.Length != b.Length ? a.Length - b.Length : a.SequenceCompareTo(b);
            }
            else if (left[i++] is var x && right[j++] is var y && x != y)
                return x - y;
        }
        return (left.Length - i) - (right.Length - j);
    }

    private static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return text.AsSpan(start, at - start).TrimStart('0');
    }
}
