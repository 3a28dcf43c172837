#!/bin/bash
# Every unit test, then the end-to-end cases of the FILTER (default: a and b). From a fresh clone: packages and images first.
# Ends with "N passed, N failed"; fails too when a project ran no test.
set -uo pipefail
cd "$(dirname "$0")/.."
filter=${FILTER-"case=a|case=b"}
only=${ONLY:-}
build/install-prerequisites.sh || exit 1
PAGE_REQUIRED=1 build/page.sh || exit 1
dotnet build LpmOs.sln --nologo -v q || exit 1
if [ -n "$filter" ]; then
  boot/build-boot-image.sh || exit 1
  boot/build-sample-image.sh || exit 1
fi

passed=0 failed=0
log=$(mktemp) failures=$(mktemp)
trap 'rm -f "$log" "$failures"' EXIT
# run PROJECT [ARGUMENTS]: adds up the summary that dotnet test ends with, and keeps what failed for the end of the output.
run() {
  local project=$1 bad good
  shift
  echo "== $(basename "$project")"
  dotnet test "$project" --no-build --nologo "$@" 2>&1 | tee "$log"
  local code=${PIPESTATUS[0]}
  good=$(grep -oE 'Passed: +[0-9]+|^ +Passed: +[0-9]+' "$log" | tail -1 | grep -oE '[0-9]+')
  bad=$(grep -oE 'Failed: +[0-9]+' "$log" | tail -1 | grep -oE '[0-9]+')
  grep -E -A 25 '^ +Failed |\[FAIL\]' "$log" | head -n 120 | cut -c 1-400 >> "$failures"
  passed=$((passed + ${good:-0}))
  failed=$((failed + ${bad:-0}))
  if [ "$code" != 0 ] && [ "${bad:-0}" = 0 ]; then
    echo "$(basename "$project") ended with code $code"
    failed=$((failed + 1))
  elif [ "${good:-0}" = 0 ] && [ "${bad:-0}" = 0 ]; then
    echo "$(basename "$project") ran no test"
    failed=$((failed + 1))
  fi
}
if [ "$only" != e2e ]; then
  for project in tests/*.Tests; do run "$project"; done
fi
if [ -n "$filter" ]; then
  run tests/LpmOs.EndToEnd --filter "$filter" --logger "console;verbosity=detailed"
  cat data/e2e/*/summary.txt 2> /dev/null
fi
if [ -s "$failures" ]; then
  echo "== What failed"
  cat "$failures"
  grep -oE '^ +Failed [^ ]+|[^ ]+ \[FAIL\]' "$failures" | sort -u
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
