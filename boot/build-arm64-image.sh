#!/bin/bash
# Builds the boot image for Arm servers: data/files/boot/arm64/{vmlinuz,vmlinuz.gz,initramfs} and data/files/ipxe/grubaa64.efi.
# Everything comes from Debian's arm64 packages, unpacked; nothing of it runs here. Does nothing when its inputs are the same.
# FILES= output folder, REFRESH=1 newest packages, EXTRA= more drivers, AGENT_ARM64= a published linux-arm64 agent instead of ours.
set -Eeuo pipefail
trap 'echo "arm64 boot image: failed at line $LINENO: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/.."
files=${FILES:-data/files}
export SOURCE_DATE_EPOCH=1704067200 LC_ALL=C TZ=UTC architecture=arm64
. boot/packages.sh
. boot/image.sh
[ -z "${DRIVERS:-}${FIRMWARE:-}" ] || echo "arm64 boot image: DRIVERS and FIRMWARE are for the x86 image alone; EXTRA=folder is taken by both"
inputs() {
  git ls-files -co --exclude-standard agent services/LpmOs.Contracts boot Directory.Build.props Directory.Packages.props global.json |
    grep -v '\.md$' | sort | tr '\n' '\0' | xargs -0 sha256sum
  [ -z "${AGENT_ARM64:-}" ] || sha256sum "$AGENT_ARM64"
  [ -z "${EXTRA:-}" ] || find "$EXTRA" -type f -exec sha256sum {} + | sort
  cat "$packages"/*/.complete 2> /dev/null || true
}
stamp=$files/boot/arm64/inputs.sha256
if [ -z "${REFRESH:-}" ] && [ -f "$stamp" ] && [ "$(inputs | sha256sum)" = "$(cat "$stamp")" ]; then
  echo "arm64 boot image: up to date"
  exit
fi
started=$SECONDS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=$files/boot/arm64
mkdir -p "$out" "$files/ipxe" "$cache"

echo "arm64 boot image: packages"
for package in $(list boot/packages.arm64.list); do
  unpack_package "$package" > /dev/null || { echo "arm64 boot image: package $package could not be had from $(debian_mirror)" >&2; exit 1; }
done
kernel=$packages/linux-image-arm64
version=$(basename "$kernel"/lib/modules/*)

# The agent needs .NET's run-time pack for linux-arm64, which not every package source has.
agent=${AGENT_ARM64:-}
if [ -z "$agent" ]; then
  if dotnet publish agent/LpmOs.Agent -c Release -r linux-arm64 --self-contained -o "$cache/agent-arm64" --nologo -v q \
    -p:PublishTrimmed=true -p:PublishReadyToRun=true -p:PublishSingleFile=true -p:DebugType=none "${reproducible[@]}" > "$work/publish" 2>&1; then
    agent=$cache/agent-arm64/LpmOs.Agent
  else
    echo "arm64 boot image: built without an agent: $(grep -m 1 -o 'error [A-Z]*[0-9]*: .*' "$work/publish" | cut -c 1-160)"
  fi
fi

echo "arm64 boot image: initramfs"
root=$work/root
image_base "$root" "$version" "$agent"
if [ -n "$agent" ]; then echo "with agent" > "$out/agent.txt"; else rm -f "$out/agent.txt"; fi
# One tree of all packages, in which a program's libraries are found.
sysroot=$work/sysroot
mkdir -p "$sysroot"/usr/{bin,sbin,lib}
for package in $(list boot/packages.arm64.list | grep -v -e '^linux-' -e '^grub-'); do
  for directory in bin sbin lib; do
    [ ! -d "$packages/$package/$directory" ] || cp -a "$packages/$package/$directory/." "$sysroot/usr/$directory/"
    [ ! -d "$packages/$package/usr/$directory" ] || cp -a "$packages/$package/usr/$directory/." "$sysroot/usr/$directory/"
  done
done
libraries=$sysroot/usr/lib/aarch64-linux-gnu
mkdir -p "$root/usr/lib/aarch64-linux-gnu"
cp -L "$libraries/ld-linux-aarch64.so.1" "$root/usr/lib/"
copy_libraries() {
  local name
  for name in $(readelf -d "$1" 2> /dev/null | awk '/\(NEEDED\)/ { gsub(/[][]/, "", $NF); print $NF }'); do
    [ ! -e "$root/usr/lib/aarch64-linux-gnu/$name" ] || continue
    [ -e "$libraries/$name" ] || { echo "arm64 boot image: no package of packages.arm64.list has $name, which $1 needs" >&2; exit 1; }
    cp -L "$libraries/$name" "$root/usr/lib/aarch64-linux-gnu/"
    copy_libraries "$libraries/$name"
  done
}
for name in $(list boot/programs.list); do
  if [[ $name == data:* ]]; then
    # The same for every processor.
    [ -f "${name#data:}" ] || { echo "arm64 boot image: ${name#data:} is not on this machine: make prerequisites" >&2; exit 1; }
    install -D -m 644 "$(readlink -f "${name#data:}")" "$root${name#data:}"
    continue
  fi
  if [[ $name == lib:* ]]; then
    file=$libraries/${name#lib:}
    # Libraries that only the agent opens.
    [ -n "$agent" ] || continue
    cp -L "$file" "$root/usr/lib/aarch64-linux-gnu/"
  else
    file=$(find "$sysroot/usr/bin" "$sysroot/usr/sbin" -name "$name" | head -n 1)
    [ -n "$file" ] || { echo "arm64 boot image: no package of packages.arm64.list has the program $name" >&2; exit 1; }
    cp -L "$file" "$root/usr/bin/$name"
  fi
  copy_libraries "$file"
done
[ -z "$agent" ] || copy_libraries "$agent"
here_busybox=$(command -v busybox || echo "$cache/packages/busybox-static/bin/busybox")
image_busybox "$root" "$packages/busybox-static/bin/busybox" "$here_busybox"
image_drivers "$root" "$kernel" "$version" "$work" "$out/firmware-missing.txt" > "$work/notes"
image_usr "$root" "$kernel" "$version" "$packages/busybox-static/bin/busybox" "$work"
image_pack "$root" "$work" "$out/initramfs"
cp "$kernel/boot/vmlinuz-$version" "$out/vmlinuz"
# GRUB unpacks it while it loads; Debian's is not packed.
gzip -9nc "$out/vmlinuz" > "$out/vmlinuz.gz"

echo "arm64 boot image: GRUB"
image_grub arm64-efi "$packages/grub-efi-arm64-bin/usr/lib/grub/arm64-efi" "$files/ipxe/grubaa64.efi" boot/grub.arm64.cfg \
  "net tftp http efinet linux gzio configfile echo test sleep reboot smbios regexp part_gpt part_msdos fat chain boot" "$work"

inputs | sha256sum > "$stamp"
echo "arm64 boot image: kernel $version, $(wc -l < "$work/modules") modules, vmlinuz.gz $(stat -c %s "$out/vmlinuz.gz") + initramfs $(stat -c %s "$out/initramfs") bytes, in $((SECONDS - started)) s"
