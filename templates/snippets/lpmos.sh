# LpmOs: how this installer reports. POSIX sh, with what the installer has of curl, wget and python3.
lpmos_url={{ regional_url + "/api/v1/" | quote.shell }}
lpmos_token={{ token | quote.shell }}
lpmos_who={{ '"sn":' + (machine.serial | quote.json) + ',"task_id":' + (task.id | quote.json) + ',"attempt":' + task.attempt | quote.shell }}
lpmos_body=/tmp/lpmos-body.$$
{{ if ca_pem -}}
# The site's own authorities: https is trusted by them and by no others; what cannot check them makes no call.
lpmos_ca=/tmp/lpmos-ca.$$
mkdir -p "$lpmos_ca.none"
printf '%b' {{ ca_pem | string.replace "\n" "\\n" | quote.shell }} > "$lpmos_ca"
{{ else -}}
lpmos_ca=
{{ end -}}

# lpmos_file NAME: a program as a file of the path; a shell of busybox would take its own of that name, whose wget cannot post.
lpmos_file() { (IFS=:; for lpmos_folder in $PATH; do [ ! -x "$lpmos_folder/$1" ] || { echo "$lpmos_folder/$1"; break; }; done); }

# lpmos_checks: whether this wget checks whom it speaks to by https; that of busybox does not.
lpmos_checks() { case $lpmos_url in https:*) "$lpmos_wget" --help 2>&1 | grep -e --ca-certificate > /dev/null ;; esac; }

# lpmos_post PATH BODY: the answer on standard output; not 0 where there is none.
lpmos_post() {
  (umask 077; printf '%s' "$2" > "$lpmos_body")
  if command -v curl > /dev/null 2>&1; then
    curl -sS -m 30 ${lpmos_ca:+--cacert "$lpmos_ca" --capath "$lpmos_ca.none"} -H "Authorization: Bearer $lpmos_token" -H 'Content-Type: application/json' --data-binary "@$lpmos_body" "$lpmos_url$1"
  elif lpmos_wget=$(lpmos_file wget) && [ -n "$lpmos_wget" ] && "$lpmos_wget" --help 2>&1 | grep post-file > /dev/null && lpmos_checks; then
    # That of busybox may be built without a time limit.
    lpmos_limit=$("$lpmos_wget" --help 2>&1 | grep -e '-T[, ]' > /dev/null && echo '-T 30')
    # The built-in places of OpenSSL are tried beside the file that is named, unless the environment names others.
    # shellcheck disable=SC2086
    ([ -z "$lpmos_ca" ] || export SSL_CERT_FILE="$lpmos_ca" SSL_CERT_DIR="$lpmos_ca.none"; "$lpmos_wget" -q $lpmos_limit ${lpmos_ca:+--ca-certificate="$lpmos_ca" --ca-directory="$lpmos_ca.none"} -O - --header="Authorization: Bearer $lpmos_token" --header='Content-Type: application/json' --post-file="$lpmos_body" "$lpmos_url$1")
  else
    LPMOS_TOKEN=$lpmos_token LPMOS_CA=$lpmos_ca python3 -c 'import os, sys, urllib.request
trust = None
if sys.argv[1].startswith("https:"):
    import ssl
    trust = ssl.create_default_context(cafile=os.environ["LPMOS_CA"] or None)
request = urllib.request.Request(sys.argv[1], open(sys.argv[2], "rb").read(), {"Authorization": "Bearer " + os.environ["LPMOS_TOKEN"], "Content-Type": "application/json"})
print(urllib.request.urlopen(request, timeout=30, context=trust).read().decode())' "$lpmos_url$1" "$lpmos_body"
  fi
}

# lpmos_text TEXT: printable ASCII that stands in a JSON string as it is.
lpmos_text() { printf '%s' "$1" | tr -cd ' !#-[]-~' | cut -c 1-500; }

# lpmos_progress STEP PERCENT MESSAGE: told once; nothing waits for it.
lpmos_progress() { lpmos_post progress "{$lpmos_who,\"step\":\"$1\",\"percent\":$2,\"message\":\"$(lpmos_text "$3")\"}" > /dev/null 2>&1 || true; }

# lpmos_lines: log lines from standard input, at most 200.
lpmos_lines() {
  lpmos_batch=$(tail -n 200 | tr -cd ' !#-[]-~\n' | cut -c 1-1000 | sed 's/.*/"&"/' | tr '\n' ',' | sed 's/,$//')
  [ -z "$lpmos_batch" ] || lpmos_post logs "{$lpmos_who,\"lines\":[$lpmos_batch]}" > /dev/null 2>&1 || true
}

# lpmos_start: waits until the installation may begin; not 0 where it may not.
lpmos_start() {
  lpmos_silent=0
  while [ "$lpmos_silent" -lt 60 ]; do
    lpmos_answer=$(lpmos_post operations/next "{$lpmos_who}" 2> /dev/null) || lpmos_answer=
    case $lpmos_answer in
      *'"operation":"os_install"'*) return 0 ;;
      *'"operation":"wait"'*) lpmos_silent=0 ;;
      *'"operation":'* | *'"status":4'*) echo "LpmOs: this machine is not to be installed now"; return 1 ;;
      *) lpmos_silent=$((lpmos_silent + 1)) ;;
    esac
    echo 'LpmOs: waiting until the installation may begin'
    sleep 10
  done
  return 1
}

# lpmos_said JSON: the end of the operation, told until it is heard.
lpmos_said() {
  for lpmos_pause in 1 2 4 8 15 30 30 30 30 30 0; do
    lpmos_answer=$(lpmos_post operations/next "{$lpmos_who,\"completed\":{$1}}" 2> /dev/null) && case $lpmos_answer in *'"operation":'*) return 0 ;; esac
    sleep "$lpmos_pause"
  done
  return 1
}

# lpmos_end: the system is on the disk; the machine is to boot it.
lpmos_end() {
  lpmos_said '"operation":"os_install","success":true,"message":"The installer has ended"'
  lpmos_said '"operation":"reboot","success":true,"message":"Restarting into the new system"'
}

# lpmos_fail CODE MESSAGE [LOG]: the installation has failed, and why.
lpmos_fail() {
  [ ! -r "${3:-}" ] || lpmos_lines < "$3"
  echo "LpmOs: failed: $2"
  lpmos_said "\"operation\":\"os_install\",\"success\":false,\"code\":\"$1\",\"message\":\"$(lpmos_text "$2")\""
}

# lpmos_follow LOG STEP PERCENT: sends what is added to the log, in the background, until the installer's system ends.
lpmos_follow() {
  (
    lpmos_body=/tmp/lpmos-follow.$$
    lpmos_seen=0
    while :; do
      sleep 5
      lpmos_all=$(wc -l < "$1" 2> /dev/null) || continue
      [ "$lpmos_all" -gt "$lpmos_seen" ] || continue
      sed -n "$((lpmos_seen + 1)),${lpmos_all}p" "$1" | lpmos_lines
      lpmos_progress "$2" "$3" "$(tail -n 1 "$1")"
      lpmos_seen=$lpmos_all
    done
  ) > /dev/null 2>&1 < /dev/null &
}
