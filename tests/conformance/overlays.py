#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Applies every overlay of a Linux devicetree tree as fdtoverlay does, and compares the results.

    FDTOVERLAY=/path/to/fdtoverlay overlays.py [PART OF A NAME…]

The tree stands in ../shared/corpus/linux beside the project, or in $CORPUS/linux.

For each arm64/**/*.dtso the base is the board of its folder that has all labels it needs and the most
similar name. `boardwright compile --symbols BASE --overlay OVERLAY` must give, after `boardwright dtc -s`,
what fdtoverlay makes of the two blobs. fdtoverlay must be of 1.7.1 or later: earlier ones give
nodes of the base another phandle. Exit: 0 all the same, 1 some differ, 77 skipped.
"""
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.environ.get("CORPUS") or os.path.join(HERE, "../../../shared/corpus")
PROGRAM = os.path.abspath(os.environ.get("BOARDWRIGHT", os.path.join(HERE, "../../build/boardwright")))


def skip(reason):
    print("skipped:", reason)
    sys.exit(77)


def names(blob, node):
    """The property names of a node of the root."""
    magic, total, at, strings = struct.unpack_from(">4I", blob)
    depth, found, inside = 0, set(), False
    while True:
        (token,) = struct.unpack_from(">I", blob, at)
        at += 4
        if token == 1:
            end = blob.index(b"\0", at)
            depth += 1
            inside = depth == 2 and blob[at:end] == node
            at = (end + 4) & ~3
        elif token == 2:
            depth -= 1
            inside = False
        elif token == 3:
            length, name = struct.unpack_from(">2I", blob, at)
            if inside:
                found.add(blob[strings + name:blob.index(b"\0", strings + name)])
            at = (at + 8 + length + 3) & ~3
        elif token == 9:
            return found


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def main():
    tree = os.path.join(CORPUS, "linux")
    tool = os.environ.get("FDTOVERLAY") or shutil.which("fdtoverlay")
    if not os.path.isdir(os.path.join(tree, "arm64")):
        skip(f"{tree} is not there")
    if not tool:
        skip("fdtoverlay is not installed, and FDTOVERLAY does not name it")
    version = re.search(r"(\d+)\.(\d+)\.(\d+)", run(tool, "--version").stdout.decode())
    if not version or tuple(map(int, version.groups())) < (1, 7, 1):
        skip(f"{tool} is older than 1.7.1")
    os.chdir(tree)
    folders = {}
    for folder, _, files in sorted(os.walk("arm64")):
        overlays = [os.path.join(folder, f) for f in sorted(files) if f.endswith(".dtso")]
        if overlays:
            folders[folder] = (overlays, [os.path.join(folder, f) for f in sorted(files) if f.endswith(".dts")])
    same = differ = 0
    with tempfile.TemporaryDirectory() as work:
        sources = [s for o, b in folders.values() for s in o + b]
        run(PROGRAM, "compile", "--symbols", "-Iinclude", "-I.", *sources, "-o", work)
        blob_of = lambda source: os.path.join(work, source + ".dtb")
        symbols = {b: names(read(blob_of(b)), b"__symbols__") for _, bs in folders.values() for b in bs
                   if os.path.exists(blob_of(b))}
        for overlays, boards in folders.values():
            for overlay in overlays:
                if sys.argv[1:] and not any(part in overlay for part in sys.argv[1:]):
                    continue
                needs = names(read(blob_of(overlay)), b"__fixups__")
                near = sorted(boards, key=lambda b: -len(os.path.commonprefix([b, overlay])))
                base = next((b for b in near if needs <= symbols.get(b, set())), None)
                if not base:
                    print("no base has its labels:", overlay)
                    continue
                theirs, ours = os.path.join(work, "theirs.dtb"), os.path.join(work, "ours.dtb")
                run(tool, "-i", blob_of(base), "-o", theirs, blob_of(overlay))
                made = run(PROGRAM, "compile", "--symbols", "-Iinclude", "-I.", base, "--overlay", overlay, "-o", "-")
                with open(ours, "wb") as f:
                    f.write(made.stdout)
                sorted_ones = [run(PROGRAM, "dtc", "-qq", "-f", "-s", "-I", "dtb", "-O", "dtb", p).stdout
                               for p in (theirs, ours)]
                if made.returncode == 0 and sorted_ones[0] and sorted_ones[0] == sorted_ones[1]:
                    same += 1
                else:
                    differ += 1
                    print("differs:", overlay, "on", base, made.stderr.decode(errors="replace")[-300:])
    print(f"{same} of {same + differ} overlays give what fdtoverlay gives")
    sys.exit(1 if differ or not same else 0)


if __name__ == "__main__":
    main()
