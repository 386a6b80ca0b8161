#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""DTS -> DTB -> DTS -> DTB is a fixed point, over real boards of the Linux tree.

    fixed_point.py [--corpus DIR] [--every N]

Every Nth board (default 25) and every Nth overlay is compiled, printed and compiled again, twice; and printed
from its source, labels and all, and compiled. The environment gives the program (BOARDWRIGHT). TAP on
standard output.
"""
import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright"))


def rows(path):
    with open(path, encoding="utf-8") as f:
        return [line.split() for line in f if line.strip()]


def compile_all(tree, sources, out, *options):
    subprocess.run([PROGRAM, "compile", "-I", "include", "-I", ".", *options, "-o", out, *sources], cwd=tree,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def dtc(data, kind_in, kind_out, cwd=None):
    # Warnings are not the subject; -b is left out, so the boot CPU must come through the text.
    p = subprocess.run([PROGRAM, "dtc", "-q", "-q", "-I", kind_in, "-O", kind_out, "-"], input=data,
                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=cwd, check=False)
    return p.stdout


def not_fixed(tree, source, blob):
    """What is not the same after a round, or None."""
    text = dtc(blob, "dtb", "dts")
    again = dtc(text, "dts", "dtb")
    if again != blob:
        return "blob -> text -> blob"
    if dtc(again, "dtb", "dts") != text:
        return "text -> blob -> text"
    p = subprocess.run([PROGRAM, "compile", "-E", "-I", "include", "-I", ".", source], cwd=tree,
                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    folder = os.path.join(tree, os.path.dirname(source))
    if dtc(dtc(p.stdout, "dts", "dts", folder), "dts", "dtb") != blob:
        return "source -> text -> blob"
    return None


def report(number, what, total, bad):
    for name in bad[:20]:
        print(f"# {name}")
    print(f"{'not ' if bad or not total else ''}ok {number} - {what}: {total - len(bad)} of {total}")
    return bool(bad) or not total


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", default=os.environ.get("CORPUS") or os.path.join(ROOT, "..", "shared", "corpus"))
    parser.add_argument("--every", type=int, default=25)
    args = parser.parse_args()
    tree = os.path.join(args.corpus, "linux")
    expected = os.path.join(args.corpus, "expected")
    if not os.path.isdir(tree) or not os.path.isdir(expected):
        print(f"1..0 # SKIP {os.path.normpath(tree)} is not there")
        return 0
    failed = False
    with tempfile.TemporaryDirectory(prefix="fixed-point-") as out:
        for number, (what, sums, column) in enumerate((("boards", "linux-dtb.sha256", 2),
                                                       ("overlays", "linux-dtbo.sha256", 1)), 1):
            sample = [r[column] for r in rows(os.path.join(expected, sums))][::args.every]
            compile_all(tree, sample, out)
            bad = []
            for source in sample:
                with open(os.path.join(out, source + ".dtb"), "rb") as f:
                    fault = not_fixed(tree, source, f.read())
                if fault:
                    bad.append(f"{source}: {fault}")
            failed |= report(number, f"{what} printed and compiled to the same again", len(sample), bad)
    print("1..2")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
