#!/bin/bash
# page-figures.sh METHOD: one of the page's explicit runs (figures, pictures), which no test run takes part in.
set -euo pipefail
cd "$(dirname "$0")/.."
for project in tests/LpmOs.Page.Tests services/LpmOs.Standalone agent/LpmOs.Agent; do dotnet build "$project" --nologo -v q; done
tests/LpmOs.Page.Tests/bin/Debug/net10.0/LpmOs.Page.Tests -explicit only -method "*.$1" -showliveoutput
