#!/usr/bin/env bash
# Installs the system packages that ssl needs (Debian, Ubuntu). Usage: deploy/setup.sh [run|test]
#   run   what the services and the demonstration need
#   test  the same, and what the tests start: a Java for Kafka, a Prometheus, ffmpeg
# Says what it could not install, and fails only where the services cannot work without it.
set -euo pipefail

profile=${1:-run}
needed=(libsndfile1 libsoxr0)
wanted=(asterisk-core-sounds-en-wav asterisk-core-sounds-en)
[ "$profile" = test ] && wanted+=(openjdk-17-jre-headless prometheus ffmpeg curl)

have() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }
# Any Java from 17 on will do; a release of the system may carry another number than the one named above.
satisfied() {
  case $1 in
    openjdk-17-jre-headless) command -v java >/dev/null ;;
    ffmpeg | curl | prometheus) command -v "$1" >/dev/null ;;
    *) have "$1" ;;
  esac
}
missing() { local p; for p in "$@"; do satisfied "$p" || printf '%s\n' "$p"; done; }

if ! command -v dotnet >/dev/null; then
  echo "setup: no dotnet on the PATH. Install the .NET 10 SDK first: package dotnet-sdk-10.0, or https://dotnet.microsoft.com/download" >&2
  exit 1
fi
if ! dotnet --list-sdks | grep -q '^10\.'; then
  echo "setup: the .NET 10 SDK is needed; found: $(dotnet --list-sdks | tr '\n' ' ')" >&2
  exit 1
fi

mapfile -t todo < <(missing "${needed[@]}" "${wanted[@]}")
if [ ${#todo[@]} -gt 0 ]; then
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then as_root=(sudo); else as_root=(false); fi
  fi
  if ! command -v apt-get >/dev/null || [ "${as_root[0]:-}" = false ]; then
    echo "setup: cannot install as $(id -un) (no root, no sudo, or no apt-get). Ask an administrator for: ${todo[*]}" >&2
  else
    echo "setup: installing ${todo[*]}"
    ${as_root[@]+"${as_root[@]}"} apt-get update -qq || echo "setup: the package lists could not be refreshed; trying with those at hand" >&2
    for package in "${todo[@]}"; do
      [ "$package" = openjdk-17-jre-headless ] && ! apt-cache show "$package" >/dev/null 2>&1 && package=default-jre-headless
      ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
        echo "setup: $package could not be installed" >&2
    done
  fi
fi

mapfile -t without < <(missing "${wanted[@]}")
[ ${#without[@]} -eq 0 ] || echo "setup: not there: ${without[*]} (the demonstration or some tests do without, or are skipped and say so)" >&2
mapfile -t lacking < <(missing "${needed[@]}")
if [ ${#lacking[@]} -gt 0 ]; then
  echo "setup: ssl cannot decode audio without: ${lacking[*]}" >&2
  exit 1
fi
echo "setup: done ($profile)"
