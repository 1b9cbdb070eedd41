#!/usr/bin/env bash
# Builds Ingest, and what it is built of, in two folders of different names and lengths, and compares the assemblies byte by byte.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for copy in one another/folder; do
  mkdir -p "$work/$copy"
  git ls-files -z -- src deploy/native '*.props' '*.targets' global.json .editorconfig | tar --null -T - -c | tar -x -C "$work/$copy"
  (cd "$work/$copy" && dotnet build src/Ingest -c Release -v q -p:ContinuousIntegrationBuild=true -p:RestoreLockedMode=true)
done
status=0
for file in Ssl.Ingest Ssl.Shared.Foundation; do
  first=$work/one/src/Ingest/bin/Release/net10.0/$file.dll
  cmp "$first" "$work/another/folder/src/Ingest/bin/Release/net10.0/$file.dll" && echo "$file.dll $(sha256sum <"$first" | cut -c1-64)" || status=1
done
exit "$status"
