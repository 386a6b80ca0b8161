#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetches Debian's arm64 kernel for cloud machines, its modules and a busybox into a folder, by apt, and installs
# nothing: apt gets a configuration of its own, with the sources of this machine. About 31 MB, of which 9 are lists of
# packages.
#
#   fetch.sh FOLDER      makes FOLDER/Image, FOLDER/busybox, FOLDER/modules, FOLDER/packages
set -eu

folder=$1
kernels=linux-image-cloud-arm64 # the smallest with PL011, GIC and virtio
for program in apt-get apt-cache dpkg-deb; do
    command -v $program >/dev/null 2>&1 || {
        echo "there is no $program here: the packages are Debian's" >&2
        exit 3
    }
done

mkdir -p "$folder"
work=$(mktemp -d "$folder/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/packages"
: >"$work/state/status"
cat >"$work/apt.conf" <<END
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Dir::State "$work/state";
Dir::State::status "$work/state/status";
Dir::Cache "$work/cache";
END
export APT_CONFIG="$work/apt.conf" LC_ALL=C

apt-get -q update >&2
kernel=$(apt-cache depends $kernels | sed -n 's/^ *Depends: *\(linux-image-[^ ]*\)$/\1/p' | head -n 1)
[ -n "$kernel" ] || {
    echo "the sources of this machine's apt have no $kernels" >&2
    exit 3
}
(cd "$work/packages" && apt-get -q download "$kernel" busybox-static >&2)
for package in "$work"/packages/*.deb; do
    dpkg-deb -x "$package" "$work/root"
    dpkg-deb -W "$package" >>"$work/versions"
done

# Kernels of newer releases have their modules in /usr and compressed; busybox has moved there, too.
find "$work/root" -name '*.ko.xz' -exec xz -d {} +
mkdir "$work/new"
modules=$(find "$work/root" -type d -path '*/modules/*' -name kernel | head -n 1)
mv "${modules%/kernel}" "$work/new/modules"
mv "$work"/root/boot/vmlinuz-* "$work/new/Image"
mv "$(find "$work/root" -type f -path '*bin/busybox' | head -n 1)" "$work/new/busybox"
mv "$work/versions" "$work/new/packages"

# Image comes last: where it is, all is there.
rm -rf "$folder/Image" "$folder/modules"
for part in modules busybox packages Image; do
    mv -f "$work/new/$part" "$folder/$part"
done
