#!/bin/bash
# run-service.sh NAME [ARGUMENTS]: one part of LpmOs in the foreground, built first. Settings come from LPMOS_* variables.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1
shift
folder=services
[ "$name" != Agent ] || folder=agent
dotnet build "$folder/LpmOs.$name" -c Release --nologo -v q
# Younger objects may gather to 64 MB before they are cleared away: a third of the pauses, which are what the slowest boot scripts wait for. .NET takes it from the
# environment alone.
export DOTNET_GCgen0size=${DOTNET_GCgen0size:-0x4000000}
exec dotnet "$folder/LpmOs.$name/bin/Release/net10.0/LpmOs.$name.dll" "$@"
