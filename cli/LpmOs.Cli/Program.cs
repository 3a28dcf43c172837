using LpmOs.Cli;
using LpmOs.Cli.Session;

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    interrupted.Cancel();
};
return await Application.RunAsync(args, Terminal.OfThisProcess(), interrupted.Token);
