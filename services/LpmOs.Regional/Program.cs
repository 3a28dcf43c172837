using LpmOs.Core.Hosting;
using LpmOs.Regional;

return await ServiceRunner.RunAsync(() => [RegionalService.Build(args)]);
