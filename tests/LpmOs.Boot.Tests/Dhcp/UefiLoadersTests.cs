using LpmOs.Boot.Dhcp;
using LpmOs.Boot.Scripts;
using LpmOs.Boot.Tests.Scripts;
using LpmOs.Contracts;
using LpmOs.Contracts.Hardware;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;
using LpmOs.Core.Store;
using Microsoft.Extensions.Logging.Abstractions;
using System.Text.Json;

namespace LpmOs.Boot.Tests.Dhcp;

public sealed class UefiLoadersTests
{
    private readonly ManualTime _time = new();

    private async Task<UefiLoaders> Loaders(SecureBootMode mode, Inventory? hardware = null, params FirmwareQuirk[] quirks)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var store = new MemoryStore();
        if (hardware is not null)
            await store.CommitAsync(StoreTransaction.PutIf(Keys.Meta("dc1", hardware.SerialNumber), 0, JsonSerializer.SerializeToUtf8Bytes(hardware, ContractsJson.Default.Inventory)), cancellation);
        using var state = new WatchedState(store, new WatchedPrefixes(["/os/"]), TimeProvider.System, NullLogger<WatchedState>.Instance);
        await state.StartAsync(cancellation);
        await state.Ready.WaitAsync(cancellation);
        await state.StopAsync(cancellation);
        return new UefiLoaders(mode, new FirmwareQuirks(quirks), state, new Site("dc1"), _time);
    }

    private static Inventory Hardware(bool? secureBoot) => Snapshots.Hardware() with { Company = "Acme", Product = "Box", Firmware = new Firmware { BootMode = "uefi", SecureBoot = secureBoot } };

    [Theory]
    [InlineData("Always", false, "Signed")]
    [InlineData("Never", true, "Snponly")]
    [InlineData("Auto", true, "Signed")]
    [InlineData("Auto", false, "Snponly")]
    public async Task What_the_agent_reported_counts_where_the_setting_leaves_it_open(string mode, bool reported, string loader) =>
        Assert.Equal(loader, (await Loaders(Enum.Parse<SecureBootMode>(mode), Hardware(reported))).For(Snapshots.Mac).ToString());

    [Fact]
    public async Task A_quirk_of_the_product_wins_over_the_report() =>
        Assert.Equal(UefiLoader.Ipxe, (await Loaders(SecureBootMode.Auto, Hardware(true), new FirmwareQuirk { Manufacturer = "Acme", Loader = "ipxe" })).For(Snapshots.Mac));

    [Fact]
    public async Task Firmware_that_took_ipxe_and_comes_back_without_having_been_ipxe_gets_the_signed_loader()
    {
        var loaders = await Loaders(SecureBootMode.Auto);
        var mac = Packets.Request(DhcpMessageType.Discover).Mac;
        loaders.Saw(Packets.Request(DhcpMessageType.Discover, Packets.Pxe(7)));
        loaders.Saw(Packets.Request(DhcpMessageType.Request, Packets.Pxe(7)));
        // A repeated discovery within seconds says nothing.
        _time.Advance(TimeSpan.FromSeconds(2));
        loaders.Saw(Packets.Request(DhcpMessageType.Discover, Packets.Pxe(7)));
        Assert.Equal(UefiLoader.Snponly, loaders.For(mac));
        _time.Advance(TimeSpan.FromSeconds(30));
        loaders.Saw(Packets.Request(DhcpMessageType.Discover, Packets.Http(16)));
        Assert.Equal(UefiLoader.Signed, loaders.For(mac));
        Assert.Equal(UefiLoader.Snponly, loaders.For(Snapshots.SecondMac));
        // It is given another chance: somebody may have turned Secure Boot off.
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(UefiLoader.Snponly, loaders.For(mac));
    }

    [Fact]
    public async Task Firmware_whose_ipxe_started_keeps_it()
    {
        var loaders = await Loaders(SecureBootMode.Auto);
        loaders.Saw(Packets.Request(DhcpMessageType.Request, Packets.Pxe(7)));
        _time.Advance(TimeSpan.FromSeconds(15));
        loaders.Saw(Packets.Request(DhcpMessageType.Discover, [.. Packets.Pxe(7), Packets.Option(77, "iPXE")]));
        _time.Advance(TimeSpan.FromSeconds(60));
        loaders.Saw(Packets.Request(DhcpMessageType.Discover, Packets.Pxe(7)));
        Assert.Equal(UefiLoader.Snponly, loaders.For(Packets.Request(DhcpMessageType.Discover).Mac));
    }

    [Fact]
    public async Task Firmware_whose_ipxe_fetched_its_script_keeps_it_though_no_ipxe_asked_by_DHCP()
    {
        var loaders = await Loaders(SecureBootMode.Auto);
        var mac = Packets.Request(DhcpMessageType.Discover).Mac!;
        loaders.Saw(Packets.Request(DhcpMessageType.Request, Packets.Pxe(7)));
        _time.Advance(TimeSpan.FromSeconds(15));
        loaders.Started(mac);
        _time.Advance(TimeSpan.FromSeconds(60));
        loaders.Saw(Packets.Request(DhcpMessageType.Discover, Packets.Pxe(7)));
        Assert.Equal(UefiLoader.Snponly, loaders.For(mac));
    }

    [Fact]
    public async Task Bios_has_no_secure_boot()
    {
        var loaders = await Loaders(SecureBootMode.Auto);
        loaders.Saw(Packets.Request(DhcpMessageType.Request, Packets.Pxe(0)));
        _time.Advance(TimeSpan.FromSeconds(60));
        loaders.Saw(Packets.Request(DhcpMessageType.Discover, Packets.Pxe(0)));
        Assert.Equal(UefiLoader.Snponly, loaders.For(Packets.Request(DhcpMessageType.Discover).Mac));
    }

    [Theory]
    [InlineData(true, "shimx64.efi")]
    [InlineData(false, "snponly.efi")]
    public void The_signed_loader_is_offered_where_both_of_its_parts_are_held(bool grub, string file)
    {
        var targets = new BootTargets(Packets.PublicUrl, path => path == "ipxe/shimx64.efi" || (grub && path == "ipxe/grubx64.efi"), _ => UefiLoader.Signed);
        Assert.Equal(file, targets.For(new BootClient(BootProgram.Pxe, 7), "m")?.File);
        // Signed GRUB does not go on by HTTP.
        Assert.Equal($"{Packets.PublicUrl}/files/ipxe/snponly.efi", targets.For(new BootClient(BootProgram.HttpBoot, 16), "m")?.File);
    }
}
