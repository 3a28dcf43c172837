using System.Globalization;
using LpmOs.Bench;

// LpmOs.Bench [MACHINES] [BUILD…]: a build is the path of an LpmOs.Tasks.dll; by default this one's.
var machines = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
await ControlPlane.RunAsync(machines, args.Length > 1 ? args[1..] : [Path.Combine(AppContext.BaseDirectory, "LpmOs.Tasks.dll")]);
