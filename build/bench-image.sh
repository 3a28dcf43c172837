#!/bin/bash
# The agent's stream of a whole-disk image beside curl | zstd -d | dd, in turns, onto the same loop device, from the same nginx on a loopback of its own. Needs root.
# SIZE= MiB of the disk in the image (default 600), FILLED= percent of it files of this machine (default 50), the rest zeros.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "bench: a loop device needs root: sudo make bench TARGET=image" >&2; exit 1; }
[[ ${SIZE:-600} =~ ^[1-9][0-9]{0,5}$ && ${FILLED:-50} =~ ^([0-9]|[1-9][0-9]|100)$ ]] || { echo "bench: SIZE= takes MiB from 1 to 999999, FILLED= percent from 0 to 100" >&2; exit 2; }
configuration=${CONFIGURATION:-Debug}
# A network of its own: no port of it is taken. Built before: packages may have to be fetched.
if [ -z "${INSIDE:-}" ]; then
  dotnet build tests/LpmOs.Agent.Tests -c "$configuration" -v q --nologo
  INSIDE=1 exec unshare --net "$0" "$@"
fi
ip link set lo up
size=${SIZE:-600} url=http://127.0.0.1:8090/image.raw.zst
work=$(mktemp -d)
loop='' program='' server=''
cleanup() {
  trap '' INT TERM
  [ -z "$program" ] || kill "$program" 2> /dev/null || true
  [ -z "$server" ] || kill "$server" 2> /dev/null || true
  [ -z "$program" ] || wait "$program" 2> /dev/null || true
  [ -z "$loop" ] || losetup -d "$loop"
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
needed=$((size * 5 / 2)) free=$(df -m --output=avail "$work" | tail -1)
[ "$free" -ge "$needed" ] || { echo "bench: $work has $free MiB left, $needed are needed for an image of $size: SIZE= a smaller one, or TMPDIR= another place" >&2; exit 1; }
{ head -c 510 /dev/zero; printf '\125\252'; head -c $(((1 << 20) - 512)) /dev/zero; tar -cf - --exclude=*.log /usr/lib 2> /dev/null | head -c $((size * (1 << 20) * ${FILLED:-50} / 100)) || true; } > "$work/disk.raw"
truncate -s "${size}M" "$work/disk.raw"
zstd -q -3 "$work/disk.raw" -o "$work/image.raw.zst"
rm "$work/disk.raw"
truncate -s "$((size + 64))M" "$work/target"
loop=$(losetup -f --show "$work/target") || { echo "bench: no loop device can be had: losetup -a shows who has them" >&2; exit 1; }
printf 'user root; daemon off; pid %s/nginx.pid; error_log /dev/null; events {}\nhttp { access_log off; sendfile on; server { listen 127.0.0.1:8090; root %s; } }\n' "$work" "$work" > "$work/nginx.conf"
nginx -e /dev/null -c "$work/nginx.conf" &
server=$!
curl -sf --retry 100 --retry-delay 0 --retry-all-errors --retry-max-time 30 -o /dev/null -r 0-0 "$url" || { echo "bench: nginx does not serve the image: nginx -t -c $work/nginx.conf" >&2; exit 1; }
LPMOS_BENCH_IMAGE=$work/image.raw.zst LPMOS_BENCH_URL=$url LPMOS_BENCH_DISK=$loop LPMOS_BENCH_MIB=$size build/explicit.sh Agent "$configuration" Install.Image.StreamingBench.TheStreamBesideCurlZstdAndDd &
program=$!
wait "$program"
program=
