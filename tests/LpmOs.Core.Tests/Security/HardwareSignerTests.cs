using System.Buffers.Text;
using System.Security.Cryptography;
using LpmOs.Contracts.Tasks;
using LpmOs.Core.Security;

namespace LpmOs.Core.Tests.Security;

public sealed class HardwareSignerTests
{
    private static readonly InstallPlan Plan = new()
    {
        TaskId = "task-00000001", Attempt = 1, Sn = "SN-1", Operations = [], Os = new() { Id = "debian", Version = "12", Name = "Debian 12", InstallMethod = "image" },
        Partitions = [], DiskGuid = "", Hostname = "h", Network = new(), Scripts = [new() { Name = "bios", When = "hardware", Text = "true\n", Sha256 = "" }],
    };

    [Fact]
    public void What_is_signed_is_known_by_the_public_key_alone()
    {
        for (var i = 0; i < 50; i++)
        {
            var secret = RandomNumberGenerator.GetBytes(32);
            var point = Base64Url.DecodeFromChars(HardwareSigner.PublicKey(secret));
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[..32], Y = point[32..] } });
            Assert.True(key.VerifyData(HardwareSignature.Text(Plan, "SN-1"), Base64Url.DecodeFromChars(HardwareSigner.Sign(Plan, "SN-1", secret)), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
            Assert.Equal(HardwareSigner.PublicKey(secret), HardwareSigner.PublicKey(secret));
        }
    }

    [Fact]
    public void Every_part_that_matters_is_signed()
    {
        var texts = new[] { Plan, Plan with { Sn = "SN-2" }, Plan with { Variables = new Dictionary<string, string> { ["firmware"] = "http://10.0.0.1/a" } }, Plan with { Variables = new Dictionary<string, string> { ["firmware"] = "http://10.0.0.1/b" } }, Plan with { TaskId = "task-00000002" }, Plan with { Attempt = 2 }, Plan with { Scripts = [Plan.Scripts![0] with { Text = "false\n" }] }, Plan with { Scripts = [Plan.Scripts![0], Plan.Scripts[0] with { Name = "more" }] } }
            .Select(plan => Convert.ToHexString(HardwareSignature.Text(plan, "SN-1"))).Append(Convert.ToHexString(HardwareSignature.Text(Plan, "SN-2"))).ToList();
        Assert.Equal(texts.Count, texts.Distinct().Count());
    }
}
