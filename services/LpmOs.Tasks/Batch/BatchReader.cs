using System.Text.Json;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Validation;

namespace LpmOs.Tasks.Batch;

/// <summary>Reads a batch, JSON or CSV, by what it looks like: what begins with '{' or '[' is JSON.</summary>
internal static class BatchReader
{
    public const int MostRows = 2_000;
    public const long MostBytes = 16 * 1024 * 1024;

    /// <exception cref="InvalidRequestException">It is neither, or too long.</exception>
    public static BatchRequest Read(byte[] body, bool? dryRun, bool? allOrNothing)
    {
        var text = BatchText.Decode(body);
        var start = text.AsSpan().TrimStart();
        if (start.IsEmpty)
            throw new InvalidRequestException("body", "Tasks are required: a JSON object with the list 'tasks', a JSON list, or CSV (GET /api/v1/tasks/batch/template gives a file to fill in).");
        var batch = start[0] is '{' or '[' ? Json(text) : new BatchRequest(BatchCsv.Read(text), DryRun: false, AllOrNothing: false);
        if (batch.Rows.Count == 0)
            throw new InvalidRequestException("tasks", $"1 to {MostRows} tasks are required.");
        return batch with { DryRun = dryRun ?? batch.DryRun, AllOrNothing = allOrNothing ?? batch.AllOrNothing };
    }

    private static BatchRequest Json(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32 });
            var root = document.RootElement.Clone();
            if (root.ValueKind == JsonValueKind.Array)
                return new BatchRequest(Rows(root), DryRun: false, AllOrNothing: false);
            var errors = new FieldErrors();
            var json = new JsonFields(root, "", errors);
            var (dryRun, allOrNothing) = (json.Flag("dry_run"), json.Flag("all_or_nothing"));
            var tasks = json.List("tasks");
            json.RefuseOthers();
            errors.ThrowIfAny();
            return new BatchRequest(tasks is { } list ? Rows(list) : [], dryRun ?? false, allOrNothing ?? false);
        }
        catch (JsonException e)
        {
            throw new InvalidRequestException("body", $"This is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).");
        }
    }

    private static List<BatchRow> Rows(JsonElement list)
    {
        if (list.GetArrayLength() > MostRows)
            throw new InvalidRequestException("tasks", $"Has {list.GetArrayLength()} entries; at most {MostRows} are allowed in one call.");
        return [.. list.EnumerateArray().Select((item, index) => Row(item, index + 1))];
    }

    private static BatchRow Row(JsonElement item, int row)
    {
        var errors = new FieldErrors();
        if (item.ValueKind == JsonValueKind.Object)
            return new BatchRow(row, null, TaskDraft.Read(new JsonFields(item, "", errors)), errors);
        errors.Add("task", "Must be an object.");
        return new BatchRow(row, null, new TaskDraft(), errors);
    }
}
