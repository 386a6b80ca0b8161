#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""References that are found, against `dtc -L`: from source all of them, from blobs at least 95 of 100.

    references.py --dtc DTC [--corpus DIR] [--every N]

A devicetree compiler of 1.7.1 or newer (DTC=… or --dtc) writes /__local_fixups__ with the exact place of each
reference. Each board of the Linux tree goes through gcc -E, then through dtc -L and `boardwright dtc -L`: both lists are
compared. Then the blob alone is given to `boardwright import`, and the references of the source that it writes are
compared with the same list. TAP on standard output; skipped without such a dtc.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.path.abspath(os.environ.get("BOARDWRIGHT", ROOT / "build/boardwright"))
CPP = ["gcc", "-E", "-nostdinc", "-Iinclude", "-I.", "-undef", "-D__DTS__", "-x", "assembler-with-cpp"]


def references(blob):
    """{(path, property, offset)} of /__local_fixups__."""
    struct_at, strings_at = struct.unpack(">II", blob[8:16])
    found, path, at = set(), [], struct_at
    while True:
        token, = struct.unpack_from(">I", blob, at)
        at += 4
        if token == 1:
            end = blob.index(b"\0", at)
            path.append(blob[at:end].decode())
            at = (end + 4) & ~3
        elif token == 2:
            path.pop()
        elif token == 3:
            length, name = struct.unpack_from(">II", blob, at)
            at += 8
            if len(path) > 1 and path[1] == "__local_fixups__":
                start = strings_at + name
                text = blob[start:blob.index(b"\0", start)].decode()
                for i in range(0, length, 4):
                    found.add(("/" + "/".join(path[2:]), text, struct.unpack_from(">I", blob, at + i)[0]))
            at = (at + length + 3) & ~3
        elif token == 9:
            return found


def run(command, **options):
    return subprocess.run(command, capture_output=True, timeout=300, check=False, **options)


def board(dtc, tree, file):
    """@return (references, missing from source, too many from source, missing from the blob, too many) or None."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as work:
        text = run([*CPP, file], cwd=tree)
        if text.returncode:
            return None
        peer = run([dtc, "-q", "-L", "-I", "dts", "-O", "dtb", "-"], input=text.stdout)
        if peer.returncode:
            return None
        wanted = references(peer.stdout)
        mine = run([PROGRAM, "dtc", "-q", "-L", "-I", "dts", "-O", "dtb", "-"], input=text.stdout)
        source = references(mine.stdout)
        plain = os.path.join(work, "plain.dtb")
        run([dtc, "-q", "-I", "dts", "-O", "dtb", "-o", plain, "-"], input=text.stdout)
        run([PROGRAM, "import", plain, "-n", "board", "-o", os.path.join(work, "back")])
        back = os.path.join(work, "back", "board.dts")
        text = run([PROGRAM, "dtc", "-q", "-L", "-I", "dts", "-O", "dtb", back])
        again = references(text.stdout) if text.stdout else set()
        return (len(wanted), len(wanted - source), len(source - wanted), len(wanted - again), len(again - wanted),
                sorted({prop for _, prop, _ in wanted - again}), sorted({prop for _, prop, _ in again - wanted}))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dtc", default=os.environ.get("DTC", "dtc"))
    parser.add_argument("--corpus", default=os.environ.get("CORPUS", ROOT / "../shared/corpus"))
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    tree = os.path.join(os.path.abspath(options.corpus), "linux")
    version = re.search(r"(\d+)\.(\d+)\.(\d+)", run([options.dtc, "--version"]).stdout.decode() or "0.0.0")

    if not os.path.isdir(tree) or not version or tuple(map(int, version.groups())) < (1, 7, 1):
        print("1..1\nok 1 - references # SKIP no corpus, or no dtc of 1.7.1 or newer (DTC=…)")
        return
    files = sorted(os.path.relpath(os.path.join(folder, name), tree) for folder, _, names in os.walk(tree)
                   for name in names if name.endswith(".dts"))[::options.every]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = [r for r in pool.map(lambda f: board(options.dtc, tree, f), files) if r]
    total, less, more, blob_less, blob_more = (sum(r[i] for r in results) for i in range(5))
    print("# %d boards, %d references; %d boards are refused by gcc -E or dtc" %
          (len(results), total, len(files) - len(results)))
    print("%s 1 - from source all (%d missing, %d too many)" % ("not ok" if less or more else "ok", less, more))
    share = 100 * (total - blob_less) / max(total, 1)
    print("%s 2 - from blobs %.2f %% (%d missing, %d that dtc does not have)" %
          ("ok" if share >= 95 and total else "not ok", share, blob_less, blob_more))
    for name, index in (("missed", 5), ("too many", 6)):
        count = {}
        for r in results:
            for prop in r[index]:
                count[prop] = count.get(prop, 0) + 1
        for prop, boards in sorted(count.items(), key=lambda x: -x[1])[:8]:
            print("# %s: %s in %d boards" % (name, prop, boards))
    print("1..2")
    sys.exit(bool(less or more or share < 95))


main()
