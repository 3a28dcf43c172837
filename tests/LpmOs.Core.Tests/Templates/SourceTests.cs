using LpmOs.Core.Templates;

namespace LpmOs.Core.Tests.Templates;

public sealed class SourceTests : IDisposable
{
    private static readonly Dictionary<string, object?> None = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("lpmos-templates").FullName;
    private readonly TemplateEngine _engine;

    public SourceTests()
    {
        Write("secret.txt", "outside");
        Directory.CreateDirectory(Path.Combine(_folder, "root", "ipxe", "snippets"));
        _engine = new TemplateEngine(new TemplateSource(Path.Combine(_folder, "root")), new TemplateLimits { MaxCachedTemplates = 3 });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    [Fact]
    public void Includes_are_relative_to_the_root()
    {
        Write("root/ipxe/boot.ipxe", "{{ include 'ipxe/snippets/net.ipxe' mac: '52:54' }}");
        Write("root/ipxe/snippets/net.ipxe", "set mac {{ $mac }}");

        Assert.Equal("set mac 52:54", _engine.Render("ipxe/boot.ipxe", None));
    }

    [Theory]
    [InlineData("../secret.txt")]
    [InlineData("ipxe/../../secret.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\secret.txt")]
    [InlineData("./boot")]
    [InlineData("ipxe//boot")]
    [InlineData("")]
    [InlineData("link.txt")]
    [InlineData("links/secret.txt")]
    [InlineData("ipxe")]
    [InlineData("missing")]
    [InlineData("a\0b")]
    public void Nothing_outside_of_the_root_is_read(string name)
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "root", "link.txt"), Path.Combine(_folder, "secret.txt"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "root", "links"), _folder);

        Assert.Throws<TemplateException>(() => _engine.Render(name, None));
        var variables = new Dictionary<string, object?> { ["name"] = name };
        Assert.Throws<TemplateException>(() => _engine.Render(_engine.Parse("{{ include name }}", "test"), variables));
    }

    [Fact]
    public void A_changed_file_is_read_again()
    {
        Write("root/a", "one");
        Assert.Equal("one", _engine.Render("a", None));

        Write("root/a", "two!");

        Assert.Equal("two!", _engine.Render("a", None));
    }

    [Fact]
    public void An_error_in_an_include_names_the_include()
    {
        Write("root/a", "line\n{{ include 'b' }}");
        Write("root/b", "\n\n  {{ missing }}");

        var error = Assert.Throws<TemplateException>(() => _engine.Render("a", None));

        Assert.Equal(("b", 3, 6), (error.Name, error.Line, error.Column));
    }

    [Fact]
    public void A_syntax_error_in_an_include_names_the_include()
    {
        Write("root/a", "{{ include 'b' }}");
        Write("root/b", "\n{{ if }}");

        var error = Assert.Throws<TemplateException>(() => _engine.Render("a", None));

        Assert.Equal(("b", 2), (error.Name, error.Line));
    }

    [Fact]
    public void An_include_of_itself_is_refused()
    {
        Write("root/a", "{{ include 'a' }}");

        Assert.Contains("nested deeper", Assert.Throws<TemplateException>(() => _engine.Render("a", None)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_templates_than_the_cache_keeps_still_render()
    {
        for (var i = 0; i < 10; i++)
            Write($"root/t{i}", $"text {i}");

        for (var i = 0; i < 30; i++)
            Assert.Equal($"text {i % 10}", _engine.Render($"t{i % 10}", None));
    }

    [Fact]
    public async Task Many_threads_render_at_once()
    {
        Write("root/a", "{{ for i in 1..50 }}{{ include 'b' }}{{ end }}");
        Write("root/b", "{{ i }}{{ x = i }}{{ x }};");
        var expected = _engine.Render("a", None);

        var outputs = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => _engine.Render("a", None))));

        Assert.All(outputs, output => Assert.Equal(expected, output));
    }

    [Fact]
    public void Lists_what_is_there()
    {
        Write("root/ipxe/boot.ipxe", "");
        Write("root/ipxe/snippets/net.ipxe", "");

        Assert.Equal(["ipxe/boot.ipxe", "ipxe/snippets/net.ipxe"], new TemplateSource(Path.Combine(_folder, "root")).List());
    }
}
