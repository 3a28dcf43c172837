using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Core.Domain.Lifecycle;
using LpmOs.Core.Hosting;
using LpmOs.Regional.Documents;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Regional.Reports;

/// <summary><c>POST /api/v1/report</c>: stage 2, the hardware of a machine.</summary>
internal static class ReportEndpoints
{
    public static void MapReports(this RouteGroupBuilder api) =>
        api.MapPost("/report", ReportAsync).WithMetadata(new MachineTokenFilter.MayHaveExpired()).WithName("reportHardware").WithSummary("A machine's hardware, as its agent found it")
            .WithDescription("Stage 2. Hardware that no task asks for is stored, and linked by itself when a task for its serial number or one of its MACs appears.").WithExamples(Examples.Report)
            .Accepts<HardwareReport>("application/json").ProducesProblem(400).ProducesProblem(403).ProducesProblem(409).ProducesProblem(503);

    private static async Task<Ok<HardwareReportAnswer>> ReportAsync([AsParameters] AgentCall call, InventoryStore inventories, AgentTrace trace, CancellationToken cancellationToken)
    {
        var report = ReportValidation.Check(await RequestBody.RequireAsync(call.Http.Request, ContractsJson.Default.HardwareReport, cancellationToken));
        await call.EnterAsync(report.Sn, cancellationToken);
        var idc = call.Site.Idc;
        Log.HardwareReport(call.Logger, idc, report.Sn, report.MacAddress);
        await inventories.PutAsync(idc, report, cancellationToken);

        var task = call.FindTask(report.Sn)?.Task;
        if (task is null || TaskLifecycle.IsOver(task.Status))
        {
            trace.Reported(call, report.Sn, report.MacAddress, null);
            Log.HardwareUnmatched(call.Logger, idc, report.MacAddress);
            return TypedResults.Ok(new HardwareReportAnswer { Message = "Hardware report stored; no task asks for this machine yet", Matched = false });
        }
        trace.Reported(call, report.Sn, report.MacAddress, task.TaskId);
        return TypedResults.Ok(new HardwareReportAnswer { Message = "Hardware report received", Matched = true, TaskId = task.TaskId });
    }
}
