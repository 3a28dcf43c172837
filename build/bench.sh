#!/bin/bash
# What make bench runs: TARGET= one of layout, etcd-client, control-plane, boot, page, discovery; default all but the page, which needs a browser, and the discovery. LONG=1: more rounds.
# Each target writes its table into docs/bench/. ARGS= is for the target alone: control-plane takes MACHINES [BUILD...].
# Interrupted, everything that was started ends with it.
set -uo pipefail
cd "$(dirname "$0")/.."
targets=${TARGET:-layout etcd-client control-plane boot}
BENCH=1 build/install-prerequisites.sh || exit 1
open=$(ulimit -n)
[ "$open" = unlimited ] || [ "$open" -ge 4096 ] || ulimit -n 4096 2> /dev/null || { echo "bench: $open open files are allowed, 4096 are needed: ulimit -n 4096" >&2; exit 1; }
dotnet build tests/LpmOs.Bench -c Release --nologo -v q || exit 1
code=0
for target in $targets; do
  echo "== $target"
  case $target in
    boot) build/bench-boot.sh || code=1 ;;
    discovery) dotnet build tests/LpmOs.Agent.Tests -c Release --nologo -v q && tests/LpmOs.Agent.Tests/bin/Release/net10.0/LpmOs.Agent.Tests -explicit only -method LpmOs.Agent.Tests.Discovery.DiscoveryFigures.Print -showliveoutput | grep -o 'discovery of .*' || code=1 ;;
    page) build/page.sh && build/page-figures.sh Figures.FigureTests.Print || code=1 ;;
    *) tests/LpmOs.Bench/bin/Release/net10.0/LpmOs.Bench "$target" ${LONG:+--long} ${ARGS:-} || code=1 ;;
  esac
done
exit $code
