using LpmOs.Testing;

namespace LpmOs.OpenApi.Tests;

/// <summary>No endpoint without a permission.</summary>
public sealed class RoleTests
{
    public static TheoryData<string> Services => [.. ServiceDocuments.Names];

    [Fact]
    public async Task The_committed_table_of_roles_is_what_the_services_say()
    {
        var generated = await RolePage.WriteAsync(Repository.Templates, TestContext.Current.CancellationToken);
        var committed = await File.ReadAllTextAsync(Programs.InRepository("docs", "roles.md"), TestContext.Current.CancellationToken);
        Assert.True(committed == generated, "docs/roles.md is not what the services say now. Run make openapi and commit what it changes; look at each line that did: it says who may do what.");
    }

    [Theory, MemberData(nameof(Services))]
    public async Task Every_route_says_who_may_call_it(string service)
    {
        var without = await ServiceDocuments.WithoutPermissionAsync(service, Repository.Templates);
        Assert.True(without.Count == 0, $"These routes of the {service} service do not say who may call them, so nobody may: {string.Join("; ", without)}. "
            + "Add .Allow(Permission.View), or another of LpmOs.Core.Domain.Access.Permission, where they are mapped; then run make openapi.");
    }
}
