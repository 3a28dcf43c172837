using LpmOs.Core.Domain;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Requests;
using LpmOs.Tasks.Validation;

namespace LpmOs.Tasks.Machines;

/// <summary>Body of <c>PATCH /api/v1/machines/{idc}/{sn}</c>: what is left out stays as it is, null clears (RFC 7396).</summary>
internal sealed record MachinePatch
{
    /// <summary>At most 2,000 characters.</summary>
    public string? Notes { get; init; }
    /// <summary>At most 32, as those of tasks.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>What the body makes of a record.</summary>
    /// <exception cref="InvalidRequestException">Every field that is wrong.</exception>
    public static async ValueTask<Func<MachineRecord, MachineRecord>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(request, errors, optional: false, cancellationToken);
        var (hasNotes, hasTags) = (json.Has("notes"), json.Has("tags"));
        var notes = json.Text("notes");
        var tags = json.Texts("tags", TaskDraft.MostTags)?.Distinct().ToList() ?? [];
        json.RefuseOthers();
        TaskRules.FreeText(errors, "notes", notes, TaskRules.LongestNotes);
        TaskRules.Tags(errors, tags);
        errors.ThrowIfAny();
        return record => record with { Notes = hasNotes ? notes : record.Notes, Tags = hasTags && !record.Tags.SequenceEqual(tags) ? tags : record.Tags };
    }
}

/// <summary>Body of <c>PUT /api/v1/machines/{idc}/{sn}/tpm</c>.</summary>
internal sealed record TpmRequirement
{
    public required bool Required { get; init; }
}
