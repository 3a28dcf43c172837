using System.Globalization;

namespace LpmOs.Bench.Twins;

/// <summary>How large the fleet is, and what goes wrong in it.</summary>
internal sealed record TwinOptions
{
    public const string Usage = "twins [MACHINES] [--loss PERCENT] [--crashes PERCENT] [--power-cuts PERCENT] [--image-kb KB] [--over SECONDS]";

    private readonly TimeSpan? _over;

    public int Machines { get; init; } = 1_000;
    /// <summary>Packets of DHCP and TFTP that get lost on the way to the machine, in percent.</summary>
    public double Loss { get; init; }
    /// <summary>Installations in which the agent dies and is started again, in percent.</summary>
    public double Crashes { get; init; }
    /// <summary>Installations in which the machine loses its power, in percent.</summary>
    public double PowerCuts { get; init; }
    /// <summary>Size of the image: what is counted are calls, not what a disk can take.</summary>
    public int ImageKilobytes { get; init; } = 256;
    /// <summary>The machines are switched on one after the other within so long; if nothing else is said 2,000 a minute, and fewer in one.</summary>
    public TimeSpan Over { get => _over ?? TimeSpan.FromMinutes(Math.Max(1, Machines / 2000.0)); init => _over = value; }

    /// <exception cref="FormatException">The message names the argument.</exception>
    public static TwinOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new TwinOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            if (i == 0 && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var machines) && machines is > 0 and <= 60_000)
            {
                options = options with { Machines = machines };
                continue;
            }
            if (i + 1 >= arguments.Count || !double.TryParse(arguments[++i], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || value < 0 || (name is "--loss" or "--crashes" or "--power-cuts" && value > 100))
                throw new FormatException($"'{name}' is not understood: {Usage}; 1 to 60,000 machines, percentages from 0 to 100.");
            options = name switch
            {
                "--loss" => options with { Loss = value },
                "--crashes" => options with { Crashes = value },
                "--power-cuts" => options with { PowerCuts = value },
                "--image-kb" => options with { ImageKilobytes = (int)value },
                "--over" => options with { Over = TimeSpan.FromSeconds(value) },
                _ => throw new FormatException($"'{name}' is not understood: {Usage}"),
            };
        }
        return options;
    }
}
