#!/bin/bash
# The end-to-end cases, all or those of CASE (for example CASE=b).
cd "$(dirname "$0")/.."
rm -rf data/e2e
if [ -n "${CASE:-}" ]; then filter="case=$CASE"; else filter="case=a|case=b|case=c|case=d|case=e|case=f|case=g|case=h"; fi
case ${CASE:-g} in g) export ARM64=1 ;; esac
# The real installer of Debian, as files alone.
case ${CASE:-h} in h) (. boot/packages.sh && unpack_package debian-installer-12-netboot-amd64 > /dev/null) || exit 1 ;; esac
ONLY=e2e FILTER=$filter exec build/test.sh
