namespace LpmOs.Contracts.Hardware;

internal static class Entries
{
    /// <summary>JSON may hold null in place of a list or an entry; whoever reads the list counts on there being something in each place.</summary>
    public static IReadOnlyList<T> WithoutGaps<T>(IReadOnlyList<T>? entries) where T : class =>
        entries is null ? [] : entries.Contains(null!) ? [.. entries.Where(entry => entry is not null)] : entries;
}
