#!/bin/bash
# Builds the boot image: data/files/boot/{vmlinuz,initramfs} and data/files/ipxe/*. Does nothing when its inputs are the same.
# Needs no root. FILES= output folder, REFRESH=1 takes the newest packages again, AGENT= a published agent instead of ours.
set -Eeuo pipefail
trap 'echo "boot image: failed at line $LINENO: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/.."
files=${FILES:-data/files}
export SOURCE_DATE_EPOCH=1704067200 LC_ALL=C TZ=UTC
here=boot
. boot/packages.sh
list() { sed 's/#.*//' "$1" | grep -v '^ *$'; }

inputs() {
  git ls-files -co --exclude-standard agent services/LpmOs.Contracts boot templates/grub/disk.cfg Directory.Build.props Directory.Packages.props global.json |
    grep -v '\.md$' | sort | tr '\n' '\0' | xargs -0 sha256sum
  [ -z "${AGENT:-}" ] || sha256sum "$AGENT"
  cat "$cache"/packages/*/.complete 2> /dev/null || true
}
stamp=$files/boot/inputs.sha256
if [ -z "${REFRESH:-}" ] && [ -f "$stamp" ] && [ "$(inputs | sha256sum)" = "$(cat "$stamp")" ]; then
  echo "boot image: up to date ($(du -ch "$files"/boot/vmlinuz "$files"/boot/initramfs | tail -1 | cut -f1))"
  exit
fi
started=$SECONDS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$files/boot" "$files/ipxe" "$cache"

echo "boot image: packages"
firmware=()
for package in $(list $here/packages.list); do
  if [[ $package == firmware:* ]]; then
    if directory=$(unpack_package "${package#firmware:}"); then firmware+=("$directory/lib/firmware"); else
      echo "boot image: the package source does not serve ${package#firmware:}; devices that need it may not work"
    fi
  else
    unpack_package "$package" > /dev/null || { echo "boot image: package $package could not be had from $(debian_mirror)" >&2; exit 1; }
  fi
done
packages=$cache/packages
kernel=$packages/linux-image-amd64
version=$(basename "$kernel"/lib/modules/*)

if [ -n "${AGENT:-}" ]; then agent=$AGENT; else
  echo "boot image: the agent"
  dotnet publish agent/LpmOs.Agent -c Release -r linux-x64 --self-contained -o "$cache/agent" --nologo -v q \
    -p:PublishTrimmed=true -p:PublishReadyToRun=true -p:PublishSingleFile=true -p:DebugType=none
  agent=$cache/agent/LpmOs.Agent
fi

echo "boot image: initramfs"
root=$work/root
mkdir -p "$root"/{dev,proc,sys,run,tmp,mnt,etc,root,usr/bin,usr/sbin,usr/lib/x86_64-linux-gnu,usr/lib64,usr/lib/modules/"$version"}
for directory in bin sbin lib lib64; do ln -s usr/$directory "$root/$directory"; done
install -m 755 "$agent" "$root/usr/bin/lpmos-agent"
install -m 755 $here/initramfs/init "$root/init"
install -m 755 $here/initramfs/udhcpc.script "$root/etc/udhcpc.script"
install -m 644 $here/initramfs/mdev.conf /etc/mke2fs.conf "$root/etc/"
printf 'root:x:0:0:root:/root:/bin/sh\n' > "$root/etc/passwd"
printf 'root:x:0:\ndisk:x:6:\n' > "$root/etc/group"
printf 'NAME="LpmOs boot image"\nID=lpmos\n' > "$root/etc/os-release"
mkdir -p "$root/etc/ssl/certs"
[ ! -f /etc/ssl/certs/ca-certificates.crt ] || cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"

copy_libraries() {
  ldd "$1" 2> /dev/null | grep -o '/[^ ]*' | while read -r library; do
    case $library in
      */ld-linux*) cp -Lu "$library" "$root/usr/lib64/" ;;
      *) cp -Lu "$library" "$root/usr/lib/x86_64-linux-gnu/" ;;
    esac
  done
}
for name in $(list $here/programs.list); do
  if [[ $name == lib:* ]]; then
    file=$(/sbin/ldconfig -p | awk -v name="${name#lib:}" '$1 == name && /x86-64/ && !found { print $NF; found = 1 }')
    [ -n "$file" ] || { echo "boot image: library ${name#lib:} is not on this machine: make prerequisites" >&2; exit 1; }
    cp -L "$file" "$root/usr/lib/x86_64-linux-gnu/"
  else
    file=$(PATH=$PATH:/usr/sbin:/sbin command -v "$name") || { echo "boot image: program $name is not on this machine: make prerequisites" >&2; exit 1; }
    cp -L "$file" "$root/usr/bin/$name"
  fi
  copy_libraries "$file"
done
copy_libraries "$agent"
for name in modprobe lsmod insmod rmmod modinfo depmod; do ln -s ../bin/kmod "$root/usr/sbin/$name"; done
busybox=$packages/busybox-static/bin/busybox
cp "$busybox" "$root/usr/bin/busybox"
for applet in $("$busybox" --list); do
  [ -e "$root/usr/bin/$applet" ] || [ -e "$root/usr/sbin/$applet" ] || ln -s busybox "$root/usr/bin/$applet"
done

depmod -b "$kernel" "$version"
for module in $(list $here/drivers.list); do
  modprobe -d "$kernel" -S "$version" --show-depends "$module" > "$work/depends" 2> /dev/null || { echo "boot image: this kernel has no module $module"; continue; }
  awk '$1 == "insmod" { print $2 }' "$work/depends"
done > "$work/modules.all"
grep -v '^/' "$work/modules.all" || true
grep '^/' "$work/modules.all" | sort -u > "$work/modules"
while read -r file; do
  target=$root/usr/${file#"$(realpath "$kernel")"/}
  install -D -m 644 "$file" "$target"
  # Firmware that the driver names, where a package has it.
  modinfo -F firmware "$file"
done < "$work/modules" | sort -u > "$work/firmware"
cp "$kernel/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$root/usr/lib/modules/$version/"
depmod -b "$root" "$version"
while read -r name; do
  for directory in "${firmware[@]}"; do
    # Names may hold wildcards (ice: intel/ice/ddp/ice*.pkg) and lead through symbolic links.
    for file in "$directory"/$name; do
      [ -e "$file" ] || continue
      install -D -m 644 "$(realpath "$file")" "$root/usr/lib/firmware/${file#"$directory"/}"
      continue 3
    done
  done
  echo "$name"
done < "$work/firmware" > "$files/boot/firmware-missing.txt"

find "$root" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
(cd "$root" && find . | sort | cpio -o -H newc -R 0:0 --reproducible --quiet) > "$work/cpio"
zstd -q -f -9 -T0 "$work/cpio" -o "$files/boot/initramfs.new"
cp "$kernel/boot/vmlinuz-$version" "$files/boot/vmlinuz.new"
mv "$files/boot/initramfs.new" "$files/boot/initramfs"
mv "$files/boot/vmlinuz.new" "$files/boot/vmlinuz"

echo "boot image: iPXE, the signed loaders, and the starters of the local disk"
cp -L "$packages"/ipxe/usr/lib/ipxe/{undionly.kpxe,snponly.efi} "$packages/ipxe/boot/ipxe.efi" "$files/ipxe/"
# shim looks for its second program under this name; of Debian's GRUBs, the one for the network.
cp "$packages/shim-signed/usr/lib/shim/shimx64.efi.signed" "$files/ipxe/shimx64.efi"
cp "$packages/grub-efi-amd64-signed/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed" "$files/ipxe/grubx64.efi"
# grub FORMAT MODULE_FOLDER OUTPUT CONFIG PRELOADED MORE: one file with that configuration in it.
grub() {
  local modules=$work/grub-$1
  cp -r "$2" "$modules"
  : > "$modules/fs.lst" # Else it looks for a driver of every file system that there is, and says of each that it is not there.
  grub-mkstandalone -d "$modules" -O "$1" -o "$3" --compress=xz --locales= --fonts= --themes= --modules="$5" --install-modules="$5 $6" "boot/grub/grub.cfg=$4"
}
disk="chain regexp normal echo test boot sleep"
grub x86_64-efi "$packages/grub-efi-amd64-bin/usr/lib/grub/x86_64-efi" "$files/ipxe/local.efi" templates/grub/disk.cfg "part_gpt part_msdos fat" "$disk"
bios=$packages/grub-pc-bin/usr/lib/grub/i386-pc
grub i386-pc "$bios" "$work/local.img" templates/grub/disk.cfg "part_gpt part_msdos fat ext2 biosdisk memdisk tar" "$disk xfs btrfs ntfs drivemap"
# As a Linux kernel, for which iPXE leaves the memory before it starts.
cat "$bios/lnxboot.img" "$work/local.img" > "$files/ipxe/local.lkrn"

inputs | sha256sum > "$stamp"
bytes=$(($(stat -c %s "$files/boot/vmlinuz") + $(stat -c %s "$files/boot/initramfs")))
echo "boot image: kernel $version, $(wc -l < "$work/modules") modules," \
  "vmlinuz $(stat -c %s "$files/boot/vmlinuz") + initramfs $(stat -c %s "$files/boot/initramfs") bytes" \
  "(unpacked $(stat -c %s "$work/cpio")), in $((SECONDS - started)) s"
[ "$bytes" -le $((64 * 1024 * 1024)) ] || { echo "boot image: kernel and initramfs are over 64 MB" >&2; exit 1; }
