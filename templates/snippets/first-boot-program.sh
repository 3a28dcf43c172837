#!/bin/sh
# Calls home once, with the one-time token that the installation left; then removes the token and its unit.
set -u
umask 077
folder=/etc/lpmos/first-boot
[ -f "$folder/report" ] || exit 0
url=$(cat "$folder/url")
body=/run/lpmos-first-boot.json
trap 'rm -f "$body"' EXIT
pause=1
while :; do
  printf '%s,"machine_id":"%s","kernel":"%s"}' "$(cat "$folder/report")" "$(tr -dc 0-9a-f < /etc/machine-id)" "$(uname -r | tr -dc 'A-Za-z0-9._+~-')" > "$body"
  if command -v curl > /dev/null 2>&1; then
    curl -fsS -m 20 -o /dev/null -H 'Content-Type: application/json' --data-binary "@$body" "$url" && break
  elif command -v wget > /dev/null 2>&1; then
    wget -q -T 20 -O /dev/null --header='Content-Type: application/json' --post-file="$body" "$url" && break
  else
    python3 -c 'import sys, urllib.request; urllib.request.urlopen(urllib.request.Request(sys.argv[1], open(sys.argv[2], "rb").read(), {"Content-Type": "application/json"}), timeout=20)' "$url" "$body" && break
  fi
  sleep "$pause"
  [ "$pause" -ge 60 ] || pause=$((pause * 2))
done
echo 'LpmOs was told that this system is installed'
rm -rf "$folder"
systemctl --no-reload disable lpmos-firstboot.service
