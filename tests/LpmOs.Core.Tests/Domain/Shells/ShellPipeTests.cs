using System.Globalization;
using LpmOs.Core.Domain.Shells;
using LpmOs.Core.Store;
using LpmOs.Testing;

namespace LpmOs.Core.Tests.Domain.Shells;

public sealed class ShellPipeTests
{
    private static readonly string Prefix = Keys.ShellInput("dc1", "SN-1", "a");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_that_was_written_before_somebody_reads_comes_once_and_in_order_and_then_what_is_written()
    {
        await using var temporary = TemporaryStore.Embedded();
        const int Before = 2300;
        foreach (var some in Enumerable.Range(1, Before).Chunk(100))
            await WriteAsync(temporary.Store, some);

        var number = 0;
        await foreach (var (key, message) in new ShellPipe(temporary.Store, Prefix, TimeProvider.System).ReadAsync(Cancellation))
        {
            number++;
            Assert.Equal((Key(number), (byte)number), (key, message.Span[1]));
            if (number == Before + 2)
                break;
            // While it is still being listed, and behind that.
            if (number is 1000)
                await WriteAsync(temporary.Store, Before + 1);
            if (number is Before)
                await WriteAsync(temporary.Store, Before + 2);
        }
        Assert.Equal(Before + 2, number);
    }

    private static async Task WriteAsync(IStateStore store, params int[] messages) => await store.CommitAsync(new StoreTransaction { Writes = [.. messages.Select(number => StoreWrite.Put(Key(number), new byte[] { 0, (byte)number }))] }, Cancellation);

    private static string Key(int number) => Prefix + number.ToString("D10", CultureInfo.InvariantCulture);
}
