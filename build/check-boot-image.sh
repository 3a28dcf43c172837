#!/bin/bash
# Builds the boot image twice, from copies of this checkout in two folders, each in a network namespace without any route, from the package cache alone: the files must be the same bytes. Then once
# more with a driver and firmware that were asked for, which must be in it, and with wrong names, which must be refused. Build the image once before (make boot-image): that fills the cache.
set -euo pipefail
cd "$(dirname "$0")/.."
cache=${CACHE:-$PWD/.cache}
[ -f "$cache/packages/linux-image-amd64/.complete" ] || { echo "check-boot-image: the package cache $cache is empty: run make boot-image once" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "check-boot-image: $*" >&2; exit 1; }

# Packages stay where they are; what a build makes goes to a folder of its own.
copy() {
  mkdir -p "$1/.cache"
  git ls-files -z --cached --others --exclude-standard | tar --null --ignore-failed-read -T - -cf - 2> /dev/null | tar -C "$1" -xf -
  git -C "$1" init -q
  ln -s "$cache/packages" "$1/.cache/packages"
  ln -s "$cache/apt" "$1/.cache/apt"
}
# No route and no loopback address of ours: whoever fetches something fails.
offline() { (cd "$1" && shift && MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false CACHE="$PWD/.cache" unshare --net -- "$@"); }
digests() { (cd "$1/data/files" && sha256sum boot/vmlinuz boot/initramfs ipxe/*); }

for folder in "$work/one" "$work/a/longer-name/two"; do
  copy "$folder"
  offline "$folder" boot/build-boot-image.sh | sed "s/^/${folder##*/}: /"
done
diff <(digests "$work/one") <(digests "$work/a/longer-name/two") || fail "two builds of the same files differ"
agent=$work/one/.cache/agent/LpmOs.Agent

kernel=$cache/packages/linux-image-amd64
mkdir -p "$work/mine/firmware/acme"
echo "firmware" > "$work/mine/firmware/acme/card.bin"
echo "version 5" > "$work/mine/firmware/acme/firmware-5.bin"
echo "other" > "$work/plain.bin"
# A module that is not in our list, by name; another one as a file.
cp "$(find "$kernel/lib/modules" -name 'dummy.ko')" "$work/mine/"
(cd "$work/one" && AGENT=$agent FILES=$work/more DRIVERS="nbd $work/mine/dummy.ko" FIRMWARE="$work/mine/firmware/acme/card.bin $work/mine/firmware/acme/firmware-5.bin $work/plain.bin" CACHE="$PWD/.cache" boot/build-boot-image.sh) | sed 's/^/more: /'
# names INITRAMFS: the files in it, those of the file system in it, too.
names() {
  cpio -i --quiet --to-stdout early/usr.squashfs < "$1" > "$work/usr.squashfs"
  # A second archive, compressed, begins where the first, in blocks of 512 bytes, ends.
  tail -c +$((1 + $(cpio -t < "$1" 2>&1 > /dev/null | awk '{ print $1 * 512 }'))) "$1" | zstd -dcq | cpio -t --quiet
  unsquashfs -d usr -l "$work/usr.squashfs"
}
names "$work/more/boot/initramfs" > "$work/names"
for name in '/nbd\.ko$' '/updates/dummy\.ko$' 'usr/lib/firmware/acme/card\.bin$' 'usr/lib/firmware/acme/firmware-5\.bin$' 'usr/lib/firmware/plain\.bin$'; do grep -q "$name" "$work/names" || fail "$name is not in the image"; done
# Through a file: grep -q ends at what it finds, and pipefail would take the pipe that broke for "not found".
names "$work/one/data/files/boot/initramfs" > "$work/plain-names"
! grep -q '/nbd\.ko$' "$work/plain-names" || fail "a driver that nobody asked for is in the image"
for wrong in DRIVERS=no-such-module DRIVERS=no/such.ko FIRMWARE=no/such.bin; do
  if said=$(cd "$work/one" && env AGENT="$agent" FILES="$work/wrong" "$wrong" CACHE="$PWD/.cache" boot/build-boot-image.sh 2>&1); then fail "$wrong was taken"; fi
  grep -q "${wrong#*=}" <<< "$said" || fail "$wrong: the message does not name it: $said"
done
echo "check-boot-image: the same bytes from two folders without a network, $(digests "$work/one" | sed -n 2p)"
