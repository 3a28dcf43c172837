#!/bin/sh
# store-key.sh [FILE]: makes the key outside the store (setting Store:KeyFile), 32 random bytes, where there is none; one that is there stays. /etc/lpmos/store.key where no file is named.
# For root or, below root, for the owner of its folder, and readable by nobody else. Every host of a site has the same file: make it on one, and copy it before the others start.
set -eu
umask 077
file=${1:-/etc/lpmos/store.key}
[ ! -e "$file" ] || exit 0
folder=$(dirname "$file")
mkdir -p "$folder"
new=$(mktemp "$file.XXXXXX")
trap 'rm -f "$new"' EXIT
head -c 32 /dev/urandom | base64 > "$new"
chmod 400 "$new"
[ "$(id -u)" != 0 ] || chown --reference="$folder" "$new"
sync "$new"
# Nobody ever sees half of it, and of two that are made at once one stays.
ln "$new" "$file" 2> /dev/null || [ -e "$file" ]
