using LpmOs.Core.Hosting;
using LpmOs.Standalone;

await using var store = new SharedStore();
return await ServiceRunner.RunAsync(() => StandaloneServices.Build(args, store));
