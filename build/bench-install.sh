#!/bin/bash
# What make bench TARGET=install runs: our installation of a BIOS server in QEMU beside the plain shell lab's, in turns, and what the same machine can do at most.
# Writes docs/bench/install.{md,json} and where-the-time-goes.md. Needs root. ROUNDS= (3, or 7 with LONG=1); a round takes about five minutes.
# PARTS="ours install limits": one alone while the lab is worked on; then no report is written.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "bench: network namespaces and taps need root: sudo make bench TARGET=install" >&2; exit 1; }
for program in qemu-system-x86_64 dnsmasq nginx zstd curl ip; do
  command -v $program > /dev/null || { echo "bench: $program is not on this machine: BENCH=1 build/install-prerequisites.sh" >&2; exit 1; }
done
before=$(cut -d' ' -f1 /proc/loadavg)
boot/build-boot-image.sh
boot/build-sample-image.sh
dotnet build tests/LpmOs.Bench -c Release --nologo -v q
dotnet build tests/LpmOs.EndToEnd -c Release --nologo -v q
work=$(mktemp -d)
export LPMOS_BENCH_MARKS=$work/marks.json LPMOS_BENCH_LAB=$work/initramfs LPMOS_BENCH_ROUNDS=${ROUNDS:-${LONG:+7}} LPMOS_BENCH_PARTS=${PARTS:-ours install limits}
export LPMOS_BENCH_ROUNDS=${LPMOS_BENCH_ROUNDS:-3} LPMOS_E2E_PREFIX=${LPMOS_E2E_PREFIX:-lpmosb}
program=
finish() {
  trap - EXIT INT TERM
  # The test's programs live in its namespaces; where it was interrupted in the middle, they are ended here.
  if [ -n "$program" ] && kill -TERM "$program" 2> /dev/null; then wait "$program" 2> /dev/null || true; fi
  for name in $([ -z "$program" ] || ip netns list | awk -v prefix="$LPMOS_E2E_PREFIX$program" 'index($1, prefix) == 1 { print $1 }'); do
    ip netns pids "$name" | xargs -r kill -KILL 2> /dev/null || true
    ip netns del "$name" 2> /dev/null || true
  done
  rm -rf "$work" data/e2e/install-ours/disk.raw data/e2e/install-install/disk.raw data/e2e/install-limits/disk.raw
}
trap finish EXIT
trap 'echo "bench: interrupted; everything that was started is ended" >&2; exit 130' INT TERM
tests/LpmOs.EndToEnd/Figures/shell-lab/build.sh "$LPMOS_BENCH_LAB"
tests/LpmOs.EndToEnd/bin/Release/net10.0/LpmOs.EndToEnd -explicit only -method "*InstallationFigures.Measure" -showliveoutput > "$work/log" 2>&1 &
program=$!
tail --pid=$program -n +1 -f "$work/log" 2> /dev/null | stdbuf -oL sed -n 's/.*\[OUTPUT\] //p' &
code=0
wait $program || code=$?
if [ $code != 0 ]; then
  grep -vE '^ *$|OUTPUT' "$work/log" | tail -40 >&2
  echo "bench: the installation was not measured; consoles and logs are in data/e2e/install-*" >&2
  exit 1
fi
[ "$LPMOS_BENCH_PARTS" != "ours install limits" ] || tests/LpmOs.Bench/bin/Release/net10.0/LpmOs.Bench install "$LPMOS_BENCH_MARKS" "$before"
