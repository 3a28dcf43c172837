using LpmOs.Boot.Scripts;
using LpmOs.Core.Hosting;

namespace LpmOs.Boot.Tests.Scripts;

public sealed class FirmwareQuirksTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lpmos-quirks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private FirmwareQuirks Load(string text)
    {
        File.WriteAllText(Path.Combine(_folder, FirmwareQuirks.FileName), text);
        return FirmwareQuirks.Load(_folder);
    }

    [Fact]
    public void The_shipped_table_can_be_read_and_names_only_the_machines_it_means()
    {
        var shipped = FirmwareQuirks.Load(Repository.Templates);
        Assert.Equal("ipxe", shipped.For("Dell Inc.", "PowerEdge R340")?.Loader);
        Assert.Null(shipped.For("Dell Inc.", "PowerEdge R3400"));
        Assert.Null(shipped.For("No such maker", "No such product"));
    }

    [Fact]
    public void Without_a_table_nothing_is_odd() => Assert.Null(FirmwareQuirks.Load(_folder).For("Acme", "Box"));

    [Theory]
    [InlineData("ACME Inc.", "PizzaBox 2000", "exit")]
    [InlineData("Acme", " PizzaBox 2000 ", "exit")]
    [InlineData("Acme", "Other", "sanboot")]
    [InlineData("Acme", null, "sanboot")]
    [InlineData("Bcme", "PizzaBox 2000", null)]
    [InlineData(null, null, null)]
    public void The_first_entry_that_fits_counts(string? manufacturer, string? product, string? local) => Assert.Equal(local, Load("""
        quirks:
          - { manufacturer: "acme*", product: "PizzaBox*", local: exit }
          - { manufacturer: "acme*", local: sanboot, why: "seen" }
        """).For(manufacturer, product)?.Local);

    [Theory]
    [InlineData("quirks: [{ local: reboot }]", "disk, exit, sanboot")]
    [InlineData("quirks: [{ loader: grub }]", "snponly, ipxe, signed")]
    [InlineData("quirks: [{ vendor: x }]", "vendor")]
    [InlineData("quirks: 7", "firmware.yaml")]
    public void A_wrong_table_stops_the_service_with_what_is_wrong(string text, string said) => Assert.Contains(said, Assert.Throws<SettingException>(() => Load(text)).Message);

    [Fact]
    public async Task A_machine_that_does_not_say_its_product_is_known_by_its_report()
    {
        var snapshot = await Snapshots.Of(null, Snapshots.Hardware() with { Company = "Acme", Product = "PizzaBox 2000" });
        var request = BootRequest.Create(Snapshots.Mac, null, null, "efi", "x86_64", null, null, out _)!;
        Assert.Equal("exit", Load("quirks: [{ manufacturer: Acme, local: exit }]").For(snapshot, "dc1", request)?.Local);
        Assert.Null(Load("quirks: [{ manufacturer: Acme, local: exit }]").For(snapshot, "dc2", request));
    }
}
