#!/bin/bash
# explicit.sh PROJECT CONFIGURATION METHOD: one of the runs that no test run takes part in; it has been built. What it says comes as it is said.
set -uo pipefail
cd "$(dirname "$0")/.."
"tests/LpmOs.$1.Tests/bin/$2/net10.0/LpmOs.$1.Tests" -explicit only -method "LpmOs.$1.Tests.$3" -showliveoutput | grep --line-buffered -vE '^.{0,8}xUnit|Discover(ing|ed):|Start(ing|ed):|Finished:|TEST EXECUTION SUMMARY|Errors: 0, Failed: 0|^.{0,8}$' | sed -u 's/.*\[OUTPUT\] //'
