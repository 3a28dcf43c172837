# Sourced by what measures, with its name: `run COMMAND…` runs in a session of its own, and $work is the one folder for files. Asked to end or interrupted, what was started is ended
# and removed; what else is to go is in the caller's own function `remove`.
# shellcheck shell=bash
session='' work=''
remove() { :; }
# The numbers of those in the session that have not ended; a zombie has, whether or not the system's first process reaps it (a container's may not).
members() { [ -z "$session" ] || { sed -n 's/^\([0-9]*\) .*) [^ZX] [0-9]* \([0-9]*\) .*/\1 \2/p' /proc/[0-9]*/stat 2> /dev/null || true; } | awk -v group="$session" '$2 == group { print $1 }'; }
# Also of those that left it: timeout(1) makes a group of its own, a browser a session; but all have our folder in their environment. The one that looks must not find itself.
started() {
  members
  { TMPDIR='' grep -lzxsF "TMPDIR=$work" /proc/[0-9]*/environ || true; } | cut -d/ -f3
}
signal() {
  local one within
  within=" $(members | tr '\n' ' ')"
  # All of the session at once, so that no child escapes between two looks; right after its start it is one process, and no session yet.
  [ -z "$session" ] || kill "-$1" -- "-$session" 2> /dev/null || kill "-$1" "$session" 2> /dev/null || true
  # Nobody is told twice: the second time would break off the cleaning up of the first.
  for one in $(started); do [[ $within == *" $one "* ]] || kill "-$1" "$one" 2> /dev/null || true; done
}
end_session() {
  [ -n "$work" ] || return 0
  signal TERM
  for _ in $(seq 200); do [ -n "$(started)" ] || break; sleep 0.1; done
  signal KILL
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
# A command's output may go elsewhere just then.
exec {said}>&2
# shellcheck disable=SC2064
trap "echo '$1: interrupted; what was started is being ended and removed' >&$said; exit 130" INT TERM HUP
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
