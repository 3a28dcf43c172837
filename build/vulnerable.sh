#!/bin/bash
# Known vulnerabilities of the packages in the lock files, those of packages of packages too, as the package sources tell them. Not 0 where there are any.
# A source that knows nothing of vulnerabilities is told apart from one that knows of none.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
found=0
restored=$(dotnet restore LpmOs.sln --nologo -v q --force 2>&1) || { echo "$restored"; exit 1; }
told=$(dotnet list LpmOs.sln package --vulnerable --include-transitive 2>&1) || { echo "$told"; exit 1; }
if grep -qE '^ +> ' <<< "$told"; then
  echo "$told"
  found=1
elif grep -qE 'NU1900|NU1905' <<< "$restored$told"; then
  echo "NuGet: the package source does not tell of vulnerabilities."
else
  echo "NuGet: none is known in $(git ls-files '*packages.lock.json' | wc -l) projects."
fi
for folder in web openapi; do
  told=$(cd "$folder" && npm audit --omit=dev --json 2> /dev/null)
  total=$(jq -r '.metadata.vulnerabilities.total // empty' <<< "$told" 2> /dev/null)
  case $total in
    '') echo "npm ($folder): the package source does not tell of vulnerabilities." ;;
    0) echo "npm ($folder): none is known." ;;
    *) jq -r '.vulnerabilities[] | "\(.severity): \(.name) \(.range)"' <<< "$told"; found=1 ;;
  esac
done
exit "$found"
