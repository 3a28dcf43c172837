#!/bin/sh
{{- include 'snippets/settings.txt' }}
# Run by the installer before it asks anything.
{{ include 'snippets/lpmos.sh' -}}
{{ include 'snippets/scripts.sh' -}}
if ! lpmos_start; then
  sleep 30
  reboot
fi
lpmos_progress install_start 40 {{ "The installer of " + os.name + " has begun" | quote.shell }}
if ! lpmos_scripts pre; then
  sleep 30
  reboot
fi
lpmos_follow /var/log/syslog installing 70
# This installer has no command for errors; what it logs of them tells.
(
  while sleep 5; do
    error=$(grep "main-menu\[[0-9]*\]: WARNING \*\*: Configuring '.*' failed with error code" /var/log/syslog | tail -n 1)
    # The mirror has gone on to a point release with another kernel.
    grep -q 'no packages matching running kernel' /var/log/syslog && error='The mirror has no modules for the kernel of this installer: fetch its kernel and initrd anew (lpmosctl assets add)'
    [ -z "$error" ] || { lpmos_fail installer_failed "$error" /var/log/syslog; break; }
  done
) > /dev/null 2>&1 < /dev/null &
