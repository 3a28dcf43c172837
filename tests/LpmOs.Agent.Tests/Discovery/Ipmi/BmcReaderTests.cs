using LpmOs.Agent.Discovery.Ipmi;

namespace LpmOs.Agent.Tests.Discovery.Ipmi;

/// <summary>Answers in the bytes of IPMI 2.0, without the completion code.</summary>
public sealed class BmcReaderTests
{
    // Device 20h, firmware 7.00, IPMI 2.0, Dell.
    private static readonly byte[] Device = [0x20, 0x81, 0x07, 0x00, 0x02, 0xDF, 0xA2, 0x02, 0x00, 0x00, 0x01, 0, 0, 0, 0];

    [Fact]
    public void AddressMacSourceAndVlanOfTheFirstChannelThatHasAnAddress()
    {
        var bmc = BmcReader.Read((netFunction, command, data) => (netFunction, command, data.ToArray()) switch
        {
            (0x06, 0x01, _) => Device,
            // Channel 1 is a shared port without an address, 2 is no LAN, 8 the own port.
            (0x06, 0x42, [1]) => [1, 4, 1, 0, 0, 0],
            (0x06, 0x42, [2]) => [2, 5, 1, 0, 0, 0],
            (0x06, 0x42, [8]) => [8, 0x84, 1, 0, 0, 0],
            (0x0C, 0x02, [1, 3, 0, 0]) => [0x11, 0, 0, 0, 0],
            (0x0C, 0x02, [8, 3, 0, 0]) => [0x11, 10, 0, 9, 21],
            (0x0C, 0x02, [8, 4, 0, 0]) => [0x11, 0x02],
            (0x0C, 0x02, [8, 5, 0, 0]) => [0x11, 0x2C, 0xEA, 0x7F, 0, 0, 0x60],
            (0x0C, 0x02, [8, 20, 0, 0]) => [0x11, 0x2C, 0x81],
            (0x0C, 0x02, [8, 59, 0, 0]) => [0x11, 0, 0x80, 0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x21, 64, 0],
            _ => null,
        });

        Assert.Equal(("10.0.9.21", "2c:ea:7f:00:00:60", "dhcp", (int?)8, (int?)300, "7.00", "2.0", "Dell", "2001:db8::21"), (bmc!.Address, bmc.Mac, bmc.AddressSource, bmc.Channel, bmc.Vlan, bmc.Version, bmc.IpmiVersion, bmc.Manufacturer, bmc.Ipv6Address));
    }

    [Fact]
    public void AControllerWithoutAnAddressIsToldAllTheSame()
    {
        var bmc = BmcReader.Read((netFunction, command, data) => (netFunction, command) == (0x06, 0x01) ? Device : (netFunction, command) == (0x06, 0x42) && data[0] == 1 ? [1, 4] : (netFunction, command) == (0x0C, 0x02) && data[1] == 5 ? [0x11, 2, 0, 0, 0, 0, 9] : null);

        Assert.Equal((null, "02:00:00:00:00:09", (int?)1, "7.00"), (bmc!.Address, bmc.Mac, bmc.Channel, bmc.Version));
        Assert.Null(BmcReader.Read((_, _, _) => null));
    }

    [Fact]
    public void AnyAnswerIsSurvived()
    {
        var random = new Random(20261122);
        for (var i = 0; i < 5000; i++)
        {
            BmcReader.Read((_, _, _) =>
            {
                if (random.Next(8) == 0)
                    return null;
                var answer = new byte[random.Next(24)];
                random.NextBytes(answer);
                return answer;
            });
        }
    }
}
