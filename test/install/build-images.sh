#!/usr/bin/env bash
# Builds the image and that of the example, without an engine and without a registry of images: by buildah, on a base
# that debootstrap makes. Run as root: build-images.sh STORE, a folder that keeps base and layers for the next time.
# build-images.sh STORE bare: only what the images are built on, a base, and a base with Node and npm.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
store="$1"
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
buildah() { command buildah --root "$store/storage" --runroot "$store/run" "$@"; }
has() { buildah inspect --type image "$1" > /dev/null 2>&1; }

if ! has localhost/keys-base; then
  rm -rf "$store/base"
  debootstrap --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$store/base"
  rm -rf "$store"/base/var/cache/apt/archives/* "$store"/base/var/lib/apt/lists/*
  container="$(buildah from scratch)"
  buildah add --quiet "$container" "$store/base" /
  buildah commit --quiet --rm "$container" localhost/keys-base
  rm -rf "$store/base"
fi

# What the official image of Node has: Node and npm.
if ! has localhost/keys-build; then
  container="$(buildah from localhost/keys-base)"
  buildah copy --quiet "$container" "$ROOT/node_modules/node/bin/node" /usr/local/bin/node
  buildah copy --quiet "$container" "$(dirname "$(dirname "$(realpath "$(command -v npm)")")")" /usr/local/lib/node_modules/npm
  buildah run "$container" -- ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
  # Where a proxy of the company re-encrypts what comes from the registry.
  if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
    buildah copy --quiet "$container" "$NODE_EXTRA_CA_CERTS" /usr/local/share/extra-ca.pem
    buildah config --env NODE_EXTRA_CA_CERTS=/usr/local/share/extra-ca.pem "$container"
  fi
  buildah commit --quiet --rm "$container" localhost/keys-build
fi
[ "${2-}" != bare ] || exit 0

build() {
  # HEALTHCHECK is not part of the OCI format.
  buildah build --format docker --layers "$@" \
    --build-arg BUILD_IMAGE=localhost/keys-build --build-arg BASE_IMAGE=localhost/keys-base "$ROOT"
}
build --tag localhost/pictify-keys
build --tag localhost/pictify-keys-render-example --target render-example
# The base's own distribution has this version. Another one would come from servers that not every machine reaches.
major="$(apt-cache show postgresql-client | sed -n 's/^Depends: postgresql-client-\([0-9]*\).*/\1/p' | head -n 1)"
build --tag localhost/pictify-keys-backups --target backups --build-arg "POSTGRES_MAJOR=$major"
