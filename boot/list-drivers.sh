#!/bin/bash
# Writes docs/drivers.md: which PCI devices the boot image's drivers take, from the modules themselves. Needs the packages of a built boot image.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C
. boot/packages.sh
. boot/image.sh
kernel=$packages/linux-image-amd64
version=$(basename "$kernel"/lib/modules/*)
{
  cat <<HEAD
# Drivers of the boot image

Written by \`boot/list-drivers.sh\` from the modules of Debian's kernel $version; what is in the image is decided by [drivers.list](../boot/drivers.list).
PCI ids are vendor:device; \`*\` stands for any. A driver without PCI ids belongs to another bus, or is loaded by one that is listed.
Firmware is what the driver may ask for; where no package of [packages.list](../boot/packages.list) has it, the build writes it to \`firmware-missing.txt\`.

HEAD
  group=
  while IFS= read -r line; do
    case $line in
      "# Drivers of"* | "# A module"*) ;;
      "# "*) group=${line#\# }; printf '\n## %s\n\n| driver | what it is | PCI ids | firmware files |\n| --- | --- | --- | --- |\n' "$group" ;;
      "" ) ;;
      *)
        info=$(modinfo -b "$kernel" -k "$version" "$line" 2> /dev/null) || { echo "| \`$line\` | built into the kernel, or not in this one | | |"; continue; }
        what=$(awk -F ':  *' '/^description:/ && !found { sub(/^description: */, ""); print; found = 1 }' <<< "$info" | tr '|' '/')
        ids=$(sed -n 's/^alias: *pci:v\([0-9A-F*]*\)d\([0-9A-F*]*\)sv.*bc\([0-9A-F*]*\)sc\([0-9A-F*]*\)i.*/\1 \2 \3 \4/p' <<< "$info" | awk '
          { vendor = $1 == "*" ? "*" : tolower(substr($1, 5)); device = $2 == "*" ? "*" : tolower(substr($2, 5))
            print (device == "*" && $3 != "*") ? vendor ":* class " tolower($3 $4) : vendor ":" device }' | sort -u | awk '{ printf "%s%s", NR == 1 ? "" : ", ", $0 }')
        count=$(grep -c '^firmware:' <<< "$info" || true)
        echo "| \`$line\` | $what | $ids | $([ "$count" = 0 ] || echo "$count") |"
        ;;
    esac
  done < boot/drivers.list
} | cat -s > docs/drivers.md
echo "docs/drivers.md: $(grep -c '^| `' docs/drivers.md) drivers, $(grep -oE '[0-9a-f]{4}:[0-9a-f]{4}' docs/drivers.md | sort -u | wc -l) PCI ids"
