#!/bin/bash
# Writes openapi/*.json again: the services' build does it. CI compares them with what is committed.
set -euo pipefail
cd "$(dirname "$0")/.."
for service in Tasks Regional Boot; do dotnet build "services/LpmOs.$service" --nologo -v q --no-incremental; done
git status --short openapi
