using LpmOs.Core.Store;
using LpmOs.Core.Store.Embedded;
using LpmOs.Core.Store.Etcd;
using LpmOs.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LpmOs.Core.Tests.Store;

public sealed class StoreSettingsTests
{
    private static StoreOptions Read(StoreProvider provider, params (string Key, string Value)[] settings) =>
        new StoreSettings(Configuration(settings), provider).Create("");

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Key, s.Value))).Build();

    [Fact]
    public void Defaults()
    {
        var etcd = Read(StoreProvider.Etcd);
        Assert.Equal(StoreProvider.Etcd, etcd.Provider);
        Assert.Equal([new Uri("http://127.0.0.1:2379")], etcd.Etcd.Endpoints);
        Assert.Null(etcd.Etcd.Username);
        var embedded = Read(StoreProvider.Embedded);
        Assert.Equal(StoreProvider.Embedded, embedded.Provider);
        Assert.Equal("data/lpmos.db", embedded.Embedded.Path);
    }

    [Fact]
    public void The_provider_is_chosen_by_its_key() => Assert.Equal(StoreProvider.Etcd, Read(StoreProvider.Embedded, ("Store:Provider", "Etcd")).Provider);

    [Fact]
    public void Endpoints_are_separated_by_commas_or_an_array()
    {
        Uri[] expected = [new("http://10.0.0.1:2379"), new("https://etcd2.example:2379")];
        Assert.Equal(expected, Read(StoreProvider.Etcd, ("Store:Etcd:Endpoints", "http://10.0.0.1:2379, https://etcd2.example:2379/")).Etcd.Endpoints);
        Assert.Equal(expected, Read(StoreProvider.Etcd, ("Store:Etcd:Endpoints:0", "http://10.0.0.1:2379"), ("Store:Etcd:Endpoints:1", "https://etcd2.example:2379")).Etcd.Endpoints);
    }

    [Theory]
    [InlineData("Store:Provider", "redis", "embedded")]
    [InlineData("Store:Etcd:Endpoints", "localhost:2379", "http://127.0.0.1:2379")]
    [InlineData("Store:Etcd:Endpoints", "", "http://127.0.0.1:2379")]
    [InlineData("Store:Etcd:Endpoints", "ftp://a", "http://127.0.0.1:2379")]
    [InlineData("Store:Etcd:Endpoints", "http://a:2379/v3", "http://127.0.0.1:2379")]
    [InlineData("Store:Etcd:CaFile", "/does/not/exist.pem", "PEM")]
    [InlineData("Store:Etcd:CallTimeout", "soon", "hh:mm:ss")]
    [InlineData("Store:Etcd:AttemptTimeout", "00:00:00", "hh:mm:ss")]
    public void A_wrong_setting_is_named_with_its_value_and_what_is_allowed(string key, string value, string allowed)
    {
        var failure = Assert.Single(Assert.Throws<OptionsValidationException>(() => Read(StoreProvider.Etcd, (key, value))).Failures);
        Assert.Contains(key, failure, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", failure, StringComparison.Ordinal);
        Assert.Contains(allowed, failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_setting_is_named_at_once()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("ca.pem"), "");
        var failures = Assert.Throws<OptionsValidationException>(() => Read(
            StoreProvider.Etcd,
            ("Store:Etcd:Username", "lpmos"),
            ("Store:Etcd:CertFile", folder.File("ca.pem")),
            ("Store:Etcd:Endpoints", "http://a:1"))).Failures.ToList();
        Assert.Collection(
            failures,
            f => Assert.Contains("Store:Etcd:Password", f, StringComparison.Ordinal),
            f => Assert.Contains("Store:Etcd:KeyFile", f, StringComparison.Ordinal),
            f => Assert.Contains("https://", f, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_with_a_wrong_setting_does_not_start()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddStateStore(Configuration(("Store:Embedded:KeepRevisions", "5")), StoreProvider.Embedded);
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("Store:Embedded:KeepRevisions is '5'; allowed: a whole number from 1000", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_registered_store_is_the_configured_one()
    {
        await using var embedded = TemporaryStore.Embedded();
        Assert.IsType<EmbeddedStore>(embedded.Store);
        await using var etcd = TemporaryStore.Etcd(new Uri("http://127.0.0.1:1"));
        Assert.IsType<EtcdStore>(etcd.Store);
    }

    [Fact]
    public void The_password_is_not_in_what_gets_logged() =>
        Assert.DoesNotContain("hunter2", Read(StoreProvider.Etcd, ("Store:Etcd:Username", "u"), ("Store:Etcd:Password", "hunter2")).ToString(), StringComparison.Ordinal);
}
