{{- include 'snippets/settings.txt' -}}
// LpmOs: {{ task.id | quote.word }}. Says the numbers of the disks that the plan means; there must be one. For the script host of Windows PE (ECMAScript 3).
var serial = {{ (disk.serial ?? "") | quote.json }}.toLowerCase();
var size = {{ disk.size_bytes }};
var disks = new Enumerator(GetObject("winmgmts:\\\\.\\root\\cimv2").ExecQuery("SELECT Index, SerialNumber, Size FROM Win32_DiskDrive"));
for (; !disks.atEnd(); disks.moveNext()) {
  var one = disks.item(), bytes = Number(one.Size || 0);
  if (serial !== "" ? String(one.SerialNumber || "").toLowerCase().indexOf(serial) >= 0 : bytes > size - 20000000 && bytes <= size)
    WScript.Echo(one.Index);
}
