namespace LpmOs.Bench.Layout;

/// <summary>A way to keep an IDC's servers and tasks in the store, as the services of the IDC and operators use it.</summary>
internal interface ISiteLayout : IAsyncDisposable
{
    /// <summary>An IDC that has so many servers already.</summary>
    Task FillAsync(int servers);

    /// <summary>Enters a server into the IDC's register.</summary>
    Task RegisterAsync(string sn);

    /// <summary>Servers in the register, as another reader finds them.</summary>
    Task<int> RegisteredAsync();

    /// <summary>A task that is being installed.</summary>
    Task CreateTaskAsync(string sn);

    /// <summary>Takes up one report of progress: one entry more in the task, and its state beside it.</summary>
    Task ProgressAsync(string sn, int report);

    /// <summary>Reports that the task holds, and whether its state says the same as its last report; as another reader finds them.</summary>
    Task<(int Reports, bool Agrees)> ReadAsync(string sn);
}
