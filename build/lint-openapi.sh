#!/bin/bash
# Spectral over the committed documents; a warning counts as an error.
set -euo pipefail
cd "$(dirname "$0")/.."
build/node-tools.sh
cd openapi
npm_config_loglevel=error node_modules/.bin/spectral lint --fail-severity=warn --ruleset .spectral.yaml tasks.json regional.json boot.json
