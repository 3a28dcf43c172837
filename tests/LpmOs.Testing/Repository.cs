namespace LpmOs.Testing;

/// <summary>Files of the repository that tests read.</summary>
public static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);
    public static string Templates => Path.Combine(Root, "templates");

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "LpmOs.sln")) ? folder
        : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("LpmOs.sln is not above the test's folder."));
}
