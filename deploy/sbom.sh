#!/usr/bin/env bash
# Writes a bill of materials (CycloneDX, JSON) of each service and of the command into artifacts/sbom, from the restored packages.
set -euo pipefail
cd "$(dirname "$0")/.."

out=artifacts/sbom
version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)
rm -rf "$out"
mkdir -p "$out"
dotnet tool restore --verbosity quiet >/dev/null
for project in Ingest Learner Transcriber Cli; do
  dotnet restore "src/$project" --locked-mode -v q
  # packages alone, from the lock file that was just restored; nothing is asked of any other service
  dotnet tool run dotnet-CycloneDX "src/$project/$project.csproj" --output "$out" --filename "ssl-${project,,}.cdx.json" \
    --output-format Json --disable-package-restore --set-name "ssl-${project,,}" --set-version "$version" \
    --set-type Application --no-serial-number >/dev/null
done
ls -l "$out" | awk 'NR > 1 { print $5, $9 }'
