#!/bin/sh
{{- include 'snippets/settings.txt' }}
# Run by the installer when the system is on the disk, before it restarts.
{{ include 'snippets/lpmos.sh' -}}
{{ include 'snippets/scripts.sh' -}}
{{ include 'snippets/first-boot.sh' -}}
cat > /target/tmp/lpmos-users << 'LPMOS_USERS'
{{ include 'snippets/users.sh' -}}
lpmos_users
LPMOS_USERS
in-target sh /tmp/lpmos-users
rm -f /target/tmp/lpmos-users
{{ static = network.interfaces | array.filter @(do; ret !$0.dhcp4; end) -}}
{{ if static.size > 0 -}}
lpmos_name() { for lpmos_nic in /sys/class/net/*; do [ "$(cat "$lpmos_nic/address")" != "$1" ] || echo "${lpmos_nic##*/}"; done; }
{
  printf 'auto lo\niface lo inet loopback\n'
{{~ for one in network.interfaces ~}}
  nic=$(lpmos_name {{ one.mac | quote.shell }})
  printf '\nauto %s\n' "$nic"
{{~ if one.dhcp4 ~}}
  printf 'iface %s inet dhcp\n' "$nic"
{{~ end ~}}
{{~ routed = false ~}}
{{~ for address in one.addresses ~}}
  printf 'iface %s {{ address.family == 4 ? "inet" : "inet6" }} static\n  address %s\n' "$nic" {{ address.cidr | quote.shell }}
{{~ if one.gateway && !routed && (one.gateway | string.contains ":") == (address.family == 6) ~}}
{{~ routed = true ~}}
  printf '  gateway %s\n' {{ one.gateway | quote.shell }}
{{~ end ~}}
{{~ if one.dns.size > 0 && for.first ~}}
  printf '  dns-nameservers %s\n' {{ one.dns | array.join " " | quote.shell }}
{{~ end ~}}
{{~ end ~}}
{{~ end ~}}
} > /target/etc/network/interfaces
{{ for one in static -}}
{{ for server in one.dns -}}
printf 'nameserver %s\n' {{ server | quote.shell }} >> /target/etc/resolv.conf
{{ end -}}
{{ end -}}
{{ end -}}
if ! lpmos_scripts post /target; then
  sleep 30
  reboot
fi
lpmos_first_boot /target
lpmos_progress finalizing 90 'Installed; the machine is to start its new system'
lpmos_end
