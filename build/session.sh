# Sourced by what measures, with its name: `run COMMAND…` runs in a session of its own, and $work is the one folder for files. Asked to end or interrupted, what was started is ended
# and removed; what else is to go is in the caller's own function `remove`.
# shellcheck shell=bash
work=$(mktemp -d "${TMPDIR:-/tmp}/lpmos-$1.XXXXXX") || { echo "$1: no folder for temporary files can be made in ${TMPDIR:-/tmp}: is it full?" >&2; exit 1; }
# Nothing of a build stays behind either.
export TMPDIR=$work MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
session=
remove() { :; }
end_session() {
  [ -n "$session" ] || return 0
  kill -TERM -- "-$session" 2> /dev/null || true
  for _ in $(seq 200); do kill -0 -- "-$session" 2> /dev/null || break; sleep 0.1; done
  kill -KILL -- "-$session" 2> /dev/null || true
  wait "$session" 2> /dev/null || true
  session=
}
finish() {
  trap '' INT TERM HUP
  end_session
  remove
  rm -rf "$work"
}
trap finish EXIT
# shellcheck disable=SC2064
trap "echo '$1: interrupted; what was started is being ended and removed' >&2; exit 130" INT TERM HUP
run() {
  local code=0
  setsid "$@" &
  session=$!
  wait "$session" || code=$?
  # Whatever it left.
  end_session
  return $code
}
