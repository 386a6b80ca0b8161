#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that a group of tasks needs; does nothing where all are there.
#
#   scripts/install-deps.sh [--list | --try] build|test|boot|demo|bench|cross|clang|format…
#
# --list only names them; with --try it is no failure if they cannot be had.
set -eu

build="meson ninja-build pkg-config gcc libc6-dev libglib2.0-dev libyaml-dev libjansson-dev libgit2-dev"
test="libcmocka-dev python3 device-tree-compiler parted g++ git"
bench="srecord python3-intelhex python3 python3-yaml python3-pykwalify python3-dateutil device-tree-compiler"
cross="gcc-aarch64-linux-gnu gcc-arm-none-eabi gcc-riscv64-unknown-elf"
boot="$cross qemu-system-arm qemu-system-misc"
clang="clang lld"
format="clang-format"
balena="coffeescript"

mode=
case ${1:-} in
--list | --try)
    mode=$1
    shift
    ;;
esac
wanted=
for group in "$@"; do
    case $group in
    build) wanted="$wanted $build" ;;
    test) wanted="$wanted $build $test" ;;
    boot) wanted="$wanted $boot" ;;
    demo) wanted="$wanted $build $boot" ;;
    bench) wanted="$wanted $build $bench" ;;
    cross) wanted="$wanted $cross" ;;
    clang) wanted="$wanted $clang" ;;
    format) wanted="$wanted $format" ;;
    balena) wanted="$wanted $balena" ;;
    *)
        echo "install-deps: there is no group '$group' (build, test, boot, demo, bench, cross, clang, format, balena)" >&2
        exit 2
        ;;
    esac
done
if [ "$mode" = --list ]; then
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
    libgit2-dev) pkg-config --exists libgit2 ;;
    libcmocka-dev) pkg-config --exists cmocka ;;
    device-tree-compiler) command -v dtc ;;
    parted) PATH=$PATH:/usr/sbin:/sbin command -v parted ;;
    coffeescript) [ -d /usr/share/nodejs/coffeescript ] ;;
    python3-yaml) /usr/bin/python3 -c 'import yaml' ;;
    python3-pykwalify) /usr/bin/python3 -c 'import pykwalify' ;;
    python3-dateutil) /usr/bin/python3 -c 'import dateutil' ;;
    qemu-system-arm) command -v qemu-system-arm && command -v qemu-system-aarch64 ;;
    qemu-system-misc) command -v qemu-system-riscv32 && command -v qemu-system-riscv64 ;;
    gcc-aarch64-linux-gnu) command -v aarch64-linux-gnu-gcc ;;
    gcc-arm-none-eabi) command -v arm-none-eabi-gcc ;;
    gcc-riscv64-unknown-elf) command -v riscv64-unknown-elf-gcc ;;
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

fail() {
    if [ "$mode" = --try ]; then
        echo "install-deps: going on without$missing ($1)"
        exit 0
    fi
    echo "install-deps: $1. Please install these Debian packages, or what they hold:" >&2
    echo "   $missing" >&2
    exit 1
}

command -v apt-get >/dev/null 2>&1 || fail "there is no apt-get here"
as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || fail "this needs root, and there is no sudo"
    as_root=sudo
    [ "$mode" != --try ] || as_root="sudo -n"
fi
echo "Installing by apt:$missing"
install() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
}
# A fresh machine has no package lists; an old one has stale ones.
if [ -z "$(find /var/lib/apt/lists -name '*Packages*' 2>/dev/null | head -n 1)" ] || ! install; then
    { $as_root apt-get update -q && install; } || fail "apt-get did not succeed"
fi
