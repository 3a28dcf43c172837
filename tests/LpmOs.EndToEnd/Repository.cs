using System.Runtime.CompilerServices;

namespace LpmOs.EndToEnd;

/// <summary>Where things are in the checkout that this test was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", ".."));

    /// <summary>Kernel, initramfs, iPXE and images: what <c>make boot-image</c> and <c>make sample-image</c> wrote.</summary>
    public static string Files { get; } = Path.Combine(Root, "data", "files");

    public static string Templates { get; } = Path.Combine(Root, "templates");

    /// <summary>Disks, logs and captures of a case; emptied when it starts, left for a person when it ends.</summary>
    public static string NewWorkFolder(string caseName)
    {
        var folder = Path.Combine(Root, "data", "e2e", caseName);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>Boot image and boot programs alone in a folder of the case's own, for a case that changes the files or adds to them.</summary>
    public static async Task<string> CopyBootFilesAsync(string folder, CancellationToken cancellationToken)
    {
        var files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        await Lab.Command.RunAsync("cp", ["-r", Path.Combine(Files, "boot"), Path.Combine(Files, "ipxe"), files], cancellationToken);
        return files;
    }

    /// <summary>A service's assembly, built in the same configuration as this test.</summary>
    public static string Assembly(string project) => Assembly(project, "services", project);

    public static string Assembly(string name, string folder, string project)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(Root, folder, project, "bin", framework.Parent!.Name, framework.Name, name + ".dll");
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
