#!/bin/bash
# What make bench runs: TARGET= some of those below, LONG=1 for more rounds. Each writes its table into docs/bench/ and prints it; docs/bench/README.md has the worst rows of all.
# start, of the boot image, only prints its own (build/bench-start.py).
# Without TARGET= the short form: those marked *, together under ten minutes on two processors. ARGS= is for the target alone: control-plane takes MACHINES [BUILD...].
# What is started lives in a session of its own and has one folder for its files: interrupted, all of it is ended and removed.
set -uo pipefail
cd "$(dirname "$0")/.."
known="layout etcd-client control-plane boot install image discovery page hot-paths start"
for target in ${TARGET:-}; do
  [[ " $known " == *" $target "* ]] || { echo "bench: there is no target '$target'; TARGET= takes some of: $known" >&2; exit 2; }
done
# Minutes on two quiet processors, the builds aside:
#   * layout 2   * etcd-client 1   * discovery 1   * image 1 (root)   * hot-paths 2   control-plane 4   page 3   boot 8 (root)   install 15 (root)   start 2
short="layout etcd-client discovery hot-paths"
[ "$(id -u)" != 0 ] || short="$short image"
targets=${TARGET:-$short}
for target in $targets; do
  case $target in boot | install | image) [ "$(id -u)" = 0 ] || { echo "bench: the target $target needs root (namespaces, loop devices): sudo make bench TARGET=$target" >&2; exit 1; } ;; esac
done
open=$(ulimit -n)
[ "$open" = unlimited ] || [ "$open" -ge 4096 ] || ulimit -n 4096 2> /dev/null ||
  { echo "bench: 4096 open files are needed, $open are allowed and that cannot be raised here: ulimit -n 4096 as root, or LimitNOFILE= of what started this shell" >&2; exit 1; }

. build/session.sh bench
bench=tests/LpmOs.Bench/bin/Release/net10.0/LpmOs.Bench
# rows TARGET COMMAND...: a program that leaves its rows in a file, and the report of them.
rows() {
  local target=$1 code=0
  shift
  rm -f "$work/rows"
  run env LPMOS_BENCH_ROWS="$work/rows" "$@" || code=1
  [ -s "$work/rows" ] || { echo "bench: $target left no figures" >&2; return 1; }
  run "$bench" report "$target" "$work/rows" && return $code
}

BENCH=1 run build/install-prerequisites.sh || exit 1
run dotnet build tests/LpmOs.Bench -c Release --nologo -v q || exit 1
code=0
for target in $targets; do
  began=$SECONDS
  echo "== $target"
  case $target in
    start) run python3 build/bench-start.py || code=1 ;;
    boot) run build/bench-boot.sh || code=1 ;;
    install) run build/bench-install.sh || code=1 ;;
    image) rows image env CONFIGURATION=Release build/bench-image.sh || code=1 ;;
    discovery) run dotnet build tests/LpmOs.Agent.Tests -c Release --nologo -v q && rows discovery build/explicit.sh Agent Release Discovery.DiscoveryFigures.Print || code=1 ;;
    page) run build/page.sh && rows page build/page-figures.sh Figures.FigureTests.Print || code=1 ;;
    *) run "$bench" "$target" ${LONG:+--long} ${ARGS:-} || code=1 ;;
  esac
  echo "== $target: $((SECONDS - began)) s"
done
"$bench" index || code=1
exit $code
