#!/bin/bash
# The end-to-end cases in virtual machines, one after the other, or those of CASE (for example CASE="b f"). Prints one line a case: what it was, whether it passed,
# how long each phase took. A case that fails does not stop the others. An emulated guest stands still about once in a hundred starts: a case that failed only
# because nothing came from the machine any more is run once more, and its line says so.
set -uo pipefail
cd "$(dirname "$0")/.."
began=$SECONDS
known=$(grep -rhoE 'Trait\("case", "[a-z0-9]+"\)' tests/LpmOs.EndToEnd --include='*.cs' | grep -oE '"[a-z0-9]+"\)' | tr -d '")' | sort -u)
cases=${CASE:-$known}
for one in $cases; do
  grep -qx "$one" <<< "$known" || { echo "e2e: there is no case $one; there are: $(tr '\n' ' ' <<< "$known")" >&2; exit 2; }
done
wanted() { grep -qx "$1" <<< "$(tr -s ' ' '\n' <<< "$cases")"; }

if wanted g; then export ARM64=1; fi
build/install-prerequisites.sh || exit 1
# The real installer of Debian, as files alone.
if wanted h || wanted i; then (. boot/packages.sh && unpack_package debian-installer-12-netboot-amd64 > /dev/null) || exit 1; fi
build/page.sh || exit 1
dotnet build LpmOs.sln --nologo -v q || exit 1
boot/build-boot-image.sh || exit 1
boot/build-sample-image.sh || exit 1
rm -rf data/e2e
mkdir -p data/e2e/logs
. build/session.sh e2e
export LPMOS_E2E_PREFIX="lpmos$$-"
# The networks of a case that was interrupted.
remove() {
  local name
  for name in $(ip netns list | awk -v mine="$LPMOS_E2E_PREFIX" 'index($1, mine) == 1 { print $1 }'); do ip netns del "$name" || true; done
}

# try_case CASE LOG: the case alone; it has passed when a test ran and none failed.
try_case() {
  run dotnet test tests/LpmOs.EndToEnd --no-build --nologo --filter "case=$1" --logger "console;verbosity=detailed" > "$2" 2>&1 && grep -qE '^ +Passed: +[1-9]|Passed! ' "$2"
}
# hung LOG: every test that failed did so because a machine's console had fallen silent.
hung() {
  local failed silent
  failed=$(grep -cE '^ +Failed [A-Za-z0-9_.]+' "$1") silent=$(grep -cE 'System.TimeoutException ?: No line matched' "$1")
  [ "$failed" -gt 0 ] && [ "$silent" -ge "$failed" ]
}
passed=0 failed=0 repeated=0
for one in $cases; do
  start=$SECONDS log=data/e2e/logs/$one.log again="" state=passed
  if ! try_case "$one" "$log"; then
    if hung "$log"; then
      mv "$log" "data/e2e/logs/$one.first.log"
      again=" (second run: the machine had stood still)" repeated=$((repeated + 1))
      try_case "$one" "$log" || state=FAILED
    else
      state=FAILED
    fi
  fi
  summary=$(cat "data/e2e/$one"/summary.txt 2> /dev/null || echo "case $one: see $log")
  printf '%-6s %4d s  %s%s\n' "$state" $((SECONDS - start)) "${summary//$'\n'/; }" "$again"
  if [ $state = passed ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    grep -E -A 12 '^ +Failed |Error Message' "$log" | head -40 | cut -c 1-300 | sed 's/^/    /'
  fi
done
total=$((SECONDS - began))
printf '%d passed, %d failed, %d run twice; %d min %02d s in all\n' $passed $failed $repeated $((total / 60)) $((total % 60))
[ $failed = 0 ] && [ $passed -gt 0 ]
