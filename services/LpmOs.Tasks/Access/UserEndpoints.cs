using System.ComponentModel;
using LpmOs.Core.Domain.Access;
using LpmOs.Core.Hosting;
using LpmOs.Core.Store;
using LpmOs.Tasks.Documents;
using LpmOs.Tasks.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LpmOs.Tasks.Access;

/// <summary>Users and their roles.</summary>
internal static class UserEndpoints
{
    private const string NameOf = "Of the user.";
    private const int LongestDisplayName = 100;
    private const int MostUsers = 10_000;

    public static void MapUsers(this RouteGroupBuilder api)
    {
        api.MapGet("/roles", () => TypedResults.Ok(new RoleList { Items = [.. Enum.GetValues<Role>().Select(role => new RoleAnswer { Role = role, Permissions = [.. RoleTable.Of(role)] })] }))
            .WithTags(ApiTags.Access).WithName("listRoles").WithSummary("Roles, and what each may do").WithDescription("A role is given in all IDCs or in one.").Allow(Permission.SignedIn);
        var users = api.MapGroup("/users").WithTags(ApiTags.Access).Allow(Permission.ManageAccess, everywhere: true);
        users.MapGet("", (WatchedUsers all) => TypedResults.Ok(new UserList { Items = [.. all.ByName().Select(UserAnswer.Of)] })).WithName("listUsers").WithSummary("Users and their roles").WithDescription("By name; without what they log in with.");
        users.MapPost("", CreateAsync).WithName("createUser").WithSummary("Make a user").WithDescription("The answer shows, this once, a password that must be changed at the first login; a `service` has none and uses tokens.")
            .Accepts<UserRequest>("application/json").WithExamples(Examples.User).ProducesProblem(400).ProducesProblem(409).ProducesProblem(503);
        users.MapGet("/{name}", ([Description(NameOf)] string name, UserStore store) => TypedResults.Ok(UserAnswer.Of(store.Require(name)))).WithName("getUser").WithSummary("One user").WithDescription("Without what they log in with.").ProducesProblem(404);
        users.MapPut("/{name}", ChangeAsync).WithName("putUser").WithSummary("Change a user's roles, or shut them out").WithDescription("Holds with their next request. The last administrator stays one.")
            .Accepts<UserRequest>("application/json").WithExamples(Examples.UserRoles).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        users.MapDelete("/{name}", DeleteAsync).WithName("deleteUser").WithSummary("Delete a user with their tokens and sessions").WithDescription("What they did stays on record under their name.").ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
        users.MapPost("/{name}/password", ResetAsync).WithName("resetPassword").WithSummary("Give a user a new password").WithDescription("Shown this once; it must be changed at the next login. Ends their sessions, and unlocks the account.").ProducesProblem(403).ProducesProblem(404).ProducesProblem(503);
        users.MapPost("/{name}/tokens", CreateTokenAsync).WithName("createUserToken").WithSummary("Make a token for a user, such as a service").WithDescription("It is shown this once.")
            .Accepts<TokenRequest>("application/json").WithExamples(Examples.Token).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);
    }

    private static async Task<Created<UserWithPassword>> CreateAsync(HttpRequest request, Actor actor, UserStore users, WatchedUsers all, Passwords passwords, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(request, errors, optional: false, cancellationToken);
        var (name, display, roles, service) = (json.Text("name"), DisplayName(json), AccessReader.Roles(json), json.Flag("service") ?? false);
        json.RefuseOthers();
        errors.Check("name", UserNames.IsName(name), name, UserNames.Allowed);
        errors.ThrowIfAny();
        if (all.Count >= MostUsers)
            throw new RefusedRequestException(StatusCodes.Status409Conflict, "too_many_users", "Too many users", $"There are {MostUsers}.");
        var password = service ? null : Passwords.Given();
        var hash = password is null ? null : passwords.Hash(password);
        // Names that differ in case alone would be taken for one another.
        if (all.ByName().FirstOrDefault(user => user.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } same)
            throw Exists(same.Name);
        var made = await users.ChangeAsync(name!, found => found is not null ? throw Exists(name!) : new UserAccount
        {
            Name = name!, DisplayName = display, PasswordHash = hash, MustChangePassword = !service, Roles = roles ?? [], CreatedAt = time.GetUtcNow(), CreatedBy = actor.Name,
        }, "user.created", actor, null, cancellationToken);
        return TypedResults.Created($"/api/v1/users/{Uri.EscapeDataString(name!)}", new UserWithPassword { User = UserAnswer.Of(made!), Password = password });
    }

    private static async Task<Ok<UserAnswer>> ChangeAsync([Description(NameOf)] string name, HttpRequest request, Actor actor, UserStore users, WatchedUsers all, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var json = await JsonFields.ReadAsync(request, errors, optional: false, cancellationToken);
        var (display, roles, disabled) = (DisplayName(json), AccessReader.Roles(json), json.Flag("disabled"));
        var hasDisplay = json.Has("display_name");
        json.RefuseOthers();
        errors.ThrowIfAny();
        users.Require(name);
        var changed = await users.ChangeAsync(name, found =>
        {
            if (found is null)
                return users.Require(name);
            var after = found with { Roles = roles ?? found.Roles, Disabled = disabled ?? found.Disabled, DisplayName = hasDisplay ? display : found.DisplayName };
            all.KeepAnAdministrator(found, after);
            return after;
        }, "user.changed", actor, null, cancellationToken);
        return TypedResults.Ok(UserAnswer.Of(changed!));
    }

    private static async Task<NoContent> DeleteAsync(
        [Description(NameOf)] string name, Actor actor, UserStore users, WatchedUsers all, TokenStore tokens, SessionStore sessions, IStateStore store, CancellationToken cancellationToken)
    {
        all.KeepAnAdministrator(users.Require(name), null);
        // First what they get in with: a user of the same name, made later, must not find it.
        var left = tokens.Of(name).Select(token => Keys.ApiToken(token.Id)).Concat(sessions.Of(name).Select(session => Keys.Session(session.Id))).ToList();
        foreach (var keys in left.Chunk(100))
            await store.CommitAsync(new StoreTransaction { Writes = [.. keys.Select(StoreWrite.Delete)] }, cancellationToken);
        await users.ChangeAsync(name, _ => null, "user.deleted", actor, null, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<UserWithPassword>> ResetAsync(
        [Description(NameOf)] string name, Actor actor, UserStore users, Passwords passwords, SessionStore sessions, IStateStore store, CancellationToken cancellationToken)
    {
        OwnEndpoints.NotItsOwn(actor, name);
        users.Require(name);
        var password = Passwords.Given();
        var hash = passwords.Hash(password);
        var changed = await users.ChangeAsync(name, found => (found ?? users.Require(name)) with { PasswordHash = hash, MustChangePassword = true, WrongPasswords = 0, LockedUntil = null }, "user.password_reset", actor, null, cancellationToken);
        foreach (var keys in sessions.Of(name).Select(session => Keys.Session(session.Id)).Chunk(100))
            await store.CommitAsync(new StoreTransaction { Writes = [.. keys.Select(StoreWrite.Delete)] }, cancellationToken);
        return TypedResults.Ok(new UserWithPassword { User = UserAnswer.Of(changed!), Password = password });
    }

    private static async Task<Created<NewToken>> CreateTokenAsync([Description(NameOf)] string name, HttpRequest request, Actor actor, UserStore users, TokenStore tokens, AuthOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        OwnEndpoints.NotItsOwn(actor, name);
        users.Require(name);
        var (description, roles, expires) = AccessReader.Token(await JsonFields.ReadAsync(request, new FieldErrors(), optional: false, cancellationToken), options, time.GetUtcNow());
        var (token, secret) = await tokens.CreateAsync(name, description, roles, expires, actor, cancellationToken);
        return TypedResults.Created($"/api/v1/tokens/{token.Id}", new NewToken { Token = TokenAnswer.Of(token), Secret = secret });
    }

    private static string? DisplayName(JsonFields json)
    {
        var name = json.Text("display_name")?.Trim();
        json.Errors.Length("display_name", name, LongestDisplayName);
        if (name?.Any(char.IsControl) == true)
            json.Errors.Add("display_name", "Must be on one line.");
        return string.IsNullOrEmpty(name) ? null : name;
    }

    private static RefusedRequestException Exists(string name) => new(StatusCodes.Status409Conflict, "user_exists", "There is such a user", $"{name} exists already.");
}
