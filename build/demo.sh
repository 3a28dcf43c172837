#!/bin/bash
# A virtual server that really network-boots and waits for its task: everything is built and started from here, Ctrl-C ends it.
# AUTO=1 also creates and approves the task, and ends with 0 when the installed system has called from its own disk.
# Without QEMU the agent runs on this host instead, with --dry-run.
set -euo pipefail
cd "$(dirname "$0")/.."
sn=DEMO-0001
mac=52:54:00:12:34:56
api=http://127.0.0.1:8080
folder=data/demo
console=$folder/console.log
children=()
say() { printf '\n== %s\n' "$*"; }
stop() {
  trap - EXIT INT TERM
  [ ${#children[@]} = 0 ] || kill "${children[@]}" 2> /dev/null || true
  wait 2> /dev/null || true
}
trap stop EXIT
trap 'echo; echo "demo: ended"; exit 130' INT TERM

build/install-prerequisites.sh || say "Some packages are missing (see above): going on with what there is."
command -v jq > /dev/null && command -v curl > /dev/null || { echo "demo: curl and jq are needed" >&2; exit 1; }
for port in 8080 8081 8082; do
  if (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then
    echo "demo: port $port on 127.0.0.1 is taken by another program ($(ss -ltnpH "sport = :$port" 2> /dev/null | grep -o '"[^"]*",pid=[0-9]*' | head -1)). Stop it and try again." >&2
    exit 1
  fi
done

say "Building"
build/page.sh || echo "demo: the page could not be built; the API works without it"
dotnet build services/LpmOs.Standalone -c Release --nologo -v q
virtual=yes
command -v qemu-system-x86_64 > /dev/null || virtual=
if [ -n "$virtual" ]; then
  boot/build-boot-image.sh
  boot/build-sample-image.sh || echo "demo: no sample image, so a task can be created but not installed"
else
  dotnet build agent/LpmOs.Agent -c Release --nologo -v q
fi

say "Starting LpmOs (one process, store in $folder)"
rm -rf $folder
mkdir -p $folder
host=127.0.0.1
# Seen from a machine behind QEMU's user-mode network, this host is 10.0.2.2.
[ -z "$virtual" ] || host=10.0.2.2
packaging/store-key.sh $folder/store.key
LPMOS_Store__Embedded__Path=$folder/lpmos.db LPMOS_Store__KeyFile=$folder/store.key LPMOS_Boot__Tftp__Enabled=false LPMOS_Boot__Dhcp__Mode=off \
  LPMOS_Regional__PublicUrl=http://$host:8081 LPMOS_Boot__PublicUrl=http://$host:8082 \
  dotnet services/LpmOs.Standalone/bin/Release/net10.0/LpmOs.Standalone.dll > $folder/lpmos.log 2>&1 &
children+=($!)
for port in 8080 8081 8082; do
  curl -fsS -o /dev/null --retry 120 --retry-delay 1 --retry-all-errors --retry-max-time 60 "http://127.0.0.1:$port/readyz" 2> /dev/null ||
    { echo "demo: LpmOs does not answer on port $port; the end of $folder/lpmos.log:" >&2; tail -5 $folder/lpmos.log >&2; exit 1; }
done

if [ -n "$virtual" ]; then
  say "Power-on of a virtual server: empty disk, network boot first (serial console: $console)"
  truncate -s 4G $folder/disk.raw
  qemu-system-x86_64 -machine q35,graphics=off -accel tcg,thread=multi,tb-size=512 -cpu max,-erms,-fsrm -smp 2 -m 1024 -display none -vga none \
    -serial "file:$console" -monitor none -no-user-config -nodefaults -device virtio-rng-pci \
    -smbios "type=1,serial=$sn,product=PizzaBox 2000,manufacturer=Acme Servers,uuid=564d7777-0000-4000-8000-00000000de30" \
    -netdev user,id=net,bootfile=http://10.0.2.2:8082/boot.ipxe -device "virtio-net-pci,netdev=net,mac=$mac,bootindex=1" \
    -drive "if=none,id=disk,file=$folder/disk.raw,format=raw,cache=unsafe,discard=unmap" \
    -device virtio-blk-pci,drive=disk,serial=DEMO-DISK,bootindex=2 < /dev/null > $folder/qemu.log 2>&1 &
  children+=($!)
else
  say "QEMU is not on this machine (Debian: qemu-system-x86): the agent runs on this host, and touches no disk (--dry-run)"
  dotnet agent/LpmOs.Agent/bin/Release/net10.0/LpmOs.Agent.dll --dry-run --max-polls 0 --regional-url http://127.0.0.1:8081 > $console 2>&1 &
  children+=($!)
fi

echo "waiting for its first hardware report (in software emulation about 20 s)"
for _ in $(seq 180); do
  machine=$(curl -fsS "$api/api/v1/machines" | jq -c 'first(.items[]? | select(.mac)) // empty')
  [ -z "$machine" ] || break
  kill -0 "${children[@]}" 2> /dev/null || { echo "demo: a process ended early; see $folder/*.log" >&2; exit 1; }
  sleep 1
done
[ -n "$machine" ] || { echo "demo: no machine reported; see $console" >&2; exit 1; }
sn=$(jq -r .sn <<< "$machine")
mac=$(jq -r .mac <<< "$machine")
body="{\"idc\":\"dc1\",\"sn\":\"$sn\",\"mac\":\"$mac\",\"os_type\":\"Debian 12\",\"os_version\":\"12\"}"

say "The server $sn reported its hardware and waits for a task"
cat << TEXT
  The page           $api/
  Operators' API     $api/swagger
  Agents' API        http://127.0.0.1:8081
  Boot service       http://127.0.0.1:8082/boot.ipxe
  Serial console     tail -f $console
  Log of LpmOs       tail -f $folder/lpmos.log

Create its task, approve it, and watch:
  curl -X POST $api/api/v1/tasks -H 'Content-Type: application/json' -d '$body'
  curl -X POST $api/api/v1/tasks/dc1/$sn/approve -d '{"notes": "审批通过"}'
  curl $api/api/v1/tasks/dc1/$sn
TEXT

if [ -z "${AUTO:-}" ]; then
  say "Ctrl-C ends it all"
  wait "${children[@]}"
  exit
fi

say "AUTO: creating and approving the task"
curl -fsS -X POST $api/api/v1/tasks -H 'Content-Type: application/json' -d "$body" | jq -c '{task_id, status}'
curl -fsS -X POST "$api/api/v1/tasks/dc1/$sn/approve" -d '{"notes": "审批通过"}' | jq -c '{task_id, status}'
last=
for _ in $(seq 900); do
  task=$(curl -fsS "$api/api/v1/tasks/dc1/$sn")
  now=$(jq -r '"\(.status) \(.percent)% \(.step // "") \(.message // "")"' <<< "$task")
  [ "$now" = "$last" ] || echo "  $now"
  last=$now
  case $now in
  completed*) break ;;
  failed* | rejected* | cancelled*) jq .failure <<< "$task"; exit 1 ;;
  esac
  sleep 1
done
[[ $now == completed* ]] || { echo "demo: the installation did not end in 15 minutes; see $console" >&2; exit 1; }
if [ -n "$virtual" ]; then
  # The API says so; the machine's own console must say it too: one installer, then the prompt of the installed system.
  for _ in $(seq 60); do
    ! grep -qa 'login:' "$console" || break
    sleep 1
  done
  grep -qa 'login:' "$console" || { echo "demo: the task is completed but no installed system shows on the console" >&2; exit 1; }
  [ "$(grep -ca 'init: LpmOs boot image' "$console")" = 1 ] || { echo "demo: the installer was booted more than once" >&2; exit 1; }
  say "Installed: the system on the disk called home, and shows: $(grep -a 'login:' "$console" | tail -1 | tr -d '\r')"
else
  say "Dry run completed"
fi
