#!/bin/bash
# The boot service beside what would stand in its place, in alternation: files against nginx with sendfile, TFTP against in.tftpd and dnsmasq, its scripts for 10,000
# machines, 500 machines that ask DHCP within a second, leases beside dnsmasq and Kea. Prints each figure as it comes and writes docs/bench/boot.md and boot.json. Runs in a network of its own,
# touches nothing outside of a folder of its own. ROUNDS= of each comparison (3, or 7 with LONG=1), MACHINES= (10000), SIZE= of the file in MB (32), ONLY= files tftp scripts dhcp dhcp-peers.
set -Eeuo pipefail
trap 'echo "bench: failed at line $LINENO: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/.."
if [ -z "${INSIDE:-}" ]; then
  for program in wrk nginx curl python3 dnsmasq in.tftpd kea-dhcp4 perfdhcp unshare; do
    command -v $program > /dev/null || { echo "bench: $program is not on this machine (Debian: apt-get install wrk nginx-light tftpd-hpa dnsmasq-base kea-dhcp4-server kea-admin)" >&2; exit 1; }
  done
  [ "$(id -u)" = 0 ] || { echo "bench: TFTP and DHCP servers need root" >&2; exit 1; }
  [ -n "${DLL:-}" ] || dotnet build services/LpmOs.Standalone -c Release --nologo -v q
  [ -f tests/LpmOs.Bench/bin/Release/net10.0/LpmOs.Bench ] || dotnet build tests/LpmOs.Bench -c Release --nologo -v q
  INSIDE=1 exec unshare --net --mount --pid --fork --mount-proc --kill-child "$0" "$@"
fi
ip link set lo up
# in.tftpd takes its address only where some interface but the loopback has one (AI_ADDRCONFIG of getaddrinfo).
ip link add any0 type veth peer name any1
ip addr add 192.0.2.1/24 dev any0
ip link set any0 up
ip link set any1 up
exec python3 build/bench-boot.py
