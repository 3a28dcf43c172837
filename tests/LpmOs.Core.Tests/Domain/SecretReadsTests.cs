using LpmOs.Contracts.Tasks;
using LpmOs.Core.Domain.Tokens;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;
using LpmOs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LpmOs.Core.Tests.Domain;

public sealed class SecretReadsTests
{
    [Fact]
    public async Task Who_hung_up_while_it_was_written_is_on_record_the_next_time()
    {
        await using var temporary = TemporaryStore.Embedded();
        var store = new FaultyStore(temporary.Store) { CommitsFail = _ => throw new OperationCanceledException() };
        var reads = new SecretReads(store, new Site("dc1"), TimeProvider.System, NullLogger<SecretReads>.Instance);
        var task = Samples.Task() with { Users = [new UserSpec { Name = "root", PasswordHash = "$6$x$y" }] };
        await Assert.ThrowsAsync<OperationCanceledException>(() => reads.NoteAsync(task, "ks.cfg", disks: false, null, TestContext.Current.CancellationToken));
        store.CommitsFail = _ => false;

        await reads.NoteAsync(task, "ks.cfg", disks: false, null, TestContext.Current.CancellationToken);
        await reads.NoteAsync(task, "ks.cfg", disks: false, null, TestContext.Current.CancellationToken);

        Assert.Single((await temporary.Store.ListAsync(Keys.Audit("dc1"), null, 10, 0, TestContext.Current.CancellationToken)).Entries);
    }
}
