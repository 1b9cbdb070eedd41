#!/usr/bin/env bash
# Builds everything that is shipped, and packs the tool, in two folders of different names and lengths; compares assemblies and packages
# byte by byte.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
copies=("$work/one" "$work/another/folder")
for copy in "${copies[@]}"; do
  mkdir -p "$copy"
  git ls-files -z -- src deploy/native '*.props' '*.targets' global.json .editorconfig | tar --null -T - -c | tar -x -C "$copy"
  (cd "$copy" && dotnet pack src/Cli -c Release -v q -o packages -p:ContinuousIntegrationBuild=true -p:RestoreLockedMode=true)
done
status=0
cd "${copies[0]}"
for file in src/Cli/bin/Release/net10.0/{Ssl.*,ssl}.dll packages/*.nupkg; do
  cmp "$file" "${copies[1]}/$file" && echo "$(basename "$file") $(sha256sum <"$file" | cut -c1-64)" || status=1
done
exit "$status"
