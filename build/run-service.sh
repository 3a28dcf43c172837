#!/bin/bash
# run-service.sh NAME [ARGUMENTS]: one part of LpmOs in the foreground, built first. Settings come from LPMOS_* variables.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1
shift
folder=services
[ "$name" != Agent ] || folder=agent
dotnet build "$folder/LpmOs.$name" -c Release --nologo -v q
# The key outside the store, made once. A store elsewhere may have one already that other hosts know: there the file has to be named.
if [ "$name" != Agent ] && [ -z "${LPMOS_Store__KeyFile+set}${LPMOS_Store__KeyCommand+set}" ]; then
  case ${LPMOS_Store__Etcd__Endpoints:-http://127.0.0.1:2379} in
    http://127.0.0.1:* | http://localhost:* | https://127.0.0.1:* | https://localhost:*)
      packaging/store-key.sh data/store.key
      export LPMOS_Store__KeyFile=data/store.key ;;
  esac
fi
# Younger objects may gather to 16 MB before they are cleared away. The slowest boot scripts wait for those pauses: with 64 MB they are 16 ms long (99th percentile of
# 5,000 scripts a second on a busy machine 18 ms), with 16 MB 5 ms (7 ms), with 2 MB 1.6 ms but eight times as many (7 ms). .NET takes it from the environment alone.
export DOTNET_GCgen0size=${DOTNET_GCgen0size:-0x1000000}
exec dotnet "$folder/LpmOs.$name/bin/Release/net10.0/LpmOs.$name.dll" "$@"
