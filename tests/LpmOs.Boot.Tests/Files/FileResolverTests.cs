using LpmOs.Boot.Files;

namespace LpmOs.Boot.Tests.Files;

public sealed class FileResolverTests : IDisposable
{
    private readonly string _outside = Directory.CreateTempSubdirectory("lpmos-outside-").FullName;
    private readonly string _root;
    private readonly FileResolver _files;

    public FileResolverTests()
    {
        _root = Directory.CreateDirectory(Path.Combine(_outside, "files")).FullName;
        Directory.CreateDirectory(Path.Combine(_root, "boot"));
        File.WriteAllText(Path.Combine(_root, "boot", "vmlinuz"), "kernel");
        File.WriteAllText(Path.Combine(_root, ".hidden"), "x");
        File.WriteAllText(Path.Combine(_outside, "secret"), "s");
        File.WriteAllText(Path.Combine(_outside, "files-not"), "s");
        _files = new FileResolver(_root, (path, _) => path == "boot.ipxe" ? "#!ipxe\n"u8.ToArray() : null);
    }

    public void Dispose() => Directory.Delete(_outside, recursive: true);

    [Theory]
    [InlineData("boot/vmlinuz")]
    [InlineData("/boot//vmlinuz")]
    public void Finds_what_is_there(string path) => Assert.Equal(6, _files.Resolve(path, null)!.Length);

    [Fact]
    public void Finds_scripts_before_files() => Assert.IsType<RenderedFile>(_files.Resolve("boot.ipxe", null));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("boot")]
    [InlineData("boot/vmlinuz/x")]
    [InlineData("../secret")]
    [InlineData("boot/../../secret")]
    [InlineData("boot/./vmlinuz")]
    [InlineData("../files-not")]
    [InlineData(".hidden")]
    [InlineData("boot/vmlin\0uz")]
    [InlineData("boot/vmlin\nuz")]
    [InlineData("böot/vmlinuz")]
    [InlineData("C:/boot/vmlinuz")]
    [InlineData("%2e%2e/secret")]
    public void Nothing_else_is_served(string path) => Assert.Null(_files.Resolve(path, null));

    [Fact]
    public void A_path_of_endless_length_is_nothing() => Assert.Null(_files.Resolve(string.Concat(Enumerable.Repeat("a/", 4000)), null));

    [Fact]
    public void A_link_that_stays_inside_is_followed_and_one_that_leaves_is_not()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "inside"), "boot/vmlinuz");
        File.CreateSymbolicLink(Path.Combine(_root, "up"), "../secret");
        File.CreateSymbolicLink(Path.Combine(_root, "absolute"), Path.Combine(_outside, "secret"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "folder"), _outside);
        File.CreateSymbolicLink(Path.Combine(_root, "two"), "up");
        File.CreateSymbolicLink(Path.Combine(_root, "loop"), "loop");
        Assert.Equal(6, _files.Resolve("inside", null)!.Length);
        Assert.Null(_files.Resolve("up", null));
        Assert.Null(_files.Resolve("absolute", null));
        Assert.Null(_files.Resolve("folder/secret", null));
        Assert.Null(_files.Resolve("folder/files-not", null));
        Assert.Null(_files.Resolve("two", null));
        Assert.Null(_files.Resolve("loop", null));
    }

    [Fact]
    public void The_folder_itself_may_be_a_link()
    {
        var link = Path.Combine(_outside, "link");
        Directory.CreateSymbolicLink(link, _root);
        Assert.Equal(6, new FileResolver(link, (_, _) => null).Resolve("boot/vmlinuz", null)!.Length);
    }
}
