using LpmOs.Page.Tests.Browsing;
using LpmOs.Testing;
using Microsoft.Playwright;

namespace LpmOs.Page.Tests.Pictures;

/// <summary>Writes docs/screens anew (<c>make screens</c>); never part of a test run.</summary>
public sealed class PictureTests
{
    /// <summary>Fills the store that LPMOS_SCENERY names, to run a standalone on while one works on the page.</summary>
    [Fact(Explicit = true)]
    public async Task Fill()
    {
        var path = Environment.GetEnvironmentVariable("LPMOS_SCENERY") ?? throw new InvalidOperationException("Set LPMOS_SCENERY to the file of the store, for example data/scenery.db.");
        await using var store = TemporaryStore.EmbeddedAt(Path.GetFullPath(path));
        await Scenery.FillAsync(store.Store, TimeProvider.System.GetUtcNow());
    }
}
