using System.Buffers.Text;
using System.Security.Cryptography;
using LpmOs.Agent.Raid;
using LpmOs.Contracts.Hardware;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Agent.Install;

/// <summary>
/// The operation hardware_config: the RAID arrays of the plan, then its hardware scripts. What is as it should be already is left alone, so that an
/// agent which was killed in between goes on where the other one was.
/// </summary>
/// <param name="disks">The system's own disks with what is on them; null: nobody looks.</param>
internal sealed class HardwareConfiguration(IReadOnlyList<IRaidTool> tools, ProgramRunner programs, string? signingKey, Action<string> log, Func<CancellationToken, Task<IReadOnlyList<Disk>>>? disks = null)
{
    private const string Advice = "Let the machine report its hardware again (restart it), look at the task's new plan, and approve that.";

    /// <summary>Whether the last run has changed something, or may have.</summary>
    public bool HasBegun { get; private set; }

    /// <param name="sn">This machine's own serial number: what was signed for another machine is nothing to it.</param>
    /// <returns>What was done, for a person.</returns>
    /// <exception cref="InstallException">The hardware is not what the plan was made for, a program failed, or a script is not the service's.</exception>
    public async Task<string> RunAsync(InstallPlan plan, string sn, string? signature, CancellationToken cancellationToken)
    {
        HasBegun = false;
        // Before anything is changed: a plan that holds a script of somebody else is not carried out in part.
        Verify(plan, sn, signature);
        var changed = 0;
        foreach (var controller in plan.Controllers ?? [])
            changed += await ConfigureAsync(controller, cancellationToken).ConfigureAwait(false);
        var scripts = Scripts.At(plan, ScriptTimes.Hardware).Count;
        HasBegun |= scripts > 0;
        await new ScriptRun(programs, log).HardwareAsync(plan, cancellationToken).ConfigureAwait(false);
        return changed == 0 && scripts == 0 ? "Everything is as it should be" : $"{changed} change(s) of RAID arrays, {scripts} hardware script(s)";
    }

    private async Task<int> ConfigureAsync(ControllerPlan plan, CancellationToken cancellationToken)
    {
        var tool = tools.FirstOrDefault(one => one.Name == plan.Tool) ?? throw new InstallException(FailureCodes.HardwareConfig, $"This agent does not know the program '{Printable.Clean(plan.Tool, 40)}' of RAID controller {plan.Id}.", "Rebuild the boot image, so that agent and services have the same version.");
        try
        {
            var found = await FindAsync(tool, plan.Id, plan.Model, plan.Serial, cancellationToken).ConfigureAwait(false);
            var delete = Named(plan, found);
            var create = plan.Create.Where(wanted => !found.Arrays.Any(array => IsAs(wanted, array))).ToList();
            Require(plan, found, delete, create);
            var claim = found.Disks.Where(disk => disk.State == "jbod" && plan.Claim?.Contains(disk.Id) == true && create.Any(array => array.Disks.Contains(disk.Id))).ToList();
            RequireSame(plan, found, delete, claim, create);
            if (disks is not null && delete.Count + claim.Count > 0)
                RequireContent(plan, delete, claim, await disks(cancellationToken).ConfigureAwait(false));
            HasBegun |= delete.Count + claim.Count + create.Count > 0;
            foreach (var array in delete)
            {
                log($"  RAID controller {found.Id}: deleting array {array.Id} ({array.Name ?? "without a name"}, {array.Level}, {array.SizeBytes} bytes)");
                await tool.DeleteAsync(found, array, cancellationToken).ConfigureAwait(false);
            }
            foreach (var disk in claim)
            {
                log($"  RAID controller {found.Id}: taking the disk at {disk.Id} ({disk.Model ?? "unknown"}, serial {disk.Serial ?? "-"}) for its arrays");
                await tool.ClaimAsync(found, disk, cancellationToken).ConfigureAwait(false);
            }
            foreach (var array in create)
            {
                log($"  RAID controller {found.Id}: making array {array.Name} ({array.Level}) of {string.Join(", ", array.Disks)}");
                await tool.CreateAsync(found, array, cancellationToken).ConfigureAwait(false);
            }
            if (delete.Count + create.Count > 0)
                Check(plan, await FindAsync(tool, plan.Id, plan.Model, plan.Serial, cancellationToken).ConfigureAwait(false));
            return delete.Count + create.Count;
        }
        catch (ProgramException e)
        {
            throw new InstallException(FailureCodes.HardwareConfig, $"RAID controller {plan.Id} could not be configured: {e.Message}", "The task's log shows what the program said. A retry goes on where this one stopped.", e);
        }
    }

    /// <summary>The controller that a plan names.</summary>
    /// <exception cref="InstallException">It is not there.</exception>
    /// <exception cref="ProgramException">Its program fails.</exception>
    internal static async Task<RaidController> FindAsync(IRaidTool tool, string id, string? model, string? serial, CancellationToken cancellationToken)
    {
        var all = await tool.ListAsync(cancellationToken).ConfigureAwait(false);
        return all.FirstOrDefault(one => serial is null ? one.Id == id : one.Serial == serial)
            ?? throw new InstallException(FailureCodes.HardwareChanged, $"RAID controller {id} ({model ?? "unknown"}, serial {serial ?? "-"}) of the plan is not there. {tool.Name} knows: {(all.Count == 0 ? "none" : string.Join(", ", all.Select(one => $"{one.Id} serial {one.Serial ?? "-"}")))}.", Advice);
    }

    /// <summary>Each planned array stands for one that is there, by its number where that fits still: two on one group of disks may be alike.</summary>
    private static List<RaidArray> Named(ControllerPlan plan, RaidController found)
    {
        var named = new List<RaidArray>();
        foreach (var planned in plan.Delete)
        {
            if (found.Arrays.Except(named).Where(array => IsSame(planned, array)).OrderBy(array => array.Id != planned.Id).FirstOrDefault() is { } one)
                named.Add(one);
        }
        return named;
    }

    /// <summary>Nothing is deleted that the plan does not name, and no array is made of a disk that another one has which is to stay.</summary>
    private static void Require(ControllerPlan plan, RaidController found, List<RaidArray> delete, List<RaidArraySpec> create)
    {
        foreach (var place in create.SelectMany(array => array.Disks))
        {
            if (found.Disks.All(disk => disk.Id != place))
                throw new InstallException(FailureCodes.HardwareChanged, $"RAID controller {plan.Id} has no disk at {place} any more.", Advice);
            if (found.Disks.First(disk => disk.Id == place).State is ("jbod" or "foreign" or "failed") and var state && !(state == "jbod" && plan.Claim?.Contains(place) == true))
                throw new InstallException(FailureCodes.HardwareChanged, $"The disk at {place} of RAID controller {plan.Id} is {state} now, which it was not when the plan was made.", Advice);
            if (found.Arrays.Except(delete).FirstOrDefault(array => array.Disks.Contains(place)) is { } other)
                throw new InstallException(FailureCodes.HardwareChanged, $"The disk at {place} of RAID controller {plan.Id} belongs to array {other.Id} ({other.Name ?? "without a name"}), which the plan does not name.", Advice);
        }
    }

    /// <summary>A disk that was put in place of another since is nobody's approval.</summary>
    private static void RequireSame(ControllerPlan plan, RaidController found, List<RaidArray> delete, List<RaidDisk> claim, List<RaidArraySpec> create)
    {
        var places = delete.SelectMany(array => array.Disks).Concat(claim.Select(disk => disk.Id)).Concat(create.SelectMany(array => array.Disks)).ToHashSet(StringComparer.Ordinal);
        foreach (var planned in (plan.Disks ?? []).Where(disk => disk.Serial is not null && places.Contains(disk.Place)))
        {
            if (found.Disks.FirstOrDefault(disk => disk.Id == planned.Place) is { } now && now.Serial != planned.Serial)
                throw new InstallException(FailureCodes.HardwareChanged, $"The disk at {planned.Place} of RAID controller {plan.Id} has serial {now.Serial ?? "-"} now; when the plan was made it was {planned.Serial}.", Advice);
        }
    }

    private static void RequireContent(ControllerPlan plan, List<RaidArray> delete, List<RaidDisk> claim, IReadOnlyList<Disk> present)
    {
        foreach (var array in delete)
        {
            var disk = present.FirstOrDefault(one => (array.Wwn is not null && array.Wwn == one.Wwn) || (array.Device is not null && array.Device == one.Device));
            Compare(plan.Delete.FirstOrDefault(one => IsSame(one, array) && one.Id == array.Id)?.ContentDigest, disk, $"array {array.Id} of RAID controller {plan.Id}");
        }
        foreach (var taken in claim)
            Compare(plan.Disks?.FirstOrDefault(one => one.Place == taken.Id)?.ContentDigest, present.FirstOrDefault(one => taken.Serial is not null && one.Serial == taken.Serial), $"the disk at {taken.Id} of RAID controller {plan.Id}");

        static void Compare(string? planned, Disk? disk, string what)
        {
            if (planned is not null && disk is not null && !string.Equals(disk.Content?.Digest, planned, StringComparison.OrdinalIgnoreCase))
                throw new InstallException(FailureCodes.HardwareChanged, $"{char.ToUpperInvariant(what[0])}{what[1..]} ({disk.Device}) {(disk.Content is null ? "cannot be read now, so that it cannot be compared with the plan" : "holds something else than when the plan was made")}.", Advice);
        }
    }

    private static void Check(ControllerPlan plan, RaidController found)
    {
        if (plan.Create.FirstOrDefault(wanted => !found.Arrays.Any(array => IsAs(wanted, array))) is { } missing)
            throw new InstallException(FailureCodes.HardwareConfig, $"RAID controller {plan.Id} took the order to make array {missing.Name}, but does not have it.", "Look at the controller's own event log, then retry the task.");
        if (plan.Delete.FirstOrDefault(gone => found.Arrays.Any(array => IsSame(gone, array) && !plan.Create.Any(wanted => IsAs(wanted, array)))) is { } still)
            throw new InstallException(FailureCodes.HardwareConfig, $"RAID controller {plan.Id} took the order to delete array {still.Id}, but still has it.", "Look at the controller's own event log, then retry the task.");
    }

    // Numbers of arrays are given anew; what it is made of tells which one was meant.
    private static bool IsSame(PlannedArray planned, RaidArray array) => planned.Level == array.Level && planned.SizeBytes == array.SizeBytes && SameDisks(planned.Disks, array.Disks);

    private static bool IsAs(RaidArraySpec wanted, RaidArray array) => wanted.Level == array.Level && SameDisks(wanted.Disks, array.Disks);

    internal static bool SameDisks(IReadOnlyList<string> one, IReadOnlyList<string> other) => one.Count == other.Count && one.ToHashSet(StringComparer.Ordinal).SetEquals(other);

    private void Verify(InstallPlan plan, string sn, string? signature)
    {
        var scripts = Scripts.At(plan, ScriptTimes.Hardware);
        if (scripts.Count == 0)
            return;
        var names = string.Join(", ", scripts.Select(script => Printable.Clean(script.Name, 63)));
        if (signingKey is null)
            throw NotSigned($"The hardware scripts ({names}) were not run: this agent was not given the service's key (lpmos.key), by which it would know that they are the service's.");
        if (signature is null || !IsGood(plan, sn, signature))
            throw NotSigned($"The hardware scripts ({names}) were not run: they do not bear the service's signature.");
    }

    private bool IsGood(InstallPlan plan, string sn, string signature)
    {
        try
        {
            var point = Base64Url.DecodeFromChars(signingKey);
            if (point.Length != 64)
                return false;
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[..32], Y = point[32..] } });
            return signature.Split('.').Any(one => key.VerifyData(HardwareSignature.Text(plan, sn), Base64Url.DecodeFromChars(one), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return false;
        }
    }

    private static InstallException NotSigned(string message) => new(FailureCodes.NotSigned, message, "Restart the machine, so that its boot script brings the present key; if it happens again, somebody changes the service's answers on their way.");
}
