using LpmOs.Core.Hosting;
using LpmOs.Tasks.Validation;

namespace LpmOs.Tasks.Batch;

/// <summary>One task of a batch as somebody wrote it, and what was wrong with its form.</summary>
/// <param name="Row">From 1, without the header.</param>
/// <param name="Line">Of the CSV file, from 1; null with JSON.</param>
internal sealed record BatchRow(int Row, int? Line, TaskDraft Draft, FieldErrors Errors);

/// <summary>What was asked for.</summary>
internal sealed record BatchRequest(IReadOnlyList<BatchRow> Rows, bool DryRun, bool AllOrNothing);
