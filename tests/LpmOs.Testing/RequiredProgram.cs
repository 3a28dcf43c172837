namespace LpmOs.Testing;

/// <summary>Programs that tests cannot do without.</summary>
public static class RequiredProgram
{
    /// <exception cref="InvalidOperationException">It is not installed; the message names the Debian package.</exception>
    public static string Find(string program, string debianPackage) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/usr/bin")
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"These tests need the program {program}. On Debian: apt-get install {debianPackage}");
}
