using System.Text.Json;
using LpmOs.Tasks.Tests;
using LpmOs.Testing;

namespace LpmOs.OpenApi.Tests;

/// <summary>The generated clients: committed as generated, and used against a running service.</summary>
public sealed class ClientTests
{
    [Fact]
    public async Task The_committed_clients_are_what_the_generators_make_of_the_documents()
    {
        using var folder = new TemporaryFolder();
        var (code, output, errors) = await Programs.RunAsync(Programs.InRepository("build", "clients.sh"), folder.Path);
        Assert.True(code == 0, output + errors);
        string[] committed = [Programs.InRepository("cli", "LpmOs.Cli", "Client", "LpmOsClient.cs"), .. ServiceDocuments.Names.Select(name => Programs.InRepository("openapi", "typescript", $"{name}.ts"))];
        foreach (var file in committed)
        {
            var was = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            var now = await File.ReadAllTextAsync(folder.File(Path.GetFileName(file)), TestContext.Current.CancellationToken);
            Assert.True(was == now, $"{Path.GetRelativePath(Repository.Root, file)} is not what is generated from the committed documents. Run make openapi and commit what it changes.");
        }
    }

    [Fact]
    public async Task The_TypeScript_client_compiles_and_works_against_a_running_service()
    {
        await using var store = TemporaryStore.Embedded();
        await using var service = await RunningTasksService.StartAsync(store.Store);
        var compiled = await Programs.RunAsync(Programs.InRepository("openapi", "node_modules", ".bin", "tsc"), "-p", "openapi/typescript");
        Assert.True(compiled.Code == 0, compiled.Output + compiled.Errors);
        var (code, output, errors) = await Programs.RunAsync("node", "openapi/typescript/out/check.js", service.Address.AbsoluteUri);
        Assert.True(code == 0, output + errors);
        using var seen = JsonDocument.Parse(output);
        var expected = """
            {"created":201,"status":"pending","again":"active_task_exists","wrong_fields":["mac","sn"],"approved":"approved","notes":"审批通过","total":1,"first":"TS-001","absent":"Task not found"}
            """;
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, seen.RootElement), output);
    }

    [Fact]
    public async Task A_field_that_the_document_does_not_know_does_not_compile()
    {
        using var folder = new TemporaryFolder();
        var types = Programs.InRepository("openapi", "typescript", "tasks.ts");
        await File.WriteAllTextAsync(folder.File("wrong.ts"), $$"""
            import type { components } from "{{types.Replace(".ts", ".js", StringComparison.Ordinal)}}";
            export const task: components["schemas"]["TaskSpec"] = { idc: "dc1", sn: "a", mac: "52:54:00:00:00:01", os_type: "debian", disk: "/dev/sda" };
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("tsconfig.json"), $$"""
            { "extends": "{{Programs.InRepository("openapi", "typescript", "tsconfig.json")}}", "compilerOptions": { "noEmit": true }, "include": ["wrong.ts"] }
            """, TestContext.Current.CancellationToken);
        var (code, output, _) = await Programs.RunAsync(Programs.InRepository("openapi", "node_modules", ".bin", "tsc"), "-p", folder.Path);
        Assert.NotEqual(0, code);
        Assert.Contains("'disk' does not exist in type", output, StringComparison.Ordinal);
    }
}
