#!/usr/bin/env bash
# Runs every test project, one after the other (they share two cores), and ends with one line for all of them.
# Usage: deploy/test.sh [Release|Debug]
set -uo pipefail
cd "$(dirname "$0")/.."

configuration=${1:-Release}
results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
status=0
for project in tests/*.Tests tests/EndToEnd; do
  name=$(basename "$project")
  dotnet test "$project" -c "$configuration" --no-build --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=normal" \
    --results-directory "$results" --blame-hang-timeout 30m --blame-hang-dump-type none || status=1
done

count() { cat "$results"/*.trx 2>/dev/null | grep -o "<UnitTestResult [^>]*outcome=\"$1\"" | wc -l; }
passed=$(count Passed) failed=$(count Failed) skipped=$(count NotExecuted)
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1 # a project that crashed or hung reports no failed test of its own
[ "$passed" -gt 0 ] || status=1
cat "$results"/*.trx 2>/dev/null | grep -o "<UnitTestResult [^>]*outcome=\"Failed\"" |
  grep -o 'testName="[^"]*"' | sed 's/^testName=/failed: /'
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
