using Microsoft.Playwright;

namespace LpmOs.Page.Tests.Browsing;

/// <summary>One person's browser window, and what it complained of.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];
    private readonly List<IRequest> _requests = [];

    public OpenPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Add(_complaints, $"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => Add(_complaints, error);
        page.Request += (_, request) => Add(_requests, request);
        page.Dialog += (_, dialog) => Add(_complaints, $"dialog: {dialog.Message}");
    }

    public IPage Page { get; }

    public IReadOnlyList<IRequest> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_complaints)
                return [.. _complaints];
        }
    }

    public ILocator Badge => Page.Locator("[role=status][data-connected]");

    /// <summary>Waits until the badge says so.</summary>
    public Task ConnectedAsync() => Assertions.Expect(Badge).ToHaveAttributeAsync("data-connected", "true");

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private static void Add<T>(List<T> list, T item)
    {
        lock (list)
            list.Add(item);
    }
}
