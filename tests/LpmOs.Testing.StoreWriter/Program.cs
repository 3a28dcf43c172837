// StoreWriter FILE: writes until it is killed. Each line on standard output, "NAME REVISION", is a transaction that the store acknowledged;
// it put the keys /w/NAME/a and /w/NAME/b. A store that cannot be opened ends it with status 3 and the reason on standard error.
using System.Text;
using LpmOs.Core.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

var services = new ServiceCollection();
services.AddLogging();
services.AddStateStore(
    new ConfigurationBuilder().AddInMemoryCollection([new("Store:Embedded:Path", args[0])]).Build(),
    StoreProvider.Embedded);
await using var provider = services.BuildServiceProvider();
try
{
    var store = provider.GetRequiredService<IStateStore>();
    using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
    var gate = new Lock();
    await Task.WhenAll(Enumerable.Range(0, 16).Select(async writer =>
    {
        for (var n = 0; ; n++)
        {
            var name = $"{Environment.ProcessId}-{writer}-{n}";
            var value = Encoding.UTF8.GetBytes(name);
            var done = await store.CommitAsync(
                new() { Writes = [StoreWrite.Put($"/w/{name}/a", value), StoreWrite.Put($"/w/{name}/b", value)] },
                CancellationToken.None);
            lock (gate)
                output.WriteLine($"{name} {done.Revision}");
        }
    }));
    return 0;
}
catch (StoreUnavailableException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 3;
}
