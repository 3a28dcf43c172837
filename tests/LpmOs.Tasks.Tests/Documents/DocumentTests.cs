using System.Net;
using System.Text.Json;
using LpmOs.Tasks.Documents;

namespace LpmOs.Tasks.Tests.Documents;

public sealed class DocumentTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task Swagger_UI_comes_whole_from_this_service()
    {
        var page = await (await tasks.GetAsync("/swagger/index.html")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("//cdn", page, StringComparison.OrdinalIgnoreCase);
        foreach (var asset in new[] { "swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js" })
            Assert.Equal(HttpStatusCode.OK, (await tasks.GetAsync($"/swagger/{asset}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await tasks.GetAsync("/swagger")).StatusCode);
    }

    [Fact]
    public async Task Every_operation_has_a_name_a_summary_and_a_known_tag()
    {
        var document = await tasks.JsonAsync("/openapi/v1.json");
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value).ToList();
        Assert.NotEmpty(operations);
        Assert.All(operations, operation =>
        {
            Assert.False(string.IsNullOrEmpty(operation.GetProperty("operationId").GetString()));
            Assert.False(string.IsNullOrEmpty(operation.GetProperty("summary").GetString()));
            Assert.Contains(operation.GetProperty("tags")[0].GetString(), ApiTags.All.Select(tag => tag.Name));
        });
        Assert.Equal(operations.Count, operations.Select(operation => operation.GetProperty("operationId").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task The_examples_of_creating_a_task_work_as_they_stand()
    {
        var document = await tasks.JsonAsync("/openapi/v1.json");
        var examples = document.GetProperty("paths").GetProperty("/api/v1/tasks").GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("examples");
        foreach (var example in examples.EnumerateObject())
            Assert.Equal(HttpStatusCode.Created, (await tasks.PostAsync("/api/v1/tasks", JsonSerializer.Serialize(example.Value.GetProperty("value")))).StatusCode);
    }
}
