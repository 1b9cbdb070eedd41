#!/usr/bin/env bash
# Publishes the services with this machine's SDK and makes their images: ssl-ingest, ssl-learner, ssl-transcriber. Prints their sizes.
# Usage: deploy/images/build.sh [cpu | cuda LIBTORCH_FOLDER]
#   LIBTORCH_FOLDER  lib/ of a libtorch archive with CUDA, which has CUDA's own libraries in it
#   BUILDER   buildah (default where it is there), podman or docker
#   BASE      image to start from (debian:bookworm-slim)
#   FFMPEG=0  leaves ffmpeg out
#   TAG       latest
#   PULL      an option of the builder, such as --pull-never
set -euo pipefail
cd "$(dirname "$0")/../.."

backend=${1:-cpu}
libtorch=${2:-}
builder=${BUILDER:-$(command -v buildah podman docker | head -n 1 || true)}
base=${BASE:-debian:bookworm-slim}
tag=${TAG:-latest}
stage=artifacts/images
[ -n "$builder" ] || { echo "images: needs buildah, podman or docker" >&2; exit 1; }

case $backend in
  cpu)
    gpus=void
    packages=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')
    version=$(sed -n 's/.*"libtorch-cpu-linux-x64" Version="\([^"]*\)".*/\1/p' Directory.Packages.props)
    [ -d "$packages/libtorch-cpu-linux-x64/$version" ] || dotnet restore src/Learner --locked-mode
    libtorch=$packages/libtorch-cpu-linux-x64/$version/runtimes/linux-x64/native ;;
  cuda)
    gpus=all
    [ -e "$libtorch/libtorch_cuda.so" ] || { echo "images: no libtorch_cuda.so in '$libtorch'" >&2; exit 1; } ;;
  *) echo "images: $backend is neither cpu nor cuda" >&2; exit 2 ;;
esac
[ -e "$libtorch/libtorch.so" ] || { echo "images: no libtorch.so in '$libtorch'" >&2; exit 1; }

# The folder of libtorch is a layer of its own: the programs are published without it. Debian 12's libstdc++ needs the patch of ADR 2,
# whatever this machine has.
# The build has folders of its own (--artifacts-path): it restores other packages than the one for this machine.
for service in Ingest Learner Transcriber; do
  out=$stage/${service,,}
  rm -rf "$out"
  dotnet publish "src/$service" -c Release -r linux-x64 --self-contained -o "$out" --artifacts-path "$stage/dotnet" -v q \
    -p:TorchBackend=none -p:WeakenTorch=true -p:ContinuousIntegrationBuild=true \
    -p:NuGetLockFilePath=obj/packages.image.lock.json -p:DebugType=none
  rm -f "$out"/*.xml
  # other systems' builds of librdkafka
  find "$out" -name '*librdkafka*' ! -name 'librdkafka.so' ! -name 'centos8-librdkafka.so' -delete
done
rm -rf "$stage/libtorch"
mkdir -p "$stage/libtorch"
# without what only Python and libtorch's own tests load
find "$libtorch" -maxdepth 1 -name 'lib*.so*' ! -name 'libtorch_python.so' ! -name '*_test.so' \
  ! -name 'lib*_custom_ops.so' ! -name 'lib*backend*.so' \
  -exec cp -t "$stage/libtorch" {} +

options=(build --format docker) # buildah and podman: their own format has no health check
[[ $builder == *docker ]] && options=(build)
image() { # name, image it starts from, build context
  "$builder" "${options[@]}" ${PULL:-} -f "deploy/images/$1.Containerfile" -t "ssl-$1:$tag" \
    --build-arg BASE="$2" --build-arg FFMPEG="${FFMPEG:-1}" --build-arg GPUS="$gpus" "$3"
}
image base "$base" deploy/images
image torch "ssl-base:$tag" "$stage/libtorch"
image ingest "ssl-base:$tag" "$stage/ingest"
image learner "ssl-torch:$tag" "$stage/learner"
image transcriber "ssl-torch:$tag" "$stage/transcriber"
"$builder" images | grep -E "(^|/)ssl-(base|torch|ingest|learner|transcriber) +$tag " || true # the table of a builder may look otherwise
echo "images: ssl-ingest, ssl-learner, ssl-transcriber ($tag)"
