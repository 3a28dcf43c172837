using System.Globalization;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Domain.Templates;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Requests;

namespace LpmOs.Tasks.Templates;

/// <summary>Reads and checks what requests about templates name.</summary>
internal static class TemplateNames
{
    private const int LongestText = 512 * 1024;
    private const int MostVariables = 64;

    public static string Of(string folder, string file)
    {
        var errors = new FieldErrors();
        var name = $"{folder}/{file}";
        errors.Check("name", SiteTemplates.IsName(name), name, CatalogAsset.NameAllowed);
        errors.ThrowIfAny();
        return name;
    }

    public static string Idc(string? idc)
    {
        if (idc is null or SiteTemplates.Global)
            return SiteTemplates.Global;
        var errors = new FieldErrors();
        errors.Idc(idc);
        errors.ThrowIfAny();
        return idc;
    }

    public static int? Version(string? version, string field)
    {
        if (version is null)
            return null;
        var errors = new FieldErrors();
        errors.Check(field, int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 999_999, version, "0 (the built-in template) to 999999");
        errors.ThrowIfAny();
        return number;
    }

    public static void Text(FieldErrors errors, string? text)
    {
        errors.Length("text", text, LongestText);
        if (text is not null && text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
            errors.Add("text", "Has control characters; only line breaks and tabs are allowed.");
    }

    public static async Task<RenderRequest> RenderRequestAsync(HttpRequest http, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(http, errors, optional: false, cancellationToken);
        var request = new RenderRequest
        {
            Name = json.Text("name") ?? "", Text = json.Text("text"), Idc = json.Text("idc"), Sn = json.Text("sn"), Sample = json.Text("sample"),
            OsType = json.Text("os_type"), OsVersion = json.Text("os_version"), InstallMethod = json.Text("install_method"), Variables = json.Map("variables", MostVariables),
        };
        json.RefuseOthers();
        errors.Check("name", SiteTemplates.IsName(request.Name), request.Name.Length == 0 ? null : request.Name, CatalogAsset.NameAllowed);
        if (request.Idc is not (null or SiteTemplates.Global))
            errors.Idc(request.Idc);
        Text(errors, request.Text);
        if (request.Sn is not null)
        {
            errors.Sn(request.Sn);
            errors.Check("idc", request.Idc is not null, null, "the IDC of sn");
            errors.Check("sample", request.Sample is null, request.Sample, "none beside sn");
        }
        errors.ThrowIfAny();
        return request;
    }
}
