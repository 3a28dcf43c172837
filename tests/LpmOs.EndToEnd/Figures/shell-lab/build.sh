#!/bin/bash
# build.sh OUTPUT: the initramfs of the plain shell lab: busybox, the drivers of a virtual machine, and the five programs that an installation by hand takes.
# The kernel is the boot image's own. What people build who do without a product; `make bench TARGET=install` holds ours against it.
set -Eeuo pipefail
trap 'echo "shell lab: failed at line $LINENO: $BASH_COMMAND" >&2' ERR
here=$(realpath "$(dirname "$0")") output=$(realpath -m "$1")
cd "$here/../../../.."
. boot/packages.sh
. boot/image.sh
export SOURCE_DATE_EPOCH=1704067200
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root kernel=$(unpack_package linux-image-amd64) busybox=$(unpack_package busybox-static)/bin/busybox
version=$(basename "$kernel"/lib/modules/*)
mkdir -p "$root"/{bin,sbin,etc,dev,proc,sys,run,tmp,mnt,lib64,lib/x86_64-linux-gnu}
cp "$busybox" "$root/bin/busybox"
for name in sfdisk mkfs.ext4 mkfs.vfat zstd tar; do
  file=$(PATH=$PATH:/usr/sbin:/sbin command -v $name) || { echo "shell lab: program $name is not on this machine: make prerequisites" >&2; exit 1; }
  cp -L "$file" "$root/bin/$name"
  ldd "$file" | grep -o '/[^ ]*' | while read -r library; do
    case $library in */ld-linux*) cp -Lu "$library" "$root/lib64/" ;; *) cp -Lu "$library" "$root/lib/x86_64-linux-gnu/" ;; esac
  done
done
for applet in $("$busybox" --list); do [ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"; done
image_depmod "$kernel" "$version"
echo virtio_pci virtio_net virtio_blk virtio_rng ext4 vfat nls_cp437 nls_ascii nls_iso8859-1 crc32c_generic | tr ' ' '\n' > "$root/etc/modules"
while read -r module; do
  modprobe -d "$kernel" -S "$version" --show-depends "$module" 2> /dev/null | awk '$1 == "insmod" { print $2 }'
done < "$root/etc/modules" | sort -u | while read -r file; do install -D -m 644 "$file" "$root/${file#"$(realpath "$kernel")"/}"; done
cp "$kernel/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$root/lib/modules/$version/"
depmod -b "$root" "$version"
cp /etc/mke2fs.conf "$root/etc/"
install -m 755 "$here/init" "$root/init"
install -m 755 "$here/udhcpc.script" "$root/etc/udhcpc.script"
image_pack "$root" "$work" "$output"
