# LpmOs: lpmos_first_boot ROOT: leaves a unit in the new system that tells, once, that it is up, with a one-time token; then it removes the token and itself.
lpmos_first_boot() {
  mkdir -p "$1/etc/lpmos/first-boot" "$1/usr/local/lib/lpmos" "$1/etc/systemd/system/multi-user.target.wants"
  chmod 700 "$1/etc/lpmos/first-boot"
  (
    umask 077
    printf '%s\n' {{ regional_url + "/api/v1/installed" | quote.shell }} > "$1/etc/lpmos/first-boot/url"
    printf '%s' {{ '{"sn":' + (machine.serial | quote.json) + ',"task_id":' + (task.id | quote.json) + ',"token":' + (installed_token | quote.json) + ',"hostname":' + (hostname | quote.json) | quote.shell }} > "$1/etc/lpmos/first-boot/report"
{{~ if ca_pem ~}}
    printf '%b' {{ ca_pem | string.replace "\n" "\\n" | quote.shell }} > "$1/etc/lpmos/first-boot/ca.pem"
{{~ end ~}}
  )
{{~ first = scripts | array.filter @(do; ret $0.when == "first-boot"; end) ~}}
{{~ if first.size > 0 ~}}
  (
    umask 077
    mkdir -p "$1/etc/lpmos/first-boot/scripts"
    printf '%b' {{ script_environment | quote.shell }} > "$1/etc/lpmos/first-boot/environment"
{{~ for script in first ~}}
    printf '%b' {{ script.escaped | quote.shell }} > "$1/etc/lpmos/first-boot/scripts/"{{ (for.index | math.format "00") + "-" + script.name | quote.word }}
{{~ end ~}}
    chmod 700 "$1/etc/lpmos/first-boot/scripts"/*
  )
{{~ end ~}}
  cat > "$1/usr/local/lib/lpmos/first-boot" << 'LPMOS'
{{ include 'snippets/first-boot-program.sh' -}}
LPMOS
  chmod 755 "$1/usr/local/lib/lpmos/first-boot"
  cat > "$1/etc/systemd/system/lpmos-firstboot.service" << 'LPMOS'
{{ include 'snippets/first-boot.service' -}}
LPMOS
  ln -sf /etc/systemd/system/lpmos-firstboot.service "$1/etc/systemd/system/multi-user.target.wants/lpmos-firstboot.service"
}
