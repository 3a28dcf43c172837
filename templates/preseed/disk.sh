#!/bin/sh
{{- include 'snippets/settings.txt' }}
# Run by the installer before it partitions: names the one disk that was approved, or says why not and stops.
{{ include 'snippets/lpmos.sh' -}}
{{ include 'snippets/disk.sh' -}}
if disk=$(lpmos_disk); then
  debconf-set partman-auto/disk "$disk"
  debconf-set grub-installer/bootdev "$disk"
  lpmos_progress partitioning 50 "Installing on $disk"
else
  lpmos_fail disk_changed "$(lpmos_disk_words)" /var/log/syslog
  sleep 30
  reboot
fi
