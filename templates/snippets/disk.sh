# LpmOs: the one disk that was approved. Names move from boot to boot; serial number, world wide name and size do not.
lpmos_clean() { tr -cd ' -~' 2> /dev/null | sed 's/^ *//; s/ *$//'; }
lpmos_first() { for lpmos_file in "$@"; do if [ -r "$lpmos_file" ]; then lpmos_clean < "$lpmos_file"; return; fi; done; }

# lpmos_serial FOLDER: of a disk in /sys/block.
lpmos_serial() {
  lpmos_value=$(lpmos_first "$1/serial" "$1/device/serial")
  # SCSI and SATA: vital product data page 80h, after four bytes of header (SPC-4, 7.8.17).
  [ -n "$lpmos_value" ] || { [ -r "$1/device/vpd_pg80" ] && lpmos_value=$(tail -c +5 "$1/device/vpd_pg80" | lpmos_clean); }
  [ -n "$lpmos_value" ] || ! command -v udevadm > /dev/null 2>&1 || lpmos_value=$(udevadm info --query=property --path="$1" | sed -n 's/^ID_SERIAL_SHORT=//p')
  printf '%s' "$lpmos_value"
}

# lpmos_disk: its path; not 0 where none, or more than one, is the approved one.
lpmos_disk() {
  lpmos_found=
  for lpmos_folder in /sys/block/*; do
    lpmos_name=${lpmos_folder##*/}
    case $lpmos_name in loop* | ram* | dm-* | md* | sr* | zram* | fd* | nbd*) continue ;; esac
    [ "$(cat "$lpmos_folder/size")" = {{ disk.size_bytes // 512 }} ] || continue
{{~ if disk.serial ~}}
    [ "$(lpmos_serial "$lpmos_folder")" = {{ disk.serial | quote.shell }} ] || continue
{{~ end ~}}
{{~ if disk.wwn ~}}
    # Of one disk kernels say names of different kinds (t10., naa., eui., nvme.): only those of one kind can differ.
    lpmos_value=$(lpmos_first "$lpmos_folder/wwid" "$lpmos_folder/device/wwid")
{{~ if disk.serial ~}}
    [ "${lpmos_value%%.*}" = {{ disk.wwn | string.split "." | array.first | quote.shell }} ] || lpmos_value=
{{~ end ~}}
    [ -z "$lpmos_value" ] || [ "$lpmos_value" = {{ disk.wwn | quote.shell }} ] || continue
{{~ end ~}}
{{~ if !disk.serial && !disk.wwn ~}}
    [ "/dev/$(echo "$lpmos_name" | tr '!' /)" = {{ disk.device | quote.shell }} ] || continue
{{~ end ~}}
    lpmos_found="$lpmos_found /dev/$(echo "$lpmos_name" | tr '!' /)"
  done
  # shellcheck disable=SC2086
  set -- $lpmos_found
  [ $# = 1 ] && printf '%s' "$1"
}

# lpmos_disk_words: for the report when it is not there.
lpmos_disk_words() { echo {{ "The planned disk (serial " + (disk.serial ?? "-") + ", wwn " + (disk.wwn ?? "-") + ", " + disk.size_bytes + " bytes) is not there, or not alone. Present: " | quote.shell }}"$(for lpmos_folder in /sys/block/*; do echo "${lpmos_folder##*/} serial $(lpmos_serial "$lpmos_folder") $(cat "$lpmos_folder/size") sectors;"; done | grep -v '^loop\|^ram' | tr '\n' ' ')"; }
