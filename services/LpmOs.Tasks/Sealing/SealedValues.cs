using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Security;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Sealing;

/// <summary>How many secrets were sealed anew, and why others were not.</summary>
internal sealed record SealedCounts(int Resealed, int Waiting, int Unreadable);

/// <summary>Goes through the whole store and seals every secret with the present key, whatever it belongs to: a secret is known by how it begins.</summary>
internal sealed partial class SealedValues(IStateStore store)
{
    private const int Together = 500;
    private const int MostRounds = 20;

    /// <exception cref="StoreUnavailableException">Not all was seen; doing it again goes on.</exception>
    public async Task<SealedCounts> SealAnewAsync(ReadOnlyMemory<byte> ring, CancellationToken cancellationToken)
    {
        var counts = new SealedCounts(0, 0, 0);
        string? after = null;
        StorePage page;
        do
        {
            page = await store.ListAsync(Keys.Root, after, Together, 0, cancellationToken);
            foreach (var entry in page.Entries)
            {
                if (IsMark(entry.Key, out var kind, out var idc, out var chain))
                    await SealAnewAsync(entry, kind, idc, chain, ring, cancellationToken);
                else if (MayHoldSecrets(entry.Key) && entry.Value.Span.IndexOf("sealed:"u8) >= 0)
                    counts = await SealAnewAsync(entry, ring, counts, cancellationToken);
            }
            after = page.Entries.Count > 0 ? page.Entries[^1].Key : after;
        }
        while (page is { More: true, Entries.Count: > 0 });
        return counts;
    }

    /// <summary>Records are what they were, hash for hash; so is what is typed and shown in shells, where a message that is written again is typed again. The keys seal themselves with the one outside.</summary>
    private static bool MayHoldSecrets(string key) => !key.StartsWith(Keys.Secrets, StringComparison.Ordinal) && key.Split('/') is not ["", "os", _, "audit" or "audit-chain" or "logs" or "boots" or "former-boots" or "shells", ..];

    private async Task<SealedCounts> SealAnewAsync(StoreEntry entry, ReadOnlyMemory<byte> ring, SealedCounts counts, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var (resealed, unreadable) = (0, 0);
            var text = SealedSecret().Replace(Encoding.UTF8.GetString(entry.Value.Span), found =>
            {
                if (SealedText.SealAnew(found.Value, ring.Span) is { } anew)
                {
                    resealed++;
                    return anew;
                }
                unreadable += SealedText.Open(found.Value, ring.Span) is null ? 1 : 0;
                return found.Value;
            });
            if (resealed == 0 || IsAtWork(entry))
                return counts with { Waiting = counts.Waiting + resealed, Unreadable = counts.Unreadable + unreadable };
            var put = new StoreTransaction { Compares = [new StoreCompare(entry.Key, entry.ModRevision)], Writes = [StoreWrite.Put(entry.Key, Encoding.UTF8.GetBytes(text), entry.LeaseId)] };
            if ((await store.CommitAsync(put, cancellationToken)).Applied)
                return counts with { Resealed = counts.Resealed + resealed, Unreadable = counts.Unreadable + unreadable };
            if (await store.GetAsync(entry.Key, cancellationToken) is not { } present)
                return counts;
            entry = present;
        }
        throw new StoreUnavailableException($"{entry.Key} is being changed by too many others at once.", outcomeUnknown: false);
    }

    /// <summary>Ends of the audit's chains are sealed by a key of their own that is derived from the store's.</summary>
    private async Task SealAnewAsync(StoreEntry entry, string kind, string idc, int chain, ReadOnlyMemory<byte> ring, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            // A mark that no key has sealed is no work of ours: the verification names it.
            if (AuditMark.Read(entry.Value) is not { } mark || !mark.IsSealed(kind, idc, chain, ring.Span) || mark.IsSealed(kind, idc, chain, KeyRing.Present(ring.Span)))
                return;
            if ((await store.CommitAsync(StoreTransaction.PutIf(entry.Key, entry.ModRevision, mark.SealedAnew(kind, idc, chain, ring.Span).Json()), cancellationToken)).Applied || await store.GetAsync(entry.Key, cancellationToken) is not { } present)
                return;
            entry = present;
        }
    }

    private static bool IsMark(string key, out string kind, out string idc, out int chain)
    {
        (kind, idc, chain) = ("", "", 0);
        if (key.Split('/') is not ["", "os", var site, "audit-chain", var number, AuditMark.Head or AuditMark.Anchor] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out chain))
            return false;
        (kind, idc) = (key.EndsWith(AuditMark.Head, StringComparison.Ordinal) ? AuditMark.Head : AuditMark.Anchor, site);
        return true;
    }

    /// <summary>The approval is of a plan with the digest of the secret as it stands there.</summary>
    private static bool IsAtWork(StoreEntry entry)
    {
        if (entry.Key.Split('/') is not ["", "os", _, "machines", _, "task"])
            return false;
        using var task = JsonDocument.Parse(entry.Value);
        return task.RootElement.TryGetProperty("status", out var status) && status.GetString() is "approved" or "installing";
    }

    [GeneratedRegex("sealed:[A-Za-z0-9_-]+")]
    private static partial Regex SealedSecret();
}
