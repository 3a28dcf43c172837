#!/bin/bash
# Builds the boot image: data/files/boot/{vmlinuz,initramfs} and data/files/ipxe/*. Does nothing when its inputs are the same.
# Needs no root. FILES= output folder, REFRESH=1 takes the newest packages again, AGENT= a published agent instead of ours.
# DRIVERS= more modules, by name or as *.ko files built for the image's kernel; FIRMWARE= more firmware, files or folders.
# EXTRA= a folder with both: drivers.list (names of modules of this kernel), *.ko built for it, firmware/ as below /lib/firmware.
# ARM64=1 builds the image for Arm servers, too.
set -Eeuo pipefail
trap 'echo "boot image: failed at line $LINENO: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/.."
files=${FILES:-data/files}
export SOURCE_DATE_EPOCH=1704067200 LC_ALL=C TZ=UTC
. boot/packages.sh
. boot/image.sh

for item in ${DRIVERS:-}; do
  [[ $item != *.ko ]] || [ -f "$item" ] || { echo "boot image: DRIVERS names $item, which is no file. Allowed: names of modules, and files *.ko, with spaces between" >&2; exit 2; }
done
for item in ${FIRMWARE:-}; do
  [ -e "$item" ] || { echo "boot image: FIRMWARE names $item, which is not there. Allowed: files, and folders as below /lib/firmware, with spaces between" >&2; exit 2; }
done
# host_file NAME: where an entry of programs.list is on this machine; nothing where it is not.
host_file() {
  case $1 in
    data:*) [ ! -f "${1#data:}" ] || readlink -f "${1#data:}" ;;
    lib:*) /sbin/ldconfig -p | awk -v name="${1#lib:}" '$1 == name && /x86-64/ && !found { print $NF; found = 1 }' ;;
    *) PATH=$PATH:/usr/sbin:/sbin command -v "$1" || true ;;
  esac
}
# What comes from this machine: programs with their libraries, and the authorities that TLS trusts.
host_files() {
  local name file
  for name in $(list boot/programs.list); do
    file=$(host_file "$name")
    [ -z "$file" ] || { echo "$file"; ldd "$file" 2> /dev/null | grep -o '/[^ ]*' || true; }
  done
  [ ! -f /etc/ssl/certs/ca-certificates.crt ] || echo /etc/ssl/certs/ca-certificates.crt
}
inputs() {
  host_files | sort -u | xargs -r sha256sum
  git ls-files -co --exclude-standard agent services/LpmOs.Contracts boot templates/grub/disk.cfg Directory.Build.props Directory.Packages.props global.json |
    grep -v '\.md$' | sort | tr '\n' '\0' | xargs -0 sha256sum
  [ -z "${AGENT:-}" ] || sha256sum "$AGENT"
  [ -z "${EXTRA:-}" ] || find "$EXTRA" -type f -exec sha256sum {} + | sort
  for item in ${DRIVERS:-}; do if [[ $item == *.ko ]]; then sha256sum "$item"; else echo "driver $item"; fi; done
  for item in ${FIRMWARE:-}; do find -L "$item" -type f -exec sha256sum {} + | sort; done
  cat "$packages"/*/.complete 2> /dev/null || true
}
stamp=$files/boot/inputs.sha256
if [ -z "${REFRESH:-}" ] && [ -f "$stamp" ] && [ "$(inputs | sha256sum)" = "$(cat "$stamp")" ]; then
  [ -z "${ARM64:-}" ] || boot/build-arm64-image.sh
  echo "boot image: up to date ($(du -ch "$files"/boot/vmlinuz "$files"/boot/initramfs | tail -1 | cut -f1))"
  exit
fi
started=$SECONDS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$files/boot" "$files/ipxe" "$cache"

echo "boot image: packages"
firmware=()
for package in $(list boot/packages.list); do
  if [[ $package == firmware:* ]]; then
    if directory=$(unpack_package "${package#firmware:}"); then firmware+=("$directory/lib/firmware"); else
      echo "boot image: the package source does not serve ${package#firmware:}; devices that need it may not work"
    fi
  else
    unpack_package "$package" > /dev/null || { echo "boot image: package $package could not be had from $(debian_mirror)" >&2; exit 1; }
  fi
done
kernel=$packages/linux-image-amd64
version=$(basename "$kernel"/lib/modules/*)

# What was asked for beside our lists, as one folder.
extra=
if [ -n "${EXTRA:-}${DRIVERS:-}${FIRMWARE:-}" ]; then
  extra=$work/extra
  mkdir -p "$extra/firmware"
  [ -z "${EXTRA:-}" ] || cp -rL "$EXTRA/." "$extra/"
  image_depmod "$kernel" "$version"
  for item in ${DRIVERS:-}; do
    if [[ $item == *.ko ]]; then cp "$item" "$extra/"; continue; fi
    modprobe -d "$kernel" -S "$version" --show-depends "$item" > /dev/null 2>&1 ||
      { echo "boot image: DRIVERS names $item, and the kernel $version has no such module. A driver of your own: DRIVERS=path/to/$item.ko" >&2; exit 2; }
    printf '\n%s\n' "$item" >> "$extra/drivers.list"
  done
  for item in ${FIRMWARE:-}; do image_firmware "$item" "$extra/firmware"; done
fi

if [ -n "${AGENT:-}" ]; then agent=$AGENT; else
  echo "boot image: the agent"
  dotnet publish agent/LpmOs.Agent -c Release -r linux-x64 --self-contained -o "$cache/agent" --nologo -v q \
    -p:PublishTrimmed=true -p:PublishReadyToRun=true -p:PublishSingleFile=true -p:DebugType=none "${reproducible[@]}"
  agent=$cache/agent/LpmOs.Agent
fi

echo "boot image: initramfs"
root=$work/root
image_base "$root" "$version" "$agent"
ln -s usr/lib64 "$root/lib64"
mkdir -p "$root"/usr/{lib64,lib/x86_64-linux-gnu}

copy_libraries() {
  ldd "$1" 2> /dev/null | grep -o '/[^ ]*' | while read -r library; do
    case $library in
      */ld-linux*) cp -Lu "$library" "$root/usr/lib64/" ;;
      *) cp -Lu "$library" "$root/usr/lib/x86_64-linux-gnu/" ;;
    esac
  done
}
for name in $(list boot/programs.list); do
  file=$(host_file "$name")
  [ -n "$file" ] || { echo "boot image: ${name#*:} is not on this machine: make prerequisites" >&2; exit 1; }
  case $name in
    data:*)
      install -D -m 644 "$file" "$root${name#data:}"
      continue
      ;;
    lib:*) cp -L "$file" "$root/usr/lib/x86_64-linux-gnu/" ;;
    *) cp -L "$file" "$root/usr/bin/$name" ;;
  esac
  copy_libraries "$file"
done
copy_libraries "$agent"
busybox=$packages/busybox-static/bin/busybox
image_busybox "$root" "$busybox" "$busybox"
EXTRA=$extra image_drivers "$root" "$kernel" "$version" "$work" "$files/boot/firmware-missing.txt" "${firmware[@]}"
image_usr "$root" "$kernel" "$version" "$busybox" "$work"
image_pack "$root" "$work" "$files/boot/initramfs"
cp "$kernel/boot/vmlinuz-$version" "$files/boot/vmlinuz.new"
mv "$files/boot/vmlinuz.new" "$files/boot/vmlinuz"

echo "boot image: iPXE, the signed loaders, and the starters of the local disk"
cp -L "$packages"/ipxe/usr/lib/ipxe/{undionly.kpxe,snponly.efi} "$packages/ipxe/boot/ipxe.efi" "$files/ipxe/"
# shim looks for its second program under this name; of Debian's GRUBs, the one for the network.
cp "$packages/shim-signed/usr/lib/shim/shimx64.efi.signed" "$files/ipxe/shimx64.efi"
cp "$packages/grub-efi-amd64-signed/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed" "$files/ipxe/grubx64.efi"
disk="part_gpt part_msdos fat chain regexp echo test boot sleep minicmd"
image_grub x86_64-efi "$packages/grub-efi-amd64-bin/usr/lib/grub/x86_64-efi" "$files/ipxe/local.efi" templates/grub/disk.cfg "$disk" "$work"
bios=$packages/grub-pc-bin/usr/lib/grub/i386-pc
image_grub i386-pc "$bios" "$work/local.img" templates/grub/disk.cfg "$disk biosdisk ext2 xfs btrfs ntfs drivemap" "$work"
# As a Linux kernel, for which iPXE leaves the memory before it starts.
cat "$bios/lnxboot.img" "$work/local.img" > "$files/ipxe/local.lkrn"

inputs | sha256sum > "$stamp"
bytes=$(($(stat -c %s "$files/boot/vmlinuz") + $(stat -c %s "$files/boot/initramfs")))
echo "boot image: kernel $version, $(wc -l < "$work/modules") modules," \
  "vmlinuz $(stat -c %s "$files/boot/vmlinuz") + initramfs $(stat -c %s "$files/boot/initramfs") bytes" \
  "(unpacked $(du -sb "$work/usr" | cut -f1)), in $((SECONDS - started)) s"
[ -n "$extra" ] || [ "$bytes" -le $((48 * 1024 * 1024)) ] || { echo "boot image: kernel and initramfs are over 48 MB" >&2; exit 1; }
[ -z "${ARM64:-}" ] || boot/build-arm64-image.sh
