using System.Net;
using System.Text;
using LpmOs.Boot.Recording;
using LpmOs.Core.Domain.Boots;
using LpmOs.Core.Hosting;
using LpmOs.Core.Snapshot;

namespace LpmOs.Boot.Scripts;

/// <summary>The files that GRUB asks for, made for the machine that asks; TFTP and HTTP both come here.</summary>
internal sealed class GrubFiles(BootScripts scripts, WatchedState state, Site site, BootTrace trace, ScriptLog log)
{
    /// <summary>Null: nothing of GRUB's is at this path, or nothing can be said yet; GRUB's entry file asks again.</summary>
    public byte[]? Find(string path, IPAddress? localAddress, bool byHttp = false, int? localPort = null)
    {
        if (GrubPath.IsEntry(path))
            return Encoding.ASCII.GetBytes(scripts.GrubEntry(scripts.Grub(localAddress, byHttp, localPort)));
        if (GrubPath.Parse(path) is not { } request)
            return null;
        var snapshot = state.Current;
        if (!state.Ready.IsCompleted || snapshot.MachineTokenKey.IsEmpty)
            return null;
        var decision = BootDecision.Of(snapshot, site.Idc, request);
        log.Decided(request, decision);
        trace.Script(request, decision, null, byHttp ? BootEventNames.Http : BootEventNames.Tftp);
        return Encoding.ASCII.GetBytes(scripts.ForGrub(decision, request, snapshot, scripts.Grub(localAddress, byHttp, localPort)));
    }
}
