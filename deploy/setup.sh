#!/usr/bin/env bash
# Installs the system packages that ssl needs (Debian, Ubuntu). Usage: deploy/setup.sh [run|test]
#   run   what the services and the demonstration need
#   test  the same, and what the tests start: a Java for Kafka, a Prometheus, a Chromium; and the model of Silero VAD, which a
#         benchmark compares with
# Says what it could not install, and fails only where the services cannot work without it.
set -euo pipefail

profile=${1:-run}
needed=(libsndfile1 libsoxr0 libicu)
wanted=(ffmpeg asterisk-core-sounds-en-wav asterisk-core-sounds-en)
[ "$profile" = test ] && wanted+=(openjdk-17-jre-headless prometheus curl chromium)

have() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }
# Any Java from 17 on will do; a release of the system may carry another number than the one named above.
satisfied() {
  case $1 in
    openjdk-17-jre-headless) command -v java >/dev/null ;;
    libicu) compgen -G '/usr/lib*/libicuuc.so.*' >/dev/null || compgen -G '/usr/lib/*/libicuuc.so.*' >/dev/null ;;
    ffmpeg | curl | prometheus | chromium) command -v "$1" >/dev/null ;;
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
    ${as_root[@]+"${as_root[@]}"} apt-get update -qq ||
      echo "setup: the package lists could not be refreshed; trying with those at hand" >&2
    for package in "${todo[@]}"; do
      [ "$package" = openjdk-17-jre-headless ] && ! apt-cache show "$package" >/dev/null 2>&1 && package=default-jre-headless
      # ICU's package has its version in its name
      [ "$package" = libicu ] && package=$(apt-cache search --names-only '^libicu[0-9]+$' | sort -V | tail -n 1 | cut -d' ' -f1)
      ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
        echo "setup: $package could not be installed" >&2
    done
  fi
fi

# Into a folder that git ignores; the registry is npm's own setting.
fetch_silero() {
  local package=@ricky0123/vad-web@0.0.31 file=package/dist/silero_vad_v5.onnx
  local sha256=2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f
  local model scratch
  model=$(dirname "$0")/../artifacts/silero_vad_v5.onnx
  is_right() { echo "$sha256  $1" | sha256sum --check --status 2>/dev/null; }
  is_right "$model" && return
  scratch=$(mktemp -d)
  if (cd "$scratch" && timeout 120 npm pack --silent "$package" >/dev/null && tar xzf ./*.tgz "$file") 2>/dev/null &&
    is_right "$scratch/$file"; then
    mkdir -p "$(dirname "$model")" && mv "$scratch/$file" "$model"
  else
    echo "setup: the model of Silero VAD could not be fetched (npm pack $package), or is not the one expected;" \
      "make bench ARGS=vad goes without it" >&2
  fi
  rm -rf "$scratch"
}
[ "$profile" != test ] || fetch_silero

mapfile -t without < <(missing "${wanted[@]}")
[ ${#without[@]} -eq 0 ] || echo "setup: not there: ${without[*]}" \
  "(without ffmpeg MP4, WebM, AAC and the like are refused; the demonstration or some tests do without the rest)" >&2
mapfile -t lacking < <(missing "${needed[@]}")
if [ ${#lacking[@]} -gt 0 ]; then
  echo "setup: ssl does not work without: ${lacking[*]}" >&2
  exit 1
fi
echo "setup: done ($profile)"
