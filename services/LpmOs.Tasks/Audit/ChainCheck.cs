using System.Globalization;
using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Store;

namespace LpmOs.Tasks.Audit;

/// <summary>The chains of one IDC, record by record, and what is wrong with them.</summary>
internal sealed class ChainCheck(string site)
{
    /// <param name="Computed">What its content gives; where that is not <paramref name="Hash"/>, it was changed.</param>
    private readonly record struct Link(long Number, string Id, string Previous, string Hash, string? Computed);

    private readonly Dictionary<int, List<Link>> _links = [];

    public List<AuditFault> Faults { get; } = [];
    public List<ChainEnd> Ends { get; } = [];
    public bool HasLinks => _links.Count > 0;

    /// <param name="since">When the chains began; null: they have not.</param>
    /// <returns>False: it has no link.</returns>
    public bool Take(StoreEntry entry, DateTimeOffset? since)
    {
        var id = entry.Key[Keys.Audit(site).Length..];
        if (Record(entry.Value.Span) is not { } record)
        {
            Add(AuditFault.Changed, null, null, id, "It is no record any more.");
            return false;
        }
        if (record.Id != id || record.Idc != site)
            Add(AuditFault.Moved, record.Chain, record.Number, id, $"It says of itself that it is {record.Idc}/{record.Id}.");
        if (AuditLink.Read(entry.Value.Span) is not { } link)
        {
            // Ids of the time when the chains began, and younger ones, sort before it.
            if (since is { } began && string.CompareOrdinal(id, AuditTrail.Place(began)) < 0)
                Add(AuditFault.Unchained, null, null, id, "It has no link to the record before it, although it is younger than the chains.");
            return false;
        }
        if (!_links.TryGetValue(link.Chain, out var chain))
            _links[link.Chain] = chain = [];
        chain.Add(new Link(link.Number, id, link.Previous, link.Hash, AuditLink.Compute(entry.Value.Span)));
        if (link.Chain is < 0 or >= AuditChains.Count)
            Add(AuditFault.Changed, link.Chain, link.Number, id, "There is no such chain.");
        return true;
    }

    /// <param name="seen">The greatest number that this service has seen.</param>
    public void Chain(int chain, AuditMark? anchor, AuditMark? head, long seen, ReadOnlySpan<byte> storeKey)
    {
        var links = _links.GetValueOrDefault(chain) ?? [];
        // Deleting the newest records and both ends of a chain leaves no younger record to name.
        if (anchor is null || head is null)
            Add(AuditFault.EndMissing, chain, null, null, $"{(anchor is null ? Keys.AuditAnchor(site, chain) : Keys.AuditHead(site, chain))} is missing or unreadable.");
        if (anchor?.IsSealed(AuditMark.Anchor, site, chain, storeKey) == false)
            Add(AuditFault.EndForged, chain, anchor.Number, null, $"{Keys.AuditAnchor(site, chain)} was not written by the services.");
        if (head?.IsSealed(AuditMark.Head, site, chain, storeKey) == false)
            Add(AuditFault.EndForged, chain, head.Number, null, $"{Keys.AuditHead(site, chain)} was not written by the services.");
        if (head is not null && head.Number < seen)
            Add(AuditFault.PutBack, chain, head.Number, null, $"This service has seen the record {seen.ToString(CultureInfo.InvariantCulture)} of this chain, which ends with {head.Number.ToString(CultureInfo.InvariantCulture)} now.");
        links.Sort((one, other) => one.Number.CompareTo(other.Number));
        // Without an anchor the first that is there vouches for what follows.
        var (number, hash, id) = anchor is null ? (links is [var first, ..] ? first.Number - 1 : 0, links is [var one, ..] ? one.Previous : AuditLink.Origin, (string?)null) : (anchor.Number, anchor.Hash, null);
        foreach (var link in links)
        {
            if (link.Number <= number)
            {
                Add(AuditFault.Doubled, chain, link.Number, link.Id, id is null ? "The chain begins after it." : "There is another record with this number.");
                continue;
            }
            if (link.Number != number + 1)
                Gone(chain, number + 1, link.Number - 1, link.Id);
            else if (link.Previous != hash)
                Add(AuditFault.Changed, chain, id is null ? link.Number : number, id ?? link.Id, "The record after it names another hash.");
            if (link.Computed != link.Hash)
                Add(AuditFault.Changed, chain, link.Number, link.Id, "Its content does not give its hash.");
            (number, hash, id) = (link.Number, link.Hash, link.Id);
        }
        if (head is null)
            return;
        if (head.Number > number)
            Gone(chain, number + 1, head.Number, null);
        else if (head.Number < number)
            Add(AuditFault.PutBack, chain, number, id, $"{Keys.AuditHead(site, chain)} says that the chain ends before it.");
        else if (head.Hash != hash)
            Add(AuditFault.Changed, chain, number, id, $"{Keys.AuditHead(site, chain)} names another hash.");
        if (number > 0)
            Ends.Add(new ChainEnd { Chain = chain, Number = number, Hash = hash });
    }

    private void Gone(int chain, long first, long last, string? after) => Add(AuditFault.Missing, chain, first, after,
        string.Create(CultureInfo.InvariantCulture, $"{(first == last ? $"Record {first} of the chain is" : $"Records {first} to {last} of the chain are")} missing{(after is null ? " at its end" : $", before {after}")}."));

    private void Add(string code, int? chain, long? number, string? id, string detail) => Faults.Add(new AuditFault { Code = code, Idc = site, Chain = chain, Number = number, Id = id, Detail = detail });

    private static AuditRecord? Record(ReadOnlySpan<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize(value, CoreJson.Default.AuditRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
