namespace LpmOs.Boot.Tests;

/// <summary>Where the tests find what is shipped.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Templates { get; } = Path.Combine(Root, "templates");

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LpmOs.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
