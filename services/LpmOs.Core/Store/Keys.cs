namespace LpmOs.Core.Store;

/// <summary>
/// The key layout, all of it.
/// <code>
/// /os/{idc}/servers/{sn}                        registered server, one key each
/// /os/{idc}/machines/{sn}/meta                  hardware as reported
/// /os/{idc}/machines/{sn}/task                  the machine's task; changed only by compare-and-swap
/// /os/{idc}/machines/{sn}/lease                 bound to a store lease: alive while the machine is in contact
/// /os/{idc}/machines/{sn}/token                 which boot speaks for the machine, and from where
/// /os/{idc}/machines/{sn}/tpm                   the TPM that the machine is bound to
/// /os/{idc}/machines/{sn}/shell                 the machine's rescue shell, the present or the last one: who, until when, how it ended
/// /os/{idc}/machines/{sn}/record                what operators say of it: notes, tags, decommissioned
/// /os/{idc}/inventories/{sn}/{time}             former hardware reports, one for each change of the hardware, the last few
/// /os/{idc}/history/{sn}/{task_id}              archived tasks, the last few
/// /os/{idc}/logs/{sn}/{task_id}/{n}             log chunks, a ring; apart from machines/, so that boot and regional services need not follow them
/// /os/{idc}/wipes/{sn}/{task_id}/{attempt}-{disk} signed certificates of disks that were wiped; read when asked for
/// /os/{idc}/shells/{sn}/{session}/in/{n}        what was typed and is not yet read; beside it out/{n}, what the terminal showed: the end of it stays, for the last few sessions
/// /os/{idc}/services/{kind}/{instance}          a regional or boot service, bound to its lease: alive while the service is
/// /os/{idc}/known-services/{kind}/{instance}    the same, staying when the service has gone
/// /os/{idc}/settings                            how the site is run: limits, windows, approval rules
/// /os/{idc}/templates/{name}                    template that stands in place of the folder's, its newest version; the name percent-encoded; /os/global/templates/ for all IDCs
/// /os/{idc}/template-versions/{name}/{version}  every version of it, each written once; read when asked for
/// /os/{idc}/slots/{n}                           places for installations at once, each held by a task
/// /os/{idc}/claims/mac/{mac}                    the active task that has this MAC; beside it claims/sn/{sn} while a batch is at work
/// /os/{idc}/images/{image_id}                   images that the site's boot services hold
/// /os/{idc}/assets/{name}                       vendors' files: asked for, then held by the site's boot services; the name percent-encoded
/// /os/{idc}/asset-copies/{name}/{instance}      how each boot service stands with it; read when asked for
/// /os/{idc}/audit/{id}                          one record a change, the newest first; /os/global/audit/ for what belongs to no IDC
/// /os/{idc}/audit-chain/{n}/head                which record of a chain is the last; beside it anchor: after which one those begin that are kept
/// /os/{idc}/boots/{mac}                         the last boot of a machine, known or not, as a timeline: DHCP, TFTP, HTTP, agent, first boot
/// /os/{idc}/former-boots/{mac}/{boot_id}        its former boots, the last few
/// /os/{idc}/dhcp/leases/{address}               addresses given out by the site's boot services
/// /os/{idc}/dhcp/servers/{address}              other DHCP and PXE servers that its boot services hear
/// /os/{idc}/defaults                            what tasks with a profile inherit in this IDC
/// /os/{idc}/machine-defaults/{sn}               what they inherit for this machine
/// /os/global/defaults                           what they inherit everywhere
/// /os/global/tag-defaults/{tag}                 what they inherit for machines with this tag; the tag percent-encoded
/// /os/global/profiles/{name}/{version}          profiles; a version is written once
/// /os/global/batches/{id}                       a batch of all or nothing under way; batch-owners/{id} lives as long as the service that does it
/// /os/global/batch-rows/{id}/{n}                tasks that it is to create
/// /os/global/webhooks/{id}                      who is told of events, with the secret of the signatures
/// /os/global/webhook-state/{id}                 how far its deliveries have come
/// /os/global/webhook-dead/{id}/{revision}-{n}   messages that were given up, the last few
/// /os/global/webhook-owner                      bound to a lease: the tasks service that delivers
/// /os/global/stats/{idc}                        derived counts
/// /os/global/secrets/machine-token              key that signs machines' tokens and seals secrets; former ones behind it
/// /os/global/key-rotation                       when it was rotated last, and by whom
/// /os/.access/users/{name}                      who may log in, with password hash and roles; the name percent-encoded. No IDC is called so, and regional and boot services do not follow it
/// /os/.access/tokens/{id}                       tokens of programs, by their digest
/// /os/.access/sessions/{id}                     browsers that are logged in, each bound to a lease
/// </code>
/// </summary>
public static class Keys
{
    public const string Root = "/os/";
    public const string Global = "/os/global/";
    /// <summary>What every service needs to know; people's passwords, tokens and webhooks lie elsewhere.</summary>
    public const string Secrets = "/os/global/secrets/";
    public const string MachineTokenSecret = Secrets + "machine-token";

    public const string KeyRotation = "/os/global/key-rotation";

    public static string Site(string idc) => $"/os/{idc}/";
    public static string Server(string idc, string sn) => $"/os/{idc}/servers/{sn}";
    public static string Machines(string idc) => $"/os/{idc}/machines/";
    public static string Images(string idc) => $"/os/{idc}/images/";
    public static string Machine(string idc, string sn) => $"/os/{idc}/machines/{sn}/";
    public static string Meta(string idc, string sn) => $"/os/{idc}/machines/{sn}/meta";
    public static string Task(string idc, string sn) => $"/os/{idc}/machines/{sn}/task";
    public static string Lease(string idc, string sn) => $"/os/{idc}/machines/{sn}/lease";
    public static string Token(string idc, string sn) => $"/os/{idc}/machines/{sn}/token";
    public static string Tpm(string idc, string sn) => $"/os/{idc}/machines/{sn}/tpm";
    public static string Record(string idc, string sn) => $"/os/{idc}/machines/{sn}/record";
    public static string Shell(string idc, string sn) => $"/os/{idc}/machines/{sn}/shell";
    public static string Shells(string idc, string sn) => $"/os/{idc}/shells/{sn}/";
    public static string ShellInput(string idc, string sn, string session) => $"/os/{idc}/shells/{sn}/{session}/in/";
    public static string ShellOutput(string idc, string sn, string session) => $"/os/{idc}/shells/{sn}/{session}/out/";
    public static string Inventories(string idc, string sn) => $"/os/{idc}/inventories/{sn}/";
    public static string Inventory(string idc, string sn, string id) => $"/os/{idc}/inventories/{sn}/{id}";
    public static string History(string idc, string sn) => $"/os/{idc}/history/{sn}/";
    public static string History(string idc, string sn, string taskId) => $"/os/{idc}/history/{sn}/{taskId}";
    public static string MachineLogs(string idc, string sn) => $"/os/{idc}/logs/{sn}/";
    public static string Logs(string idc, string sn, string taskId) => $"/os/{idc}/logs/{sn}/{taskId}/";
    public static string Wipes(string idc, string sn) => $"/os/{idc}/wipes/{sn}/";
    public static string Wipe(string idc, string sn, string taskId, int attempt, string disk) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/os/{idc}/wipes/{sn}/{taskId}/{attempt:d4}-{disk}");
    public static string Image(string idc, string imageId) => $"/os/{idc}/images/{imageId}";
    public static string Service(string idc, string kind, string instance) => $"/os/{idc}/services/{kind}/{instance}";
    public static string KnownServices(string idc, string kind) => $"/os/{idc}/known-services/{kind}/";
    public static string KnownService(string idc, string kind, string instance) => $"/os/{idc}/known-services/{kind}/{instance}";
    public static string Settings(string idc) => $"/os/{idc}/settings";
    /// <param name="idc"><c>global</c>: of all IDCs.</param>
    public static string Templates(string idc) => $"/os/{idc}/templates/";
    public static string Template(string idc, string name) => Templates(idc) + Uri.EscapeDataString(name);
    public static string TemplateVersions(string idc, string name) => $"/os/{idc}/template-versions/{Uri.EscapeDataString(name)}/";
    public static string TemplateVersion(string idc, string name, int version) => TemplateVersions(idc, name) + version.ToString("d6", System.Globalization.CultureInfo.InvariantCulture);
    public static string Slots(string idc) => $"/os/{idc}/slots/";
    public static string Slot(string idc, int slot) => $"/os/{idc}/slots/{slot}";
    public static string MacClaim(string idc, string mac) => $"/os/{idc}/claims/mac/{mac}";
    public static string SnClaim(string idc, string sn) => $"/os/{idc}/claims/sn/{sn}";
    public const string Batches = "/os/global/batches/";
    public static string Batch(string id) => Batches + id;
    public static string BatchOwner(string id) => $"/os/global/batch-owners/{id}";
    public static string BatchRows(string id) => $"/os/global/batch-rows/{id}/";
    public static string BatchRow(string id, int row) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/os/global/batch-rows/{id}/{row:d5}");
    public static string Assets(string idc) => $"/os/{idc}/assets/";
    public static string Asset(string idc, string name) => Assets(idc) + Uri.EscapeDataString(name);
    public static string AssetCopies(string idc) => $"/os/{idc}/asset-copies/";
    public static string AssetCopies(string idc, string name) => $"{AssetCopies(idc)}{Uri.EscapeDataString(name)}/";
    public static string AssetCopy(string idc, string name, string instance) => AssetCopies(idc, name) + instance;
    public static string Audit(string idc) => $"/os/{idc}/audit/";
    public static string Audit(string idc, string id) => $"/os/{idc}/audit/{id}";
    public static string AuditChain(string idc) => $"/os/{idc}/audit-chain/";
    public static string AuditHead(string idc, int chain) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/os/{idc}/audit-chain/{chain}/head");
    public static string AuditAnchor(string idc, int chain) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/os/{idc}/audit-chain/{chain}/anchor");
    public static string Boots(string idc) => $"/os/{idc}/boots/";
    public static string Boot(string idc, string mac) => $"/os/{idc}/boots/{mac}";
    public static string FormerBoots(string idc, string mac) => $"/os/{idc}/former-boots/{mac}/";
    public static string FormerBoot(string idc, string mac, string bootId) => $"/os/{idc}/former-boots/{mac}/{bootId}";
    public static string DhcpServers(string idc) => $"/os/{idc}/dhcp/servers/";
    public static string DhcpServer(string idc, string address) => $"/os/{idc}/dhcp/servers/{address}";
    public static string DhcpLeases(string idc) => $"/os/{idc}/dhcp/leases/";
    public const string Defaults = "/os/global/defaults";
    public static string IdcDefaults(string idc) => $"/os/{idc}/defaults";
    public static string TagDefaults(string tag) => $"/os/global/tag-defaults/{Uri.EscapeDataString(tag)}";
    public static string MachineDefaults(string idc, string sn) => $"/os/{idc}/machine-defaults/{sn}";
    public static string Profile(string name, int version) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/os/global/profiles/{name}/{version}");
    public const string Webhooks = "/os/global/webhooks/";
    public const string WebhookOwner = "/os/global/webhook-owner";
    public static string Webhook(string id) => Webhooks + id;
    public static string WebhookState(string id) => $"/os/global/webhook-state/{id}";
    public static string WebhookDead(string id) => $"/os/global/webhook-dead/{id}/";
    public const string Access = "/os/.access/";
    public const string Users = Access + "users/";
    public static string User(string name) => Users + Uri.EscapeDataString(name);
    public static string ApiToken(string id) => $"{Access}tokens/{id}";
    public const string Sessions = Access + "sessions/";
    public static string Session(string id) => Sessions + id;
    public static string Stats(string idc) => $"/os/global/stats/{idc}";
}
