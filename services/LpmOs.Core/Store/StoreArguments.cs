using System.Text;

namespace LpmOs.Core.Store;

/// <summary>What both stores ask of their callers, so that what works on one works on the other. The limits are etcd's defaults or below.</summary>
internal static class StoreArguments
{
    /// <summary>etcd's --max-txn-ops; it counts comparisons and writes separately.</summary>
    public const int MaxOperations = 128;

    /// <summary>Keys and values of one transaction, in bytes; etcd's --max-request-bytes is 1.5 MiB, frame included.</summary>
    public const int MaxTransactionBytes = 1_310_720;

    public const int MaxKeyBytes = 2048;
    public const int MaxPageSize = 10_000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The key as the stores order and keep it: UTF-8.</summary>
    public static byte[] Encode(string key, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(key, parameter);
        byte[] bytes;
        try
        {
            bytes = Utf8.GetBytes(key);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException("A store key must be valid Unicode; this one holds half a surrogate pair.", parameter, e);
        }

        return bytes.Length <= MaxKeyBytes
            ? bytes
            : throw new ArgumentException($"A store key may have {MaxKeyBytes} bytes; this one has {bytes.Length}.", parameter);
    }

    public static string Decode(ReadOnlySpan<byte> key) => Encoding.UTF8.GetString(key);

    /// <summary>First key after all that start with the prefix. UTF-8 knows no byte 0xFF, so the last byte can always be raised.</summary>
    public static byte[] PrefixEnd(byte[] prefix)
    {
        var end = prefix.ToArray();
        end[^1]++;
        return end;
    }

    /// <summary>Where a page begins: at the prefix, or right after the last key of the page before.</summary>
    public static byte[] PageStart(byte[] prefix, string? after)
    {
        if (after is null)
            return prefix;
        var last = Encode(after, nameof(after));
        return last.AsSpan().SequenceCompareTo(prefix) < 0 ? prefix : [.. last, 0];
    }

    public static void CheckList(int limit, long revision)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxPageSize);
        ArgumentOutOfRangeException.ThrowIfNegative(revision);
    }

    public static ArgumentOutOfRangeException FutureRevision(long revision) =>
        new(nameof(revision), revision, "The store has not reached this revision.");

    /// <summary>Whole seconds, rounded up: what etcd counts in.</summary>
    public static long LeaseSeconds(TimeSpan timeToLive)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeToLive, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeToLive, TimeSpan.FromDays(365));
        return (long)Math.Ceiling(timeToLive.TotalSeconds);
    }

    public static void Check(StoreTransaction transaction)
    {
        if (transaction.Compares.Count > MaxOperations || transaction.Writes.Count > MaxOperations)
        {
            throw new ArgumentException(
                $"A transaction may have {MaxOperations} comparisons and {MaxOperations} writes; this one has {transaction.Compares.Count} and {transaction.Writes.Count}.",
                nameof(transaction));
        }

        var size = 0L;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var write in transaction.Writes)
        {
            size += Encode(write.Key, nameof(transaction)).Length + (write.Value?.Length ?? 0);
            if (!keys.Add(write.Key))
                throw new ArgumentException($"A transaction may write a key once; this one writes {write.Key} again.", nameof(transaction));
        }

        foreach (var compare in transaction.Compares)
        {
            size += Encode(compare.Key, nameof(transaction)).Length;
            ArgumentOutOfRangeException.ThrowIfNegative(compare.ModRevision, nameof(transaction));
        }

        if (size > MaxTransactionBytes)
            throw new ArgumentException($"A transaction may carry {MaxTransactionBytes} bytes of keys and values; this one carries {size}.", nameof(transaction));
    }
}
