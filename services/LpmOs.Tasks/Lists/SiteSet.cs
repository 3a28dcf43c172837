using LpmOs.Core.Domain.Access;

namespace LpmOs.Tasks.Lists;

/// <summary>IDCs that somebody may see, compared by value: who may see the same shares the same lists.</summary>
internal sealed class SiteSet : IEquatable<SiteSet>
{
    private readonly IReadOnlySet<string> _idcs;
    private readonly string _text;

    private SiteSet(IReadOnlySet<string> idcs) => (_idcs, _text) = (idcs, string.Join(' ', idcs.Order(StringComparer.Ordinal)));

    /// <summary>Null: all of them.</summary>
    public static SiteSet? Of(Rights rights, Permission permission) => rights.Sites(permission) is { } idcs ? new SiteSet(idcs) : null;

    public bool Contains(string idc) => _idcs.Contains(idc);

    public bool Equals(SiteSet? other) => other is not null && _text == other._text;

    public override bool Equals(object? obj) => Equals(obj as SiteSet);

    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);
}
