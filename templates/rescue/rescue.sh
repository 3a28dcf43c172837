#!/bin/sh
{{- include 'snippets/settings.txt' }}
# LpmOs: fetched and run by the rescue system (lpmos.rescue= on its command line). It stays in memory; no disk is written.
{{ include 'snippets/lpmos.sh' -}}
{{ include 'snippets/users.sh' -}}
if lpmos_start; then
  lpmos_progress finalizing 90 'The rescue system is up'
  lpmos_users
  lpmos_end
  lpmos_post installed {{ '{"sn":' + (machine.serial | quote.json) + ',"task_id":' + (task.id | quote.json) + ',"token":' + (installed_token | quote.json) + ',"hostname":' + (hostname | quote.json) + '}' | quote.shell }}
fi
