#!/bin/bash
# The programs of openapi/package.json: they check the OpenAPI documents and generate clients from them. Quick when they are there.
set -euo pipefail
cd "$(dirname "$0")/../openapi"
command -v npm > /dev/null || { echo "node 20 or later with npm is needed for the OpenAPI documents and clients: https://nodejs.org" >&2; exit 1; }
stamp=node_modules/.lock.sha256
cat package.json package-lock.json | sha256sum > /tmp/lpmos-lock.$$
trap 'rm -f /tmp/lpmos-lock.$$' EXIT
cmp -s /tmp/lpmos-lock.$$ $stamp && exit
# None of them needs a script of its own to be installed.
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
cp /tmp/lpmos-lock.$$ $stamp
