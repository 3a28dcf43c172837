#!/bin/bash
# What make twins runs: a fleet of N machines against etcd and the three services, in two network namespaces of its own that vanish with it. Needs root.
# N= machines (1000), or several sizes (N="100 300 1000 3000"): one fleet after the other, and the curve of them in docs/bench/twins.md.
# ARGS= further options: --loss PERCENT --crashes PERCENT --power-cuts PERCENT --image-kb KB --over SECONDS
set -euo pipefail
cd "$(dirname "$0")/.."
sizes=${N:-1000} largest=0
for size in $sizes; do
  [[ $size =~ ^[1-9][0-9]{0,4}$ ]] && [ "$size" -le 60000 ] || { echo "twins: N=$size is no fleet: 1 to 60000 machines, or several such numbers with spaces between" >&2; exit 2; }
  [ "$size" -le "$largest" ] || largest=$size
done
[ "$(id -u)" = 0 ] || { echo "twins: network namespaces need root: sudo make twins" >&2; exit 1; }
for program in ip etcd etcdctl; do command -v $program > /dev/null || { build/install-prerequisites.sh; break; }; done
# A waiting machine is a connection here and one in the regional service; those that install take turns with what is left.
files=$((3 * largest / 2 + 4096))
[ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -ge $files ] || ulimit -n $files 2> /dev/null ||
  { echo "twins: $files open files are needed for $largest machines, $(ulimit -n) are allowed and it cannot be raised: ulimit -n $files, or a smaller N=" >&2; exit 1; }
before=$(cut -d' ' -f1 /proc/loadavg)
. build/session.sh twins
bench=tests/LpmOs.Bench/bin/Release/net10.0/LpmOs.Bench
server=lpmos-s$$ machines=lpmos-m$$
remove() { for name in "$server" "$machines"; do ip netns del "$name" 2> /dev/null || true; done; }
networks() {
  ip netns add "$server"
  ip netns add "$machines"
  ip -n "$server" link add s0 type veth peer name m0 netns "$machines"
  for name in "$server" "$machines"; do ip -n "$name" link set lo up; done
  ip -n "$server" addr add 10.77.0.1/16 dev s0
  ip -n "$machines" addr add 10.77.0.2/16 dev m0
  ip -n "$server" link set s0 up
  ip -n "$machines" link set m0 up
  # Every address of the machines' network is one of this namespace's own, and is reached over the relay.
  ip -n "$machines" route add local 10.78.0.0/16 dev lo
  ip -n "$server" route add 10.78.0.0/16 via 10.77.0.2
  for name in "$server" "$machines"; do
    # What is meant for many hosts, here for one.
    ip netns exec "$name" sysctl -qw net.ipv4.ip_local_port_range="1024 65000" net.core.somaxconn=8192 net.ipv4.tcp_max_syn_backlog=8192
  done
}
run dotnet build tests/LpmOs.Bench -c Release --nologo -v q
code=0 results=()
for size in $sizes; do
  [ "$sizes" = "$size" ] || echo "== $size machines"
  networks
  # shellcheck disable=SC2086
  if run env TWINS_NAMESPACE="$machines" TWINS_RESULT="$work/$size.json" ip netns exec "$server" "$bench" twins "$size" ${ARGS:-}; then results+=("$work/$size.json"); else code=1; fi
  remove
done
[ "$sizes" = "${sizes% *}" ] || [ ${#results[@]} -lt 2 ] || "$bench" twins-curve "$before" "${results[@]}"
exit $code
