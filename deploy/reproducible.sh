#!/usr/bin/env bash
# Builds everything that is shipped, and packs the tool, in two folders of different names and lengths; compares assemblies and packages byte by byte.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copies=("$work/one" "$work/another/folder")
for copy in "${copies[@]}"; do
  mkdir -p "$copy"
  git ls-files -z -- src deploy/native '*.props' '*.targets' global.json .editorconfig | tar --null -T - -c | tar -x -C "$copy"
  (cd "$copy" && dotnet pack src/Cli -c Release -v q -o packages -p:ContinuousIntegrationBuild=true -p:RestoreLockedMode=true)
done
status=0
for file in $(cd "${copies[0]}" && find src/Cli/bin/Release/net10.0 -maxdepth 1 -name 'Ssl.*.dll' -o -maxdepth 1 -name ssl.dll | sort) packages/ssl-speech.*.nupkg; do
  file=${file#"${copies[0]}/"}
  cmp "${copies[0]}/$file" "${copies[1]}/$file" && echo "$(basename "$file") $(sha256sum <"${copies[0]}/$file" | cut -c1-64)" || status=1
done
exit "$status"
