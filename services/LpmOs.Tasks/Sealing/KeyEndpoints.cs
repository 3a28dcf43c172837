using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Sealing;

/// <summary>The keys that seal secrets and sign machines' tokens. No answer holds a key.</summary>
internal static class KeyEndpoints
{
    public static void MapKeys(this RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/keys").WithTags(ApiTags.Access).Allow(Permission.ManageAccess);
        keys.MapGet("", async (KeyRotation rotation, CancellationToken cancellationToken) => TypedResults.Ok(await rotation.ListAsync(cancellationToken))).WithName("listKeys").WithSummary("The keys of the store, by fingerprint")
            .WithDescription("Which key seals and signs, which former ones are still there, and whether a file outside of the store seals them all.").ProducesProblem(503);
        keys.MapPost("/rotate", async (Actor actor, KeyRotation rotation, CancellationToken cancellationToken) => TypedResults.Ok(await rotation.RotateAsync(actor, cancellationToken))).WithName("rotateKeys").WithSummary("A new key, and everything sealed anew with it")
            .WithDescription("Former keys still open and verify, until they are retired. Tasks that are approved or being installed keep theirs until they are over: reseal later. Refused where there are four keys: retire the former ones first.").ProducesProblem(409).ProducesProblem(503);
        keys.MapPost("/reseal", async (KeyRotation rotation, CancellationToken cancellationToken) => TypedResults.Ok(await rotation.ResealAsync(cancellationToken))).WithName("resealSecrets").WithSummary("Seal with the present key what a former one sealed")
            .WithDescription("Harmless, however often; what is left is counted.").ProducesProblem(503);
        keys.MapPost("/retire", RetireAsync).WithName("retireKeys").WithSummary("Take former keys away")
            .WithDescription("What they sealed or signed is worth nothing from then on. Refused while tasks or tokens need them.").Accepts<RetireRequest>(isOptional: true, "application/json").WithExamples(Examples.RetireKeys).ProducesProblem(400).ProducesProblem(409).ProducesProblem(503);
    }

    private static async Task<Ok<ResealResult>> RetireAsync(HttpRequest request, Actor actor, KeyRotation rotation, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(request, errors, optional: true, cancellationToken);
        var now = json.Flag("now");
        json.RefuseOthers();
        errors.ThrowIfAny();
        return TypedResults.Ok(await rotation.RetireAsync(now ?? false, actor, cancellationToken));
    }
}
