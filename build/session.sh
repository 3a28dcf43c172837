# Sourced by what measures, with its name: `run COMMAND…` runs in a session of its own, and $work is the one folder for files. Asked to end or interrupted, what was started is ended
# and removed; what else is to go is in the caller's own function `remove`.
# shellcheck shell=bash
session='' work=''
remove() { :; }
# signal NAME: to all that was started here. Not everything stays in its session: timeout(1) makes a group of its own, a browser a session; but all have our folder in their environment.
# Fails where nothing is left. 0 only looks.
signal() {
  local code=1 one
  if [ -n "$session" ]; then
    # The process itself too: right after the start there is no session of that name yet.
    for one in "-$session" "$session"; do ! kill "-$1" -- "$one" 2> /dev/null || code=0; done
  fi
  # The one that looks must not find itself.
  while IFS=/ read -r _ _ one _; do ! kill "-$1" "$one" 2> /dev/null || code=0; done < <(TMPDIR='' grep -lzxsF "TMPDIR=$work" /proc/[0-9]*/environ)
  return $code
}
end_session() {
  if [ -n "$work" ] && signal TERM; then
    for _ in $(seq 200); do signal 0 || break; sleep 0.1; done
    signal KILL || true
  fi
  [ -z "$session" ] || wait "$session" 2> /dev/null || true
  session=''
}
finish() {
  trap '' INT TERM HUP
  end_session
  remove
  [ -z "$work" ] || rm -rf "$work"
}
trap finish EXIT
# shellcheck disable=SC2064
trap "echo '$1: interrupted; what was started is being ended and removed' >&2; exit 130" INT TERM HUP
work=$(mktemp -d "${TMPDIR:-/tmp}/lpmos-$1.XXXXXX") || { echo "$1: no folder for temporary files can be made in ${TMPDIR:-/tmp}: is it full?" >&2; exit 1; }
# Nothing of a build stays behind either.
export TMPDIR=$work MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
run() {
  local code=0
  setsid "$@" &
  session=$!
  wait "$session" || code=$?
  # Whatever it left.
  end_session
  return $code
}
