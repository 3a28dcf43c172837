#!/bin/bash
# Makes an image of a whole disk (qcow2, vmdk, vdi, vhdx or raw) one that agents write: data/files/images/ID.raw.zst with its manifest ID.json.
# import-disk-image.sh FILE ID OS_ID OS_VERSION [NAME]   for example: import-disk-image.sh debian-12-generic-amd64.qcow2 debian-12-cloud debian 12 "Debian 12 (cloud)"
# FILES= folder of the boot service (default data/files), USER_NAME= the user that gets a task's keys (default admin), LEVEL= of zstd (default 10).
set -Eeuo pipefail
fail() { echo "import: $*" >&2; exit 1; }
[ $# -ge 4 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
source=$1 id=$2 os=$3 version=$4 name=${5:-$2}
images=${FILES:-$(dirname "$0")/../data/files}/images
[[ $id =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,90}$ ]] || fail "ID '$id' is not allowed: letters, digits, '.', '_' and '-', at most 91, beginning with a letter or digit"
[ -r "$source" ] || fail "$source cannot be read"
for program in zstd jq sha256sum; do command -v $program > /dev/null || fail "$program is not on this machine: apt-get install zstd jq coreutils"; done
mkdir -p "$images"
work=$(mktemp -d "$images/.import.XXXXXX")
trap 'rm -rf "$work"' EXIT

raw=$source
# qcow2, VMDK and VHDX begin with these; anything else that qemu-img knows is named by its suffix.
case $(head -c 8 "$source" | LC_ALL=C tr -dc 'A-Za-z')-${source##*.} in
QFI* | KDM* | vhdxfile* | *-qcow2 | *-vmdk | *-vdi | *-vhd | *-vhdx)
  command -v qemu-img > /dev/null || fail "$source must be converted, and qemu-img is not on this machine: apt-get install qemu-utils"
  # A file that refers to another one (a backing file) would bring that one's bytes, whoever named it.
  qemu-img info --output=json "$source" > "$work/info" || fail "$source is not an image that qemu-img knows"
  [ "$(jq -r '."backing-filename" // empty' "$work/info")" = "" ] || fail "$source is only the changes to another image, $(jq -r '."backing-filename"' "$work/info"); flatten it first (qemu-img convert)"
  # So do a data file beside a qcow2 and the extents of a VMDK that is a description alone.
  others=$(jq -r '."format-specific".data // {} | (."data-file" // empty), (.extents // [] | .[].filename)' "$work/info" | grep -vxF -- "$source" || true)
  [ -z "$others" ] || fail "$source refers to other files ($(echo $others)); make one file of it first (qemu-img convert)"
  raw=$work/disk.raw
  qemu-img convert -O raw "$source" "$raw"
  ;;
esac
[ "$(dd if="$raw" bs=1 skip=510 count=2 status=none | od -An -tx1 | tr -d ' ')" = 55aa ] || fail "$source has no partition table: it is not the image of a whole disk"
bytes=$(stat -Lc %s "$raw")
zstd -q -T0 "-${LEVEL:-10}" -o "$work/image" "$raw"
sum=$(sha256sum < "$work/image" | cut -d' ' -f1)
jq -n --arg id "$id" --arg os "$os" --arg version "$version" --arg name "$name" --arg sum "$sum" --arg user "${USER_NAME:-admin}" --argjson size "$(stat -c %s "$work/image")" --argjson raw "$bytes" \
  '{id: $id, os_id: $os, os_version: $version, name: $name, file: ($id + ".raw.zst"), format: "raw.zst", sha256: $sum, size_bytes: $size, raw_bytes: $raw, default_user: $user}' > "$work/manifest"
# The manifest last: a boot service takes an image when both are there.
mv "$work/image" "$images/$id.raw.zst"
mv "$work/manifest" "$images/$id.json"
echo "import: $id: $bytes bytes of disk in $(stat -c %s "$images/$id.raw.zst"), sha256 $sum"
