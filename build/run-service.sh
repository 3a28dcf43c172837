#!/bin/bash
# run-service.sh NAME [ARGUMENTS]: one part of LpmOs in the foreground, built first. Settings come from LPMOS_* variables.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1
shift
folder=services
[ "$name" != Agent ] || folder=agent
dotnet build "$folder/LpmOs.$name" -c Release --nologo -v q
exec dotnet "$folder/LpmOs.$name/bin/Release/net10.0/LpmOs.$name.dll" "$@"
