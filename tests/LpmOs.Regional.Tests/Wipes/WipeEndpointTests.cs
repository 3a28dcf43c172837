using System.Net;
using System.Text.Json;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Security;
using LpmOs.Core.Store;

namespace LpmOs.Regional.Tests.Wipes;

public sealed class WipeEndpointTests(RegionalFixture regional) : IClassFixture<RegionalFixture>
{
    private static object Report(string sn, string id, string serial = "D1", string method = "overwrite", string result = "verified", int samples = 64, int left = 0, int attempt = 1) => new
    {
        sn, task_id = id, attempt, device = "/dev/sda", serial, size_bytes = 4_000_000_000L, method, began_at = "2026-11-22T08:00:00Z", ended_at = "2026-11-22T09:00:00Z", samples, samples_left = left, result,
    };

    [Fact]
    public async Task A_wipe_of_the_plan_gets_one_certificate_that_holds_and_a_replay_changes_nothing()
    {
        var (sn, id) = await InstallingAsync();
        foreach (var result in (string[])["failed", "verified", "verified"])
        {
            using var answer = await regional.PostAsync("/api/v1/wipes", Report(sn, id, result: result, left: result == "failed" ? 3 : 0));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        var entry = Assert.Single((await regional.Store.ListAsync(Keys.Wipes("dc1", sn), null, 10, 0, TestContext.Current.CancellationToken)).Entries);
        var certificate = JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.WipeCertificate)!;
        Assert.Equal(("D1", "overwrite", "verified", id), (certificate.Statement.Serial, certificate.Statement.Method, certificate.Statement.Result, certificate.Statement.TaskId));
        var key = (await regional.Store.GetAsync(Keys.MachineTokenSecret, TestContext.Current.CancellationToken))!.Value.ToArray();
        Assert.True(WipeSigner.Holds(certificate, key));
        Assert.False(WipeSigner.Holds(certificate with { Statement = certificate.Statement with { Serial = "D2" } }, key));
        Assert.False(WipeSigner.Holds(certificate with { SignedText = certificate.SignedText.Replace("D1", "D2", StringComparison.Ordinal), Statement = certificate.Statement with { Serial = "D2" } }, key));
    }

    [Fact]
    public async Task What_no_plan_asked_for_is_refused()
    {
        var (sn, id) = await InstallingAsync();
        foreach (var report in (object[])[Report(sn, id, serial: "OTHER"), Report(sn, id, method: "discard"), Report(sn, id, attempt: 2)])
        {
            using var answer = await regional.PostAsync("/api/v1/wipes", report);
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        }
        foreach (var report in (object[])[Report(sn, id, left: 1), Report(sn, id, samples: 0), Report(sn, id, result: "sure"), Report(sn, id, serial: "a\nb")])
        {
            using var answer = await regional.PostAsync("/api/v1/wipes", report);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
        Assert.Empty((await regional.Store.ListAsync(Keys.Wipes("dc1", sn), null, 10, 0, TestContext.Current.CancellationToken)).Entries);
    }

    private async Task<(string Sn, string Id)> InstallingAsync()
    {
        var (sn, mac, id) = Samples.Machine();
        await regional.PutTaskAsync(Samples.Task(sn, mac, id, TaskState.Installing) with
        {
            Plan = new()
            {
                TaskId = id, Attempt = 1, Sn = sn, Operations = ["os_install"], Os = new() { Id = "debian", Version = "12", Name = "Debian 12", InstallMethod = "image" }, Partitions = [], DiskGuid = Guid.NewGuid().ToString(),
                Hostname = "a", Network = new(), Disk = new() { Device = "/dev/sda", Serial = "D1", SizeBytes = 4_000_000_000, Wipe = "overwrite" },
            },
        });
        return (sn, id);
    }
}
