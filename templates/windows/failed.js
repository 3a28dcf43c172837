{{- include 'snippets/settings.txt' -}}
// LpmOs: {{ task.id | quote.word }}. Writes what is told of a failure: failed.json with the reason given, logs.json with the ends of the logs. For the script host of Windows PE (ECMAScript 3).
var who = {{ '"sn":' + (machine.serial | quote.json) + ',"task_id":' + (task.id | quote.json) + ',"attempt":' + task.attempt | quote.json }};
var files = new ActiveXObject("Scripting.FileSystemObject");

// Printable ASCII that stands in a JSON string as it is.
function text(line, most) { return line.replace(/[^ !#-\[\]-~]/g, "").substr(0, most); }

function last(name, most) {
  if (!files.FileExists(name) || files.GetFile(name).Size === 0)
    return [];
  var stream = files.OpenTextFile(name, 1), all = stream.ReadAll().split("\n"), lines = [];
  stream.Close();
  for (var i = 0; i < all.length; i++)
    if (text(all[i], 1) !== "")
      lines.push('"' + text(all[i], 1000) + '"');
  return lines.slice(Math.max(0, lines.length - most));
}

function write(name, content) {
  var stream = files.CreateTextFile(name, true);
  stream.Write("{" + who + "," + content + "}");
  stream.Close();
}

write("X:\\failed.json", '"completed":{"operation":"os_install","success":false,"code":"installer_failed","message":"' + text(WScript.Arguments(0), 500) + '"}');
write("X:\\logs.json", '"lines":[' + last("X:\\dism.log", 100).concat(last("X:\\lpmos.log", 100)).join() + "]");
