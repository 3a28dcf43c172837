#!/bin/bash
# Makes etcd's roles and users for LpmOs: lpmos-tasks, who may read and write everything below /os/, and for each IDC lpmos-IDC, for its regional and boot services,
# who may write the keys of that IDC alone, and read of what belongs to all only the key that signs machines' tokens and the shared templates.
#   [ETCDCTL_ENDPOINTS=… ETCDCTL_USER=root:… ETCDCTL_CACERT=…] packaging/etcd-roles.sh [--enable] IDC…
# Passwords of new users are printed, once: NAME PASSWORD. Users that are there keep theirs. --enable makes root too and turns authentication on.
# With client certificates (etcd's --client-cert-auth) a certificate whose CN is the user's name needs no password.
set -euo pipefail
export ETCDCTL_API=3
enable=
[ "${1:-}" != --enable ] || { enable=1; shift; }
[ $# -gt 0 ] || { sed -n '2,7s/^# *//p' "$0" >&2; exit 64; }
for idc in "$@"; do
  [[ $idc =~ ^[A-Za-z0-9_-]+$ && $idc != global ]] || { echo "IDC '$idc' is not allowed. Allowed: letters, digits, - and _; not global" >&2; exit 64; }
done

roles=$(etcdctl role list) users=$(etcdctl user list)
has() { grep -qxF -- "$2" <<< "$1"; }
# grant ROLE TYPE PREFIX: again does no harm.
grant() { etcdctl role grant-permission --prefix=true "$1" "$2" "$3" > /dev/null; }
role() { has "$roles" "$1" || etcdctl role add "$1" > /dev/null; }
user() {
  if ! has "$users" "$1"; then
    local password
    password=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
    # Past the command line, which every user of this host could read.
    etcdctl user add "$1" --interactive=false > /dev/null <<< "$password"
    echo "$1 $password"
  fi
  etcdctl user grant-role "$1" "$2" > /dev/null
}

role lpmos-tasks
grant lpmos-tasks readwrite /os/
user lpmos-tasks lpmos-tasks
for idc in "$@"; do
  role "lpmos-$idc"
  grant "lpmos-$idc" readwrite "/os/$idc/"
  grant "lpmos-$idc" read /os/global/secrets/
  grant "lpmos-$idc" read /os/global/templates/
  user "lpmos-$idc" "lpmos-$idc"
done
if [ -n "$enable" ]; then
  user root root
  etcdctl auth enable > /dev/null
fi
