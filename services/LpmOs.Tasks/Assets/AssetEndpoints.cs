using System.Text.Json;
using LpmOs.Core;
using LpmOs.Core.Domain;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Audit;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Assets;

/// <summary>Vendors' files that installers need: which there are, and asking for them. Boot services fetch, check and keep them.</summary>
internal static class AssetEndpoints
{
    private const int MostAssets = 2_000;
    private const int LongestSource = 2_000;

    public static void MapAssets(this RouteGroupBuilder api)
    {
        var assets = api.MapGroup("/assets/{idc}").WithTags(ApiTags.Templates).Allow(Permission.EditTemplates);
        assets.MapGet("", ListAsync).Allow(Permission.View).WithName("listAssets").WithSummary("Vendors' files that the catalogue's installers need, and how the IDC's boot services stand with them")
            .WithDescription("By name. `absent` ones are missing for the systems that `used_by` names; their plans say so.").ProducesProblem(400).ProducesProblem(503);
        assets.MapPut("/{folder}/{file}", PutAsync).WithName("putSiteAsset").WithSummary("Ask for a file by its digest")
            .WithDescription("With `source` every boot service of the IDC fetches it; without, it is brought to them (`lpmosctl assets import`). Only bytes of this digest are kept.")
            .Accepts<AssetRequest>("application/json").WithExamples(Examples.Asset).ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(503);
        assets.MapDelete("/{folder}/{file}", DeleteAsync).WithName("deleteSiteAsset").WithSummary("Ask for it no longer").WithDescription("Boot services remove it once no installation at work needs it.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        assets.MapPost("/verify", VerifyAsync).WithName("verifyAssets").WithSummary("Let the boot services compute the digests of what they hold again")
            .WithDescription("What is no longer what it was is removed, and fetched again where it has a source.").ProducesProblem(400).ProducesProblem(503);
    }

    private static async Task<Ok<AssetList>> ListAsync(string idc, WatchedState state, IStateStore store, OsCatalog catalog, CancellationToken cancellationToken)
    {
        RequireIdc(idc);
        var copies = (await store.ListAsync(Keys.AssetCopies(idc), null, 10_000, 0, cancellationToken)).Entries.ToLookup(entry => Uri.UnescapeDataString(entry.Key.Split('/')[^2]), Read);
        var asked = state.Current.AssetsOf(idc);
        var needed = catalog.Entries.SelectMany(os => os.Assets.Values.Select(asset => (Asset: asset, os.Name))).ToLookup(one => one.Asset.Name);
        var names = needed.Select(one => one.Key).Concat(asked.Keys).Distinct().Order(StringComparer.Ordinal);
        return TypedResults.Ok(new AssetList { Items = [.. names.Select(name => Summary(idc, name, asked.GetValueOrDefault(name), [.. needed[name]], [.. copies[name].OfType<AssetCopy>()]))] });
    }

    private static AssetSummary Summary(string idc, string name, SiteAsset? asked, IReadOnlyList<(CatalogAsset Asset, string Os)> needed, IReadOnlyList<AssetCopy> copies) => new()
    {
        Idc = idc, Name = name, State = asked is null ? "absent" : asked.Held ? "held" : "asked", Sha256 = asked?.Sha256, SizeBytes = asked is { Held: true } ? asked.SizeBytes : null, Source = asked?.Source,
        CatalogSource = needed.Select(one => one.Asset.Source).FirstOrDefault(), CatalogSha256 = needed.Select(one => one.Asset.Sha256).FirstOrDefault(), CatalogSums = needed.Select(one => one.Asset.Sums).FirstOrDefault(),
        Member = needed.Select(one => one.Asset.Member).FirstOrDefault(), UsedBy = [.. needed.Select(one => one.Os).Distinct()],
        Copies = [.. copies.Where(copy => copy.Sha256 == asked?.Sha256)],
    };

    private static async Task<Ok<SiteAsset>> PutAsync(string idc, string folder, string file, HttpRequest http, Actor actor, WatchedState state, IStateStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var (errors, name) = (new FieldErrors(), $"{folder}/{file}");
        errors.Idc(idc);
        errors.Check("name", CatalogAsset.IsName(name), name, CatalogAsset.NameAllowed);
        var json = await JsonFields.ReadAsync(http, errors, optional: false, cancellationToken);
        var (digest, source) = (json.Text("sha256"), json.Text("source"));
        json.RefuseOthers();
        errors.Check("sha256", digest is { Length: 64 } && digest.All(char.IsAsciiHexDigitLower), digest, "64 hexadecimal digits in lower case, as sha256sum prints them");
        errors.Length("source", source, LongestSource);
        if (source is not null)
            errors.Check("source", OutboundAddress.IsUrl(source, allowLoopback: true) && !source.Any(char.IsControl), source, "an http or https URL without user name, whose host is not link-local, or nothing. Whether it may be on the boot service's own host, its setting Boot:Assets:AllowLoopback says");
        errors.ThrowIfAny();
        var before = state.Current.AssetsOf(idc).GetValueOrDefault(name);
        if (before is null && state.Current.AssetsOf(idc).Count >= MostAssets)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "too_many_assets", "There are too many files", $"At most {MostAssets} files of an IDC are asked for; delete what is not needed.");
        if (before is not null && before.Sha256 == digest && before.Source == source)
            return TypedResults.Ok(before);
        var asset = new SiteAsset { Name = name, Sha256 = digest!, Source = source, CreatedAt = time.GetUtcNow(), CreatedBy = actor.Name, SizeBytes = before?.Sha256 == digest ? before!.SizeBytes : 0 };
        await WriteAsync(idc, name, before, asset, "asset.asked", actor, state, store, time, cancellationToken);
        return TypedResults.Ok(asset);
    }

    private static async Task<NoContent> DeleteAsync(string idc, string folder, string file, Actor actor, WatchedState state, IStateStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        RequireIdc(idc);
        var name = $"{folder}/{file}";
        var before = state.Current.AssetsOf(idc).GetValueOrDefault(name) ?? throw new RefusedRequestException(StatusCodes.Status404NotFound, "asset_not_found", "File not found", $"{idc} does not ask for {name}; GET /api/v1/assets/{idc} lists what it does.");
        await WriteAsync(idc, name, before, null, "asset.deleted", actor, state, store, time, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<AssetList>> VerifyAsync(string idc, Actor actor, WatchedState state, IStateStore store, OsCatalog catalog, TimeProvider time, CancellationToken cancellationToken)
    {
        RequireIdc(idc);
        foreach (var name in state.Current.AssetsOf(idc).Keys)
        {
            // As it stands now: what somebody adds or deletes meanwhile is neither lost nor brought back.
            var key = Keys.Asset(idc, name);
            if (await store.GetAsync(key, cancellationToken) is not { } entry || JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.SiteAsset) is not { } asset)
                continue;
            var result = await store.CommitAsync(StoreTransaction.PutIf(key, entry.ModRevision, JsonSerializer.SerializeToUtf8Bytes(asset with { VerifyAfter = time.GetUtcNow() }, CoreJson.Default.SiteAsset)), cancellationToken);
            await state.CatchUpAsync(key, result.Revision, cancellationToken);
        }
        return await ListAsync(idc, state, store, catalog, cancellationToken);
    }

    private static async Task WriteAsync(string idc, string name, SiteAsset? before, SiteAsset? after, string? action, Actor actor, WatchedState state, IStateStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var key = Keys.Asset(idc, name);
        byte[] Json(SiteAsset? asset) => asset is null ? [] : JsonSerializer.SerializeToUtf8Bytes(asset, CoreJson.Default.SiteAsset);
        StoreWrite[] audit = action is null ? [] : [AuditTrail.Of(action, idc, null, actor.Name, actor.From, time.GetUtcNow(), Json(before), Json(after), name)];
        var result = await store.CommitAsync(new StoreTransaction { Writes = [after is null ? StoreWrite.Delete(key) : StoreWrite.Put(key, Json(after)), .. audit] }, cancellationToken);
        await state.CatchUpAsync(key, result.Revision, cancellationToken);
    }

    private static void RequireIdc(string idc)
    {
        var errors = new FieldErrors();
        errors.Idc(idc);
        errors.ThrowIfAny();
    }

    private static AssetCopy? Read(StoreEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Value.Span, CoreJson.Default.AssetCopy);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
