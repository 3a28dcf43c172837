#!/bin/bash
# Installs what tests, images and the demo need from Debian. Quick when all is there. No service is started by it.
set -euo pipefail
packages=(
  # virtual machines and what stands around them
  qemu-system-x86 qemu-utils ovmf ipxe-qemu iproute2 dnsmasq-base etcd-server etcd-client
  # evidence: packets, disks, files
  swtpm swtpm-tools gnutls-bin tpm2-tools libtss2-tcti-cmd0 socat tcpdump tshark mtools fdisk e2fsprogs jq curl wget tftp-hpa openssl python3-minimal systemd patch dmidecode
  # DHCP servers that take what we print for them, and a relay before ours
  isc-dhcp-server kea-dhcp4-server isc-dhcp-relay
  # what installers are given, judged by their own programs
  cloud-init debconf dash shellcheck libxml2-utils ignition xorriso
  # what reads the network of an installed system: netplan, ifupdown, NetworkManager's library without its daemon
  netplan.io ifupdown python3-gi gir1.2-nm-1.0
  # the page in a real browser
  chromium fonts-noto-cjk fonts-noto-color-emoji
  # boot image and sample image
  mmdebstrap debian-archive-keyring ca-certificates cpio zstd squashfs-tools xz-utils kmod util-linux dosfstools xfsprogs btrfs-progs mdadm lvm2 dmsetup cryptsetup-bin hdparm grub-common git libssl3 libstdc++6 smartmontools pci.ids
)
# busybox and busybox-static exclude each other, and either will do.
command -v busybox > /dev/null || packages+=(busybox-static)
# The case of the end-to-end tests that boots an Arm server, and its boot image.
[ -z "${ARM64:-}" ] || packages+=(qemu-system-arm qemu-efi-aarch64 binutils)
# What make bench measures against.
[ -z "${BENCH:-}" ] || packages+=(nghttp2-client wrk nginx-light tftpd-hpa kea-admin)
command -v dotnet > /dev/null || {
  echo "The .NET SDK $(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$(dirname "$0")/../global.json") or later in its feature band is needed: https://dot.net" >&2
  exit 1
}
command -v dpkg-query > /dev/null || { echo "This is no Debian: install by hand what corresponds to: ${packages[*]}" >&2; exit 1; }

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || missing+=("$package")
done
tools() { "$(dirname "$0")/node-tools.sh"; }
[ ${#missing[@]} -gt 0 ] || { tools; exit; }
if [ "$(id -u)" != 0 ]; then
  echo "Packages are missing, and installing them needs root. Run:" >&2
  echo "  sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "prerequisites: ${missing[*]}"
# A package's daemon (etcd) must not start by itself on this machine.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
# cloud-init is here for its schema alone: it must not take this machine for a new one at its next start.
mkdir -p /etc/cloud && touch /etc/cloud/cloud-init.disabled
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o DPkg::Lock::Timeout=300 update
apt-get -qq -o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}" > /dev/null
tools
