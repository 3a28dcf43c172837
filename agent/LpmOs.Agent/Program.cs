using LpmOs.Agent;
using LpmOs.Agent.Settings;

if (CommandLine.AsksForHelp(args))
{
    Console.WriteLine(CommandLine.Help);
    return 0;
}
try
{
    var settings = StartUp.Read(args, Environment.GetEnvironmentVariable, StartUp.KernelCommandLineOf("/proc/cmdline"));
    return await Composition.RunAsync(settings).ConfigureAwait(false);
}
catch (SettingsException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
