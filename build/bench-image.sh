#!/bin/bash
# The agent's stream of a whole-disk image beside curl | zstd -d | dd, in turns, onto the same loop device, from the same nginx on loopback. Needs root.
# SIZE= MiB of the disk in the image (default 600), FILLED= percent of it files of this machine (default 50), the rest zeros.
set -euo pipefail
cd "$(dirname "$0")/.."
size=${SIZE:-600}
work=$(mktemp -d)
loop=
cleanup() {
  [ ! -f "$work/nginx.pid" ] || kill "$(cat "$work/nginx.pid")" || true
  [ -z "$loop" ] || losetup -d "$loop"
  rm -rf "$work"
}
trap cleanup EXIT
{ head -c 510 /dev/zero; printf '\125\252'; head -c $(((1 << 20) - 512)) /dev/zero; tar -cf - --exclude=*.log /usr/lib 2> /dev/null | head -c $((size * (1 << 20) * ${FILLED:-50} / 100)) || true; } > "$work/disk.raw"
truncate -s "${size}M" "$work/disk.raw"
zstd -q -3 "$work/disk.raw" -o "$work/image.raw.zst"
truncate -s "$((size + 64))M" "$work/target"
loop=$(losetup -f --show "$work/target")
printf 'user root; daemon on; pid %s/nginx.pid; error_log /dev/null; events {}\nhttp { access_log off; sendfile on; server { listen 127.0.0.1:%s; root %s; } }\n' "$work" "${PORT:-26080}" "$work" > "$work/nginx.conf"
nginx -e /dev/null -c "$work/nginx.conf"
dotnet build tests/LpmOs.Agent.Tests -c "${CONFIGURATION:-Debug}" -v q --nologo --no-restore > /dev/null
LPMOS_BENCH_IMAGE=$work/image.raw.zst LPMOS_BENCH_URL=http://127.0.0.1:${PORT:-26080}/image.raw.zst LPMOS_BENCH_DISK=$loop \
  "tests/LpmOs.Agent.Tests/bin/${CONFIGURATION:-Debug}/net10.0/LpmOs.Agent.Tests" -explicit only -class "*StreamingBench" -showLiveOutput | grep -E "round|speed|FAIL|xception" | sed "s,.*OUTPUT. ,,"
