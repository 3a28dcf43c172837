#!/bin/bash
# Writes openapi/{tasks,regional,boot}.json and docs/roles.md again from the services, and what is generated from them; `make test` fails where they differ from what is committed.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build openapi/LpmOs.OpenApi --nologo -v q
dotnet openapi/LpmOs.OpenApi/bin/Debug/net10.0/LpmOs.OpenApi.dll openapi templates docs
build/clients.sh
build/lint-openapi.sh
# The client is used: what changed may need a change there.
dotnet build cli/LpmOs.Cli --nologo -v q
git status --short openapi cli/LpmOs.Cli/Client docs/roles.md
