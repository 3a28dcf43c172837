using LpmOs.Boot;
using LpmOs.Core.Hosting;

return await ServiceRunner.RunAsync(() => [BootService.Build(args)]);
