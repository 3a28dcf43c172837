using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Tasks.Tests.Templates;

public sealed class TemplatesInStepTests(TasksFixture tasks) : IClassFixture<TasksFixture>
{
    [Fact]
    public async Task A_service_with_another_templates_folder_is_named_and_the_control_plane_stays_ready()
    {
        var own = new SiteTemplates(Repository.Templates).Digest();
        await RegisterAsync("a-8082", own);
        await RegisterAsync("old-8082", null);
        Assert.DoesNotContain("Templates:Path", await ReadyAsync(), StringComparison.Ordinal);
        await RegisterAsync("b-8082", "0123456789ab");
        var said = await ReadyAsync();
        Assert.Contains($"here they are {own}, but: boot service b-8082 of t1 has 0123456789ab.", said, StringComparison.Ordinal);
        Assert.StartsWith("Degraded", said);
    }

    [Fact]
    public void The_digest_follows_names_and_texts_and_nothing_else()
    {
        var folder = Directory.CreateTempSubdirectory("lpmos-digest-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "ipxe"));
            File.WriteAllText(Path.Combine(folder, "ipxe", "a.ipxe"), "one");
            var templates = new SiteTemplates(folder);
            var first = templates.Digest();
            Assert.Matches("^[0-9a-f]{12}$", first);
            File.SetLastWriteTimeUtc(Path.Combine(folder, "ipxe", "a.ipxe"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            Assert.Equal(first, templates.Digest());
            File.WriteAllText(Path.Combine(folder, "ipxe", "a.ipxe"), "two");
            var second = templates.Digest();
            File.Move(Path.Combine(folder, "ipxe", "a.ipxe"), Path.Combine(folder, "ipxe", "b.ipxe"));
            Assert.Equal(3, new[] { first, second, templates.Digest() }.Distinct().Count());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<string> ReadyAsync()
    {
        var answer = await tasks.Http.GetAsync("/readyz", TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private async Task RegisterAsync(string instance, string? digest)
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(new ServiceInstance
        {
            Kind = ServiceInstance.Boot, Instance = instance, StartedAt = DateTimeOffset.UnixEpoch, HeartbeatAt = DateTimeOffset.UnixEpoch, TemplatesDigest = digest,
        }, CoreJson.Default.ServiceInstance);
        await tasks.PutAsync(StoreWrite.Put(Keys.Service("t1", ServiceInstance.Boot, instance), value));
    }
}
