#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds local stand-ins for the public images of docker-compose.yml, for a machine that reaches Maven Central and
# Debian's packages but no image registry. Needs a running Docker engine and, as root, mmdebstrap.
#
#   ci/images.sh              builds what is missing and prints the variables that name the images, as NAME=image lines
#
# An image's tag is a checksum of what it is made from, so that a second run with nothing changed does nothing.
# Progress goes to standard error.
set -euo pipefail
cd "$(dirname "$0")/.."

suite=bookworm
packages=openjdk-17-jre-headless,ca-certificates,curl
work=target/ci-images

say() { printf 'ci/images: %s\n' "$*" >&2; }

checksum() { sha256sum | cut -c1-12; }

exists() { docker image inspect "$1" > /dev/null 2>&1; }

# The root of the pom tree holds the versions, so it counts as part of every image.
content() { (find "$1" -path '*/target' -prune -o -type f -print0 | sort -z | xargs -0 sha256sum; sha256sum pom.xml) | checksum; }

build_base() {
  exists "$1" && return
  say "base image $1: $suite with $packages"
  mmdebstrap --quiet --variant=minbase --include="$packages" "$suite" |
    docker import --change 'ENV LANG=C.UTF-8' --change 'CMD ["bash"]' - "$1" > /dev/null
}

build() {
  local name=$1 image=$2 base=$3 context="$work/$1"
  exists "$image" && return
  say "image $image"
  rm -rf "$context"
  mkdir -p "$context/lib"
  find "ci/images/$name" -maxdepth 1 -type f -exec cp {} "$context/" \;
  ./mvnw -q -B -Dquick -f "ci/images/$name/pom.xml" package dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$PWD/$context/lib" >&2
  find "ci/images/$name/target" -maxdepth 1 -name '*.jar' -exec cp {} "$context/lib/" \; 2> /dev/null || true
  docker build --quiet --build-arg "BASE_IMAGE=$base" --tag "$image" "$context" >&2
}

base="dolake-ci/jre:$(printf '%s %s' "$suite" "$packages" | checksum)"
build_base "$base"
echo "BASE_IMAGE=$base"
for name in broker object-store rest-catalog; do
  image="dolake-ci/$name:$( (echo "$base"; content "ci/images/$name") | checksum)"
  build "$name" "$image" "$base"
  variable=${name//-/_}
  echo "${variable^^}_IMAGE=$image"
done
