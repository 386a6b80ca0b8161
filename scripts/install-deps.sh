#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that a group of tasks needs; does nothing where all are there.
#
#   scripts/install-deps.sh [--list] build|test|demo|format…
set -eu

build="meson ninja-build pkg-config gcc libc6-dev libglib2.0-dev libyaml-dev libfdt-dev libjansson-dev"
test="libcmocka-dev python3 device-tree-compiler"
demo="qemu-system-arm gcc-aarch64-linux-gnu"
format="clang-format"

list=no
if [ "${1:-}" = --list ]; then
    list=yes
    shift
fi
wanted=
for group in "$@"; do
    case $group in
    build) wanted="$wanted $build" ;;
    test) wanted="$wanted $build $test" ;;
    demo) wanted="$wanted $build $demo" ;;
    format) wanted="$wanted $format" ;;
    *)
        echo "install-deps: there is no group '$group' (build, test, demo, format)" >&2
        exit 2
        ;;
    esac
done
if [ $list = yes ]; then
    printf '%s\n' $wanted | sort -u
    exit 0
fi

# The program or pkg-config module that shows that a package's content is there, however it came.
present() {
    case $1 in
    ninja-build) command -v ninja ;;
    pkg-config) command -v pkg-config ;;
    libc6-dev) printf '#include <stdio.h>\n' | gcc -E -o /dev/null - ;;
    libglib2.0-dev) pkg-config --exists glib-2.0 ;;
    libyaml-dev) pkg-config --exists yaml-0.1 ;;
    libjansson-dev) pkg-config --exists jansson ;;
    libcmocka-dev) pkg-config --exists cmocka ;;
    libfdt-dev) printf '#include <libfdt.h>\n' | gcc -E -o /dev/null - ;;
    device-tree-compiler) command -v dtc ;;
    qemu-system-arm) command -v qemu-system-aarch64 ;;
    gcc-aarch64-linux-gnu) command -v aarch64-linux-gnu-gcc ;;
    *) command -v "$1" ;;
    esac >/dev/null 2>&1
}

missing=
for package in $(printf '%s\n' $wanted | sort -u); do
    present "$package" || missing="$missing $package"
done
if [ -z "$missing" ]; then
    exit 0
fi

if ! command -v apt-get >/dev/null 2>&1; then
    echo "install-deps: this is no Debian (there is no apt-get). Please install what these Debian packages hold:" >&2
    echo "   $missing" >&2
    exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "install-deps: please install these packages as root (there is no sudo):" >&2
        echo "    apt-get install$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "Installing by apt:$missing"
install() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
}
# A fresh machine has no package lists; an old one has stale ones.
if [ -z "$(find /var/lib/apt/lists -name '*Packages*' 2>/dev/null | head -n 1)" ] || ! install; then
    $as_root apt-get update -q
    install
fi
