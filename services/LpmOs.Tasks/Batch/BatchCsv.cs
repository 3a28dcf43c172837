using System.Globalization;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Validation;

namespace LpmOs.Tasks.Batch;

/// <summary>Tasks as CSV (RFC 4180): a header that names the columns in any order, then a task a line. Lists are separated by ';'.</summary>
internal static class BatchCsv
{
    private static readonly string[] Needed = ["idc", "sn", "mac", "os_type"];

    public static IReadOnlyList<string> Columns { get; } =
    [
        "idc", "sn", "mac", "os_type", "os_version", "profile", "hostname", "address", "gateway", "dns", "disk_serial", "disk_prefer",
        "packages", "ssh_keys", "tags", "notes", "not_before", "deadline", "install_method",
    ];

    /// <summary>To be downloaded and filled in; a byte order mark tells Excel that it is UTF-8.</summary>
    public static string Template { get; } = "\uFEFF" + string.Join(',', Columns) + "\r\n"
        + "dc1,sn-101,00:1a:2b:3c:4e:01,Ubuntu 22.04,22.04,,web-101,10.0.0.101/24,10.0.0.1,10.0.0.53,,smallest,,,rack-a12;新机,备注,,,\r\n";

    /// <exception cref="InvalidRequestException">The file is no such table; the message gives line and column.</exception>
    public static IReadOnlyList<BatchRow> Read(string text)
    {
        try
        {
            return Rows(CsvTable.Read(text));
        }
        catch (CsvFormatException e)
        {
            throw Wrong(e.Line, e.Column, e.Message);
        }
    }

    private static List<BatchRow> Rows(IEnumerable<CsvRecord> records)
    {
        Dictionary<string, int>? header = null;
        var rows = new List<BatchRow>();
        foreach (var (line, fields) in records)
        {
            if (fields.All(string.IsNullOrEmpty))
                continue;
            if (header is null)
            {
                header = Header(line, fields);
                continue;
            }
            if (fields.Count != header.Count)
                throw Wrong(line, Math.Min(fields.Count, header.Count) + 1, $"The line has {fields.Count} fields, the header {header.Count}.");
            if (rows.Count == BatchReader.MostRows)
                throw Wrong(line, 1, $"At most {BatchReader.MostRows} tasks are allowed in one call.");
            var errors = new FieldErrors();
            rows.Add(new BatchRow(rows.Count + 1, line, Draft(column => header.TryGetValue(column, out var at) && fields[at].Length > 0 ? fields[at] : null, errors), errors));
        }
        return rows;
    }

    private static Dictionary<string, int> Header(int line, IReadOnlyList<string> names)
    {
        var header = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (at, name) in names.Index())
        {
            var column = name.ToLowerInvariant();
            if (!Columns.Contains(column))
                throw Wrong(line, at + 1, $"There is no column '{Show(name)}'. Columns: {string.Join(", ", Columns)}.");
            if (!header.TryAdd(column, at))
                throw Wrong(line, at + 1, $"The column '{column}' is there twice.");
        }
        var missing = Needed.Where(column => !header.ContainsKey(column)).ToList();
        return missing.Count == 0 ? header : throw Wrong(line, header.Count + 1, $"Missing columns: {string.Join(", ", missing)}.");
    }

    private static TaskDraft Draft(Func<string, string?> cell, FieldErrors errors)
    {
        var (address, gateway, dns) = (List(cell("address")), cell("gateway"), List(cell("dns")));
        var disk = cell("disk_serial") is null && cell("disk_prefer") is null ? null : new DiskSelector { Serial = cell("disk_serial"), Prefer = cell("disk_prefer") };
        return new TaskDraft
        {
            Idc = cell("idc"), Sn = cell("sn"), Mac = cell("mac"), OsType = cell("os_type"), OsVersion = cell("os_version"), Profile = cell("profile"), Hostname = cell("hostname"),
            Network = address is null && gateway is null && dns is null
                ? null
                : new NetworkSpec { Interfaces = [new InterfaceSpec { Dhcp4 = address is null, Addresses = address ?? [], Gateway = gateway, Dns = dns ?? [] }] },
            DiskLayout = disk is null ? null : new DiskLayoutSpec { Disk = disk },
            Packages = List(cell("packages")), SshKeys = List(cell("ssh_keys")), Tags = List(cell("tags")), Notes = cell("notes"),
            NotBefore = Time("not_before", cell("not_before"), errors), Deadline = Time("deadline", cell("deadline"), errors), InstallMethod = cell("install_method"),
        };
    }

    private static List<string>? List(string? cell) => cell is null ? null : [.. cell.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static DateTimeOffset? Time(string field, string? cell, FieldErrors errors)
    {
        if (cell is null)
            return null;
        // Without an offset nobody could say which hour is meant.
        var valid = DateTimeOffset.TryParse(cell, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time) && (cell.EndsWith('Z') || cell.LastIndexOfAny(['+', '-']) > cell.IndexOf('T', StringComparison.Ordinal));
        errors.Check(field, valid && cell.Contains('T', StringComparison.Ordinal), cell, "a time of ISO 8601 with its offset, for example 2026-12-31T22:00:00Z");
        return valid ? time : null;
    }

    private static InvalidRequestException Wrong(int line, int column, string reason) =>
        new("csv", string.Create(CultureInfo.InvariantCulture, $"Line {line}, column {column}: {reason}"));

    private static string Show(string text) => string.Concat((text.Length > 40 ? text[..40] + "…" : text).Select(c => char.IsControl(c) ? '?' : c));
}
