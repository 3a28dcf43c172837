using LpmOs.Core.Hosting;
using LpmOs.Tasks;

return await ServiceRunner.RunAsync(() => [TasksService.Build(args)]);
