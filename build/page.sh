#!/bin/bash
# page.sh: builds the operators' page into web/dist, where the tasks service finds it. Quick when nothing of it changed.
# Without Node.js it says so and ends well: services and API work without the page.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v npm > /dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] ||
  { echo "page: Node.js 20 or later with npm is needed for the operators' page (https://nodejs.org); going on without it" >&2; exit "${PAGE_REQUIRED:-0}"; }
key=$(find web openapi/typescript/tasks.ts docs/*.md boot/README.md README*.md -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
[ "$(cat web/dist/.built-from 2> /dev/null)" != "$key" ] || exit 0
lock=$(sha256sum < web/package-lock.json | cut -d' ' -f1)
if [ "$(cat web/node_modules/.lock 2> /dev/null)" != "$lock" ]; then
  # None of the packages needs a script of its own to be installed.
  npm --prefix web ci --ignore-scripts --no-audit --no-fund --loglevel=error ||
    { echo "page: its packages could not be fetched (see above); going on without the page" >&2; exit "${PAGE_REQUIRED:-0}"; }
  echo "$lock" > web/node_modules/.lock
fi
npm --prefix web run build --loglevel=error
echo "$key" > web/dist/.built-from
