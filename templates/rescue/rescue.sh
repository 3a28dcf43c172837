#!/bin/sh
{{- include 'snippets/settings.txt' }}
# LpmOs: fetched and run by the rescue system (lpmos.rescue= on its command line). It stays in memory; no disk is written.
{{ include 'snippets/lpmos.sh' -}}
{{ include 'snippets/users.sh' -}}
if lpmos_start; then
  lpmos_progress finalizing 90 'The rescue system is up'
  # Our own boot image has neither accounts nor a way to log in over the network: there the consoles have shells.
  ! command -v useradd > /dev/null 2>&1 || lpmos_users
  lpmos_end
  lpmos_tries=0
  until lpmos_answer=$(lpmos_post installed {{ '{"sn":' + (machine.serial | quote.json) + ',"task_id":' + (task.id | quote.json) + ',"token":' + (installed_token | quote.json) + ',"hostname":' + (hostname | quote.json) + '}' | quote.shell }}) && case $lpmos_answer in *'"status":4'* | *'"status":5'*) false ;; *) true ;; esac; do
    lpmos_tries=$((lpmos_tries + 1))
    [ "$lpmos_tries" -lt 40 ] || break
    sleep 15
  done
fi
