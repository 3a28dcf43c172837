# LpmOs: lpmos_scripts WHEN [ROOT]: runs the task's scripts of that time in their order, in the system below ROOT where one is named. The first one that
# fails ends it: it is told with what it said, and the answer is not 0.
lpmos_scripts() {
  lpmos_when=$1 lpmos_root=${2:-}
{{~ for script in scripts ~}}
  lpmos_script {{ script.when | quote.word }} {{ script.name | quote.word }} {{ script.escaped | quote.shell }} || return 1
{{~ end ~}}
  return 0
}

# lpmos_script WHEN NAME TEXT: one script, if it is of that time.
lpmos_script() {
  [ "$1" = "$lpmos_when" ] || return 0
  (
    umask 077
    mkdir -p "$lpmos_root/tmp/lpmos-scripts"
    printf '%b' {{ script_environment | quote.shell }} > "$lpmos_root/tmp/lpmos-scripts/.environment"
    printf '%b' "$3" > "$lpmos_root/tmp/lpmos-scripts/$2"
    chmod 700 "$lpmos_root/tmp/lpmos-scripts/$2"
  )
  lpmos_run="set -a; . /tmp/lpmos-scripts/.environment; exec /tmp/lpmos-scripts/$2 < /dev/null > /tmp/lpmos-scripts/.output 2>&1"
  if [ -z "$lpmos_root" ]; then
    sh -c "$lpmos_run"
  elif command -v in-target > /dev/null 2>&1; then
    in-target sh -c "$lpmos_run"
  elif command -v curtin > /dev/null 2>&1; then
    curtin in-target --target "$lpmos_root" -- sh -c "$lpmos_run"
  else
    chroot "$lpmos_root" sh -c "$lpmos_run"
  fi
  lpmos_code=$?
  sed "s/^/script $2: /" "$lpmos_root/tmp/lpmos-scripts/.output" > /tmp/lpmos-script.log
  rm -rf "$lpmos_root/tmp/lpmos-scripts"
  lpmos_lines < /tmp/lpmos-script.log
  [ "$lpmos_code" = 0 ] && return 0
  lpmos_fail script_failed "The script $2 ($1) ended with code $lpmos_code: $(tail -n 1 /tmp/lpmos-script.log)"
  return 1
}
