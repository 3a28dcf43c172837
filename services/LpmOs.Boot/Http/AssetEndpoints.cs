using System.ComponentModel;
using LpmOs.Boot.Assets;
using LpmOs.Boot.Documents;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Domain.Catalog;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Boot.Http;

/// <summary>
/// Where files of vendors are brought to. Anybody may bring one, but only such a one whose digest an operator has asked for: with other bytes it is refused.
/// </summary>
internal static class AssetEndpoints
{
    public static void MapAssets(this IEndpointRouteBuilder routes) =>
        routes.MapPut("/api/v1/assets/{sha256}", PutAsync).Allow(Permission.Anonymous).WithName("putAsset").WithSummary("Bring a file that the site has asked for")
            .WithTags(ApiText.Files).WithDescription("The body is the file as it is. Refused where nothing of this digest is asked for, or where the bytes have another one.")
            .Accepts<byte[]>("application/octet-stream").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);

    private static async Task<Results<NoContent, ProblemHttpResult>> PutAsync([Description("Lower-case hexadecimal SHA-256 of the file.")] string sha256, HttpContext http, WatchedState state, Site site, AssetFiles files, ILogger<AssetKeeper> logger, CancellationToken cancellationToken)
    {
        var asset = AssetKeeper.IsDigest(sha256) ? state.Current.AssetsOf(site.Idc).Values.Where(one => one.Sha256 == sha256 && CatalogAsset.IsName(one.Name)).OrderBy(one => files.Held(one) > 0).FirstOrDefault() : null;
        if (asset is null)
            return Problems.Of(StatusCodes.Status404NotFound, "asset_not_asked_for", "No file of this digest is asked for", $"Ask for it first: PUT /api/v1/assets/{site.Idc}/FOLDER/FILE of the tasks service, or lpmosctl assets import.");
        // Installation media are larger than any other body of ours.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        try
        {
            if (files.Held(asset) > 0)
            {
                await AssetFiles.CompareAsync(asset, http.Request.Body, cancellationToken);
                return TypedResults.NoContent();
            }
            await files.ReceiveAsync(asset, http.Request.Body, sent: true, cancellationToken);
        }
        catch (AssetRefusedException e)
        {
            logger.AssetNotFetched(site.Idc, asset.Name, e.Message);
            return Problems.Of(StatusCodes.Status400BadRequest, e.Code, "The file was not taken", $"{e.Message}. Nothing was kept.");
        }
        logger.AssetFetched(site.Idc, asset.Name, files.Held(asset));
        return TypedResults.NoContent();
    }
}
