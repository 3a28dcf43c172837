using LpmOs.Core.Hosting;
using LpmOs.Core.Security.Tpm;

namespace LpmOs.Regional.Tpm;

/// <summary>The makers whose TPMs alone a machine is bound to (setting <c>Regional:TpmMakers</c>); another content of the folder is taken without a restart, and holds with the next proof.</summary>
internal sealed class TrustedTpmMakers(ReloadedFiles<TpmMakers>.Read? first, TimeProvider time, ILogger<TrustedTpmMakers> logger)
    : ReloadedFiles<TpmMakers>(Setting, "certificates of TPM makers", first, time)
{
    public const string Setting = "Regional:TpmMakers";

    /// <returns>Null: any TPM will do.</returns>
    /// <exception cref="SettingException">The folder cannot be read, or has no root.</exception>
    public static Read? At(IConfiguration configuration)
    {
        if (configuration[Setting]?.Trim() is not { Length: > 0 } folder)
            return null;
        var (digest, parse) = TpmMakers.Look(Setting, folder);
        return new Read(folder, digest, parse());
    }

    protected override (string Digest, Func<TpmMakers> Parse) Look(string path) => TpmMakers.Look(Setting, path);

    protected override void Changed(string path, TpmMakers value) => Log.TpmMakersChanged(logger, path, value.Count);

    protected override void NotTaken(string reason) => Log.TpmMakersNotTaken(logger, reason);
}
