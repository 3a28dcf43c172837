#!/bin/bash
# Builds the sample system: data/files/images/debian-12.tar.zst, a bootable Debian 12 root file system, and its manifest
# debian-12.json, which the boot service registers in the catalogue. Does nothing when the recipe is the same.
# FILES= output folder, REFRESH=1 builds again with the newest packages, MIRROR= a Debian mirror (default: the machine's own).
set -Eeuo pipefail
trap 'echo "sample image: failed at line $LINENO: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/.."
files=${FILES:-data/files}
export SOURCE_DATE_EPOCH=1704067200 LC_ALL=C
. boot/packages.sh
list() { sed 's/#.*//' "$1" | grep -v '^ *$'; }

image=$files/images/debian-12.tar.zst
manifest=$files/images/debian-12.json
stamp=$files/images/.debian-12.inputs
recipe=$(cat "$0" boot/drivers.list | sha256sum)
if [ -z "${REFRESH:-}" ] && [ -f "$image" ] && [ -f "$manifest" ] && [ "$(cat "$stamp" 2> /dev/null)" = "$recipe" ]; then
  echo "sample image: up to date ($(du -h "$image" | cut -f1))"
  exit
fi
command -v mmdebstrap > /dev/null || { echo "sample image: mmdebstrap is not on this machine: make prerequisites" >&2; exit 1; }
started=$SECONDS
mkdir -p "$files/images" "$cache"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mirror=$(debian_mirror)
security=$(debian_security_mirror)
sources=("deb $mirror bookworm main")
[ -z "$security" ] || sources+=("deb $security bookworm-security main")

packages=systemd-sysv,systemd-resolved,udev,kmod,dbus,iproute2,openssh-server,sudo,curl,ca-certificates,linux-image-amd64,initramfs-tools,zstd
packages+=,grub-common,grub2-common,grub-pc-bin,grub-efi-amd64-bin,efibootmgr,e2fsprogs,dosfstools,passwd,login,less,vim-tiny
# What starts from LVM, software RAID and LUKS.
packages+=,lvm2,mdadm,cryptsetup,cryptsetup-initramfs
# What opens LUKS with the machine's TPM.
packages+=,clevis,clevis-luks,clevis-tpm2,clevis-initramfs

# The drivers that the boot image has are what the system keeps of the kernel's, and what its initramfs starts from.
list boot/drivers.list > "$work/drivers"
printf '%s\n' overlay squashfs loop bonding 8021q bridge br_netfilter nf_tables nft_compat nft_ct nft_nat nft_masq nf_conntrack \
  iscsi_tcp dm-mod dm-crypt raid0 raid1 raid10 btrfs isofs nfsv4 fuse tun veth ipmi_si ipmi_devintf qemu_fw_cfg drm bochs \
  iTCO_wdt kvm_intel kvm_amd tls >> "$work/drivers"
# In the initramfs for udev to choose from. /etc/initramfs-tools/modules would load them all at each start.
cat > "$work/initramfs-drivers" <<'LIST'
virtio_pci
virtio_blk
virtio_scsi
virtio_rng
nvme
ahci
ata_piix
sd_mod
megaraid_sas
mpt3sas
hpsa
smartpqi
aacraid
vmd
dm-mod
raid1
raid10
ext4
xfs
btrfs
crc32c_generic
crc32c_intel
LIST
cat > "$work/prepare" <<'HOOK'
#!/bin/sh
# Before the packages: no service starts, and the initramfs is made small and once.
set -e
mkdir -p "$1/etc/initramfs-tools/conf.d"
printf 'MODULES=list\nCOMPRESS=zstd\nCOMPRESSLEVEL=9\n' > "$1/etc/initramfs-tools/conf.d/lpmos"
HOOK
cat > "$work/customize" <<HOOK
#!/bin/sh
set -e
root=\$1
version=\$(ls "\$root/usr/lib/modules")
cat > "\$root/etc/initramfs-tools/hooks/lpmos" <<'INITRAMFS'
#!/bin/sh
[ "\$1" != prereqs ] || exit 0
. /usr/share/initramfs-tools/hook-functions
manual_add_modules $(tr '\n' ' ' < "$work/initramfs-drivers")
INITRAMFS
chmod 755 "\$root/etc/initramfs-tools/hooks/lpmos"
for module in \$(cat "$work/drivers"); do
  modprobe -d "\$root" -S "\$version" --show-depends "\$module" 2> /dev/null || true
done | awk '\$1 == "insmod" { print \$2 }' | sort -u > "$work/keep"
find "\$(realpath "\$root")/lib/modules/\$version" "\$(realpath "\$root")/usr/lib/modules/\$version" -name '*.ko' 2> /dev/null | sort -u > "$work/all"
sed 's|.*/kernel/|kernel/|' "$work/keep" | sort -u > "$work/keep.names"
while read -r file; do
  grep -qxF "kernel/\${file#*/kernel/}" "$work/keep.names" || rm -f "\$file"
done < "$work/all"
depmod -b "\$root" "\$version"
# The image's own initramfs starts from a plain disk: curl, jose and the TPM's programs come into the one that is made for an encrypted layout.
clevis=\$(find "\$root/usr/share/initramfs-tools" -name clevis)
chmod -x \$clevis
chroot "\$root" update-initramfs -u -k "\$version"
chmod +x \$clevis
HOOK
printf 'printf "%%s\\n" %s > "$root/etc/apt/sources.list"\n' "$(printf '%q ' "${sources[@]}")" >> "$work/customize"
cat >> "$work/customize" <<'HOOK'
# What the installation, not the image, decides; and what no two machines may share.
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/hostname" "$root"/etc/.resolv.conf*.bak
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/log/*.log "$root"/var/log/apt
: > "$root/etc/machine-id"
mkdir -p "$root/boot/efi"
cat > "$root/etc/systemd/system/ssh-host-keys.service" <<'UNIT'
[Unit]
Description=Host keys of the SSH server, where the installation left none
ConditionPathExistsGlob=!/etc/ssh/ssh_host_*_key
Before=ssh.service
[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -A
[Install]
WantedBy=multi-user.target
UNIT
# One interface with an address is "online": a server has ports without a cable.
mkdir -p "$root/etc/systemd/system/systemd-networkd-wait-online.service.d"
printf '[Service]\nExecStart=\nExecStart=/lib/systemd/systemd-networkd-wait-online --any\n' \
  > "$root/etc/systemd/system/systemd-networkd-wait-online.service.d/any.conf"
chroot "$root" systemctl -q enable ssh-host-keys.service systemd-networkd.service systemd-resolved.service
chroot "$root" systemctl -q disable e2scrub_all.timer e2scrub_reap.service
HOOK
chmod +x "$work/prepare" "$work/customize"

echo "sample image: Debian 12 from the machine's mirror (about two minutes)"
mmdebstrap --variant=minbase --mode="${MODE:-auto}" --format=tar --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/lib/grub/x86_64-efi/monolithic/*' \
  --essential-hook="$work/prepare" --customize-hook="$work/customize" \
  bookworm "$work/root.tar" "${sources[@]}" > "$cache/sample-image.log" 2>&1 || { tail -20 "$cache/sample-image.log" >&2; exit 1; }

zstd -q -f -10 -T0 "$work/root.tar" -o "$image.new"
digest=$(sha256sum "$image.new" | cut -d' ' -f1)
bytes=$(stat -c %s "$image.new")
mv "$image.new" "$image"
cat > "$manifest.new" <<JSON
{
  "id": "debian-12",
  "os_id": "debian",
  "os_version": "12",
  "name": "Debian 12 (sample)",
  "file": "debian-12.tar.zst",
  "format": "tar.zst",
  "supports": ["luks", "luks_tpm"],
  "sha256": "$digest",
  "size_bytes": $bytes
}
JSON
mv "$manifest.new" "$manifest"
echo "$recipe" > "$stamp"
echo "sample image: $bytes bytes ($(stat -c %s "$work/root.tar") unpacked) in $((SECONDS - started)) s"
