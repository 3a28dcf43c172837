#!/bin/bash
# The boot service against nginx with sendfile, in alternation, and its scripts for 10,000 machines. Needs wrk and nginx; touches nothing outside
# of a folder of its own. ROUNDS= of each comparison (5), MACHINES= (10000), SIZE= of the file in MB (32).
set -Eeuo pipefail
trap 'echo "bench: failed at line $LINENO: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/.."
for program in wrk nginx curl python3; do
  command -v $program > /dev/null || { echo "bench: $program is not on this machine (Debian: apt-get install wrk nginx-light)" >&2; exit 1; }
done
[ -n "${DLL:-}" ] || dotnet build services/LpmOs.Standalone -c Release --nologo -v q
program=${DLL:-services/LpmOs.Standalone/bin/Release/net10.0/LpmOs.Standalone.dll}
work=$(mktemp -d)
pids=()
finish() { for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done; wait; rm -rf "$work"; }
trap finish EXIT
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
tasks=$(port) regional=$(port) boot=$(port) peer=$(port)

mkdir -p "$work/files" "$work/nginx"
head -c "${SIZE:-32}M" /dev/urandom > "$work/files/image"
cat > "$work/nginx/nginx.conf" <<CONF
worker_processes auto; daemon off; pid $work/nginx/pid; error_log $work/nginx/error.log;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on;
  client_body_temp_path $work/nginx; proxy_temp_path $work/nginx; fastcgi_temp_path $work/nginx; uwsgi_temp_path $work/nginx; scgi_temp_path $work/nginx;
  server { listen 127.0.0.1:$peer; location /files/ { alias $work/files/; } }
}
CONF
chmod -R a+rX "$work"
nginx -e "$work/nginx/error.log" -c "$work/nginx/nginx.conf" & pids+=($!)
peer_pid=$!
LPMOS_Tasks__Urls=http://127.0.0.1:$tasks LPMOS_Regional__Urls=http://127.0.0.1:$regional LPMOS_Boot__Urls=http://127.0.0.1:$boot \
  LPMOS_Boot__Tftp__Enabled=false LPMOS_Boot__FilesPath=$work/files LPMOS_Store__Embedded__Path=$work/lpmos.db LPMOS_Templates__Path=$PWD/templates \
  dotnet "$program" > "$work/service.log" 2>&1 & pids+=($!)
service_pid=$!
for url in http://127.0.0.1:$tasks/readyz http://127.0.0.1:$boot/readyz http://127.0.0.1:$peer/files/image; do
  curl -fsS -o /dev/null --head --retry 600 --retry-delay 0 --retry-max-time 120 --retry-all-errors "$url" 2> /dev/null || curl -fsS -o /dev/null "$url"
done

python3 - "$work" "$boot" "$peer" "$service_pid" "$peer_pid" "${ROUNDS:-5}" <<'PYTHON'
import re, statistics, subprocess, sys
work, boot, peer, service, nginx, rounds = sys.argv[1], *map(int, sys.argv[2:])
workers = [int(pid) for pid in subprocess.run(["ps", "-o", "pid=", "--ppid", str(nginx)], capture_output=True, text=True).stdout.split()]
def cpu(pids):
    return sum(sum(map(int, open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[11:13])) for pid in pids) / 100
def run(port, pids, clients):
    before = cpu(pids)
    text = subprocess.run(["wrk", "-t1", f"-c{clients}", "-d3s", f"http://127.0.0.1:{port}/files/image"], capture_output=True, text=True).stdout
    seconds, size, unit = re.search(r"requests in ([\d.]+)s, ([\d.]+)(MB|GB)", text).groups()
    gigabytes = float(size) / (1024 if unit == "MB" else 1)
    return gigabytes / float(seconds), (cpu(pids) - before) / gigabytes
for clients in (1, 32):
    run(peer, workers, clients), run(boot, [service], clients)
    pairs = [(run(peer, workers, clients), run(boot, [service], clients)) for _ in range(rounds)]
    theirs, ours = statistics.median(p[0][0] for p in pairs), statistics.median(p[1][0] for p in pairs)
    print(f"file, {clients:2} clients: {ours:.2f} GB/s, nginx {theirs:.2f} GB/s: {ours / theirs:.2f} of nginx (at least 0.9);"
          f" processor {statistics.median(p[1][1] for p in pairs):.2f} s/GB, nginx {statistics.median(p[0][1] for p in pairs):.2f} s/GB", flush=True)
PYTHON

machines=${MACHINES:-10000}
for ((from = 0; from < machines; from += 1000)); do
  python3 -c "
import json
print(json.dumps([{'idc': 'dc1', 'sn': 'SN-%05d' % n, 'mac': '52:54:00:00:%02x:%02x' % (n >> 8, n & 255), 'os_type': 'debian'} for n in range($from, min($from + 1000, $machines))]))" |
    curl -fsS -o /dev/null -X POST "http://127.0.0.1:$tasks/api/v1/tasks/batch" -d @-
done
cat > "$work/scripts.lua" <<LUA
local n = 0
request = function()
  n = (n + 7919) % $machines
  return wrk.format("GET", string.format("/ipxe?mac=52-54-00-00-%02x-%02x&serial=SN-%05d&uuid=564d&platform=efi&arch=x86_64&manufacturer=Acme&product=Box", math.floor(n / 256), n % 256, n))
end
LUA
wrk -t1 -c4 -d3s -s "$work/scripts.lua" "http://127.0.0.1:$boot" > /dev/null
for clients in 1 4 16; do
  before=$(awk '{ print $14 + $15 }' "/proc/$service_pid/stat")
  wrk -t1 -c$clients -d5s --latency -s "$work/scripts.lua" "http://127.0.0.1:$boot" > "$work/scripts.txt"
  used=$(($(awk '{ print $14 + $15 }' "/proc/$service_pid/stat") - before))
  awk -v used=$used -v clients=$clients -v machines="$machines" '/50%/ { median = $2 } /99%/ { p99 = $2 } /requests in/ { count = $1 } /Requests\/sec/ { rate = $2 } /Non-2xx/ { bad = $0 }
      END { printf "script of one of %d machines, %2d clients: %d/s (at least 5000), median %s, 99th percentile %s (at most 2 ms), %.2f ms of processor time each%s\n", machines, clients, rate, median, p99, used * 10 / count, bad }' "$work/scripts.txt"
done
cut -d' ' -f1-3 /proc/loadavg | sed 's/^/load of this machine meanwhile: /'
