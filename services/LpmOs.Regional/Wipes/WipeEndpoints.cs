using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LpmOs.Contracts;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;
using LpmOs.Core;
using LpmOs.Core.Domain.Wipes;
using LpmOs.Core.Hosting;
using LpmOs.Core.Security;
using LpmOs.Core.Store;
using LpmOs.Regional.Documents;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Regional.Wipes;

/// <summary><c>POST /api/v1/wipes</c>: an agent says that it wiped a target disk, or that it could not; a signed certificate is kept of it.</summary>
internal static class WipeEndpoints
{
    private const int LongestText = 128;
    private const int LongestMessage = 500;

    public static void MapWipes(this RouteGroupBuilder api) =>
        api.MapPost("/wipes", RecordAsync).WithName("recordWipe").WithSummary("A target disk was wiped, or could not be")
            .WithDescription("Stage 4, before partitioning. Only for a disk that the running plan names, with the method that it names. Repeating a call keeps one certificate a disk and attempt.").WithExamples(Examples.Wipe)
            .Accepts<WipeReport>("application/json").ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);

    private static async Task<Ok<Acknowledgement>> RecordAsync([AsParameters] AgentCall call, CancellationToken cancellationToken)
    {
        var report = await RequestBody.RequireAsync(call.Http.Request, ContractsJson.Default.WipeReport, cancellationToken);
        Validate(report);
        await call.EnterAsync(report.Sn, cancellationToken);
        var machine = await call.RequireTaskAsync(report.Sn, report.TaskId, cancellationToken);
        var task = machine.Task!;
        var disk = task is { Status: TaskState.Installing } && task.Attempt == report.Attempt ? Planned(task.Plan, report) : null;
        if (disk is null)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "wipe_not_planned", "No such wipe is planned", $"Attempt {report.Attempt} of {report.TaskId} is not being installed, or its plan does not wipe the disk {report.Serial ?? report.Device} by {report.Method}.");
        if (call.Snapshot.MachineTokenKey.IsEmpty)
            throw new StoreUnavailableException("The key that signs certificates has not been made yet.", outcomeUnknown: false);
        // Of an array that the task made itself the plan knows neither number nor size.
        var (serial, wwn, model) = disk.Array is null ? (disk.Serial, disk.Wwn, disk.Model) : (report.Serial, report.Wwn, report.Model);
        var certificate = WipeSigner.Sign(new WipeStatement
        {
            Idc = call.Site.Idc, Sn = task.Sn, TaskId = task.TaskId, Attempt = task.Attempt, Serial = serial, Wwn = wwn, Model = model, SizeBytes = report.SizeBytes, Device = report.Device,
            Method = report.Method, BeganAt = report.BeganAt.ToUniversalTime(), EndedAt = report.EndedAt.ToUniversalTime(), Samples = report.Samples, SamplesLeft = report.SamplesLeft, Result = report.Result, Message = report.Message,
            IssuedAt = call.Time.GetUtcNow(),
        }, call.Snapshot.MachineTokenKey.Span);
        var key = Keys.Wipe(call.Site.Idc, task.Sn, task.TaskId, task.Attempt, Mark(disk));
        // What was said first stays: a replay after a restart must not date a wipe anew. A failed one may be followed by one that holds.
        var before = await call.Store.GetAsync(key, cancellationToken);
        if (before is not null && JsonSerializer.Deserialize(before.Value.Span, CoreJson.Default.WipeCertificate) is { Statement.Result: WipeResults.Verified })
            return TypedResults.Ok(new Acknowledgement { Message = "A certificate of this wipe is kept already" });
        await call.Store.CommitAsync(StoreTransaction.PutIf(key, before?.ModRevision ?? 0, JsonSerializer.SerializeToUtf8Bytes(certificate, CoreJson.Default.WipeCertificate)), cancellationToken);
        Log.Wiped(call.Logger, call.Site.Idc, report.Sn, disk.Serial ?? report.Device, report.Method, report.Result);
        return TypedResults.Ok(new Acknowledgement { Message = $"Certificate kept: {report.Result}" });
    }

    private static DiskPlan? Planned(InstallPlan? plan, WipeReport report) =>
        (plan?.Disks ?? (plan?.Disk is { } only ? [only] : [])).FirstOrDefault(disk => disk.Wipe == report.Method && (disk.Array is { } made ? IsMade(disk, made, report) : disk.SizeBytes == report.SizeBytes
            && (disk.Serial is null && disk.Wwn is null ? disk.Device == report.Device : disk.Serial == report.Serial && disk.Wwn == report.Wwn)));

    // Its controller gave it name, serial number and size after the plan was made.
    private static bool IsMade(DiskPlan disk, ArrayDisk array, WipeReport report) => report.PlannedAs == disk.Device && report.SizeBytes >= disk.SizeBytes && report.SizeBytes <= array.MostBytes;

    /// <summary>Short and safe in a key, whatever the disk calls itself.</summary>
    private static string Mark(DiskPlan disk) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{disk.Serial}\0{disk.Wwn}\0{disk.Device}")))[..12];

    private static void Validate(WipeReport report)
    {
        var errors = new FieldErrors();
        errors.Sn(report.Sn);
        errors.TaskId(report.TaskId);
        foreach (var (field, value) in ((string, string?)[])[("device", report.Device), ("planned_as", report.PlannedAs), ("serial", report.Serial), ("wwn", report.Wwn), ("model", report.Model), ("method", report.Method)])
            errors.Check(field, value is null || (value.Length is > 0 and <= LongestText && !value.Any(char.IsControl)), value, $"1 to {LongestText} printable characters");
        errors.Check("result", report.Result is WipeResults.Verified or WipeResults.Failed, report.Result, $"{WipeResults.Verified}, {WipeResults.Failed}");
        errors.Check("message", report.Message is null || (report.Message.Length <= LongestMessage && !report.Message.Any(char.IsControl)), report.Message, $"at most {LongestMessage} printable characters");
        errors.Check("samples", report.Samples is >= 0 and <= 100_000, report.Samples.ToString(CultureInfo.InvariantCulture), "0 to 100,000");
        errors.Check("samples_left", report.SamplesLeft >= 0 && report.SamplesLeft <= report.Samples, report.SamplesLeft.ToString(CultureInfo.InvariantCulture), "0 to samples");
        errors.Check("ended_at", report.EndedAt >= report.BeganAt, report.EndedAt.ToString("O", CultureInfo.InvariantCulture), "not before began_at");
        if (report.Result == WipeResults.Verified)
            errors.Check("result", report is { Samples: > 0, SamplesLeft: 0 }, report.Result, "verified only with samples of which nothing is left");
        errors.ThrowIfAny();
    }
}
