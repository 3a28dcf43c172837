using LpmOs.Core.Hosting;

namespace LpmOs.Core.Tests.Hosting;

public sealed class OpenFilesTests
{
    [Theory]
    [InlineData("Max open files            1000                 4096                 files     ", 488)]
    [InlineData("Max open files            100                  100                  files     ", 64)]
    [InlineData("Max open files            unlimited            unlimited            files     ", 1_048_064)]
    [InlineData("", 1_048_064)]
    public void Some_files_are_kept_for_others_than_connections(string line, int connections) =>
        Assert.Equal(connections, OpenFiles.Connections(["Limit                     Soft Limit           Hard Limit           Units     ", line]));
}
