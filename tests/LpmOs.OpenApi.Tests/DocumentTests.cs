using System.Text.Json;
using System.Text.Json.Nodes;
using LpmOs.Testing;

namespace LpmOs.OpenApi.Tests;

public sealed class DocumentTests
{
    public static TheoryData<string> Documents => [.. ServiceDocuments.Names];

    [Theory, MemberData(nameof(Documents))]
    public async Task The_committed_document_is_what_the_service_generates(string name)
    {
        var generated = await ServiceDocuments.WriteAsync(name, Repository.Templates, TestContext.Current.CancellationToken);
        var committed = await File.ReadAllTextAsync(Programs.InRepository("openapi", $"{name}.json"), TestContext.Current.CancellationToken);
        if (committed != generated)
            Assert.Fail($"openapi/{name}.json is not what the service generates now ({FirstDifference(committed, generated)}). Run make openapi and commit what it changes.");
    }

    [Fact]
    public async Task Spectral_finds_neither_error_nor_warning()
    {
        var (code, output, errors) = await Programs.RunAsync(Programs.InRepository("build", "lint-openapi.sh"));
        Assert.True(code == 0 && output.Contains("No results with a severity of 'warn' or higher found!", StringComparison.Ordinal), output + errors);
    }

    [Fact]
    public async Task Spectral_would_find_an_operation_without_its_error_answers()
    {
        using var folder = new TemporaryFolder();
        var document = JsonNode.Parse(await File.ReadAllTextAsync(Programs.InRepository("openapi", "boot.json"), TestContext.Current.CancellationToken))!;
        document["paths"]!["/boot.ipxe"]!["get"]!["responses"]!.AsObject().Remove("500");
        await File.WriteAllTextAsync(folder.File("broken.json"), document.ToJsonString(), TestContext.Current.CancellationToken);
        var (code, output, _) = await Programs.RunAsync(Programs.InRepository("openapi", "node_modules", ".bin", "spectral"),
            "lint", "--fail-severity=warn", "--ruleset", Programs.InRepository("openapi", ".spectral.yaml"), folder.File("broken.json"));
        Assert.NotEqual(0, code);
        Assert.Contains("lpmos-errors-are-told", output, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Documents))]
    public async Task Operation_ids_are_unique_and_camel_case(string name)
    {
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(Programs.InRepository("openapi", $"{name}.json"), TestContext.Current.CancellationToken));
        var ids = document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .Select(operation => operation.Value.GetProperty("operationId").GetString()!).ToList();
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[a-z][A-Za-z0-9]+$", id));
    }

    [Theory]
    [InlineData("tasks")]
    [InlineData("regional")]
    public async Task Every_operation_shows_what_it_answers_and_how_it_refuses(string name)
    {
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(Programs.InRepository("openapi", $"{name}.json"), TestContext.Current.CancellationToken));
        foreach (var operation in document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value))
        {
            var id = operation.GetProperty("operationId").GetString();
            var answers = operation.GetProperty("responses");
            foreach (var answer in answers.EnumerateObject().Where(answer => answer.Value.TryGetProperty("content", out _)))
            {
                // A stream has no one answer.
                if (id is "followEvents" && answer.Name == "200")
                    continue;
                foreach (var media in answer.Value.GetProperty("content").EnumerateObject())
                    Assert.True(media.Value.TryGetProperty("example", out _), $"{id} shows no example of {answer.Name} {media.Name}: services/LpmOs.*/Documents/answers.json has one for each operation.");
            }
            Assert.True(answers.TryGetProperty("500", out _) && answers.TryGetProperty("503", out _), $"{id} does not say that it may answer 500 and 503.");
            Assert.True(!operation.TryGetProperty("requestBody", out _) || answers.TryGetProperty("413", out _), $"{id} does not say that a body may be too large.");
        }
    }

    private static string FirstDifference(string committed, string generated)
    {
        var (old, now) = (committed.Split('\n'), generated.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(old.Length, now.Length)).First(n => old.ElementAtOrDefault(n) != now.ElementAtOrDefault(n));
        return $"line {line + 1}: committed '{old.ElementAtOrDefault(line)}', generated '{now.ElementAtOrDefault(line)}'";
    }
}
