#!/bin/bash
# The end-to-end cases, all or those of CASE (for example CASE=b).
cd "$(dirname "$0")/.."
rm -rf data/e2e
if [ -n "${CASE:-}" ]; then filter="case=$CASE"; else filter="case=a|case=b|case=c|case=d|case=e|case=f|case=g"; fi
case ${CASE:-g} in g) export ARM64=1 ;; esac
ONLY=e2e FILTER=$filter exec build/test.sh
