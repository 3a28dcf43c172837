{{- include 'snippets/settings.txt' -}}
// LpmOs: {{ task.id | quote.word }}. Says the numbers of the disks that the plan means; there must be one. For the script host of Windows PE (ECMAScript 3).
var serial = {{ (disk.serial ?? "") | quote.json }}.toLowerCase();
var identifier = {{ (disk.wwn ?? "") | quote.json }}.toLowerCase();
var size = {{ disk.size_bytes }};
// Of an NVMe disk Windows says the NGUID or EUI-64 as its serial number, in fours: "0025_38b9_11b0_1234."; Linux says "eui.002538b911b01234".
var nvme = identifier.indexOf("eui.") === 0;
function text(value) { return String(value || "-").replace(/[^ -~]/g, "?"); }
var log = new ActiveXObject("Scripting.FileSystemObject").OpenTextFile("X:\\lpmos.log", 8, true);
log.WriteLine("Planned: serial " + text(serial) + ", " + text(identifier) + ", " + size + " bytes. Windows PE sees:");
var disks = new Enumerator(GetObject("winmgmts:\\\\.\\root\\cimv2").ExecQuery("SELECT Index, Model, SerialNumber, Size FROM Win32_DiskDrive"));
for (; !disks.atEnd(); disks.moveNext()) {
  var one = disks.item(), said = String(one.SerialNumber || "").toLowerCase(), bytes = Number(one.Size || 0);
  var fits = serial !== "" && said.indexOf(serial) >= 0 || nvme && said.replace(/[_.]/g, "") === identifier.substr(4)
    || serial === "" && !nvme && bytes > size - 20000000 && bytes <= size;
  log.WriteLine("disk " + one.Index + ": " + text(one.Model) + ", serial " + text(said) + ", " + bytes + " bytes" + (fits ? ", the planned one" : ""));
  if (fits)
    WScript.Echo(one.Index);
}
log.Close();
