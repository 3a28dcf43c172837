using LpmOs.Core.Domain.Access;
using LpmOs.Tasks.Access;

namespace LpmOs.Tasks.Events;

/// <summary>Which IDCs' events a client may have, as their rights are now: a login that ends, or a role that is taken away, ends the events too.</summary>
internal sealed class EventReach(Func<Rights?> now)
{
    /// <summary>Of this service itself.</summary>
    public static EventReach All { get; } = new(() => Rights.All);

    public EventReach(AccessBook book, Caller caller) : this(() => book.RightsNow(caller))
    {
    }

    /// <summary>Null: the client is to have nothing more.</summary>
    public Rights? Now => now();

    public static bool Sees(Rights rights, string idc) => rights.CanIn(Permission.View, idc);
}
