#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts one-line faults into boards and demands of `boardwright check` one finding each, at the right line.

faults.txt has the faults (one finding each), pairs.txt pairs of independent faults in one board (two findings),
metadata.txt faults in the metadata, the names of files and the devicetrees of Zephyr's boards (one finding each, with
the right cure), cheriot.txt and cheriot-sdk.txt faults in boards of CHERIoT RTOS; ../injection.py says what the words
in them mean. The trees: linux, zephyr and cheriot-sdk, real ones of a corpus that is not part of this repository (rows
are skipped, saying so, where it is absent), own, small boards in boards/, hwm, a small Zephyr tree, cheriot, small
boards in cheriot/, and examples.

    run.py [--program build/boardwright] [--corpus DIR] [--tap] [-v] [PART OF A NAME…]
"""
import argparse
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(HERE))
from injection import ROOT, Tester, add_arguments, program_of, rows_of, run_json, run_rows  # noqa: E402

TIMEOUT = 120  # seconds a board, sanitizers included


def check(program, folder, row):
    """In the Zephyr tree some headers are missing: reading goes on without them."""
    missing = "tolerate" if os.path.basename(folder) == "zephyr" else "error"
    levels = ("error", "warning", "note") if row.kind in ("metadata", "cheriot") else ("error", "warning")
    return run_json([program, "check", "-j1", "--missing-includes=" + missing, "--format=json", row.board], folder,
                    TIMEOUT, levels)


def find_trees(corpus):
    trees = {"own": os.path.join(HERE, "boards"), "hwm": os.path.join(HERE, "hwm"),
             "cheriot": os.path.join(HERE, "cheriot"),
             "examples": os.path.join(ROOT, "examples")}
    for name, folder in (("linux", "linux"), ("zephyr", "zephyr"), ("cheriot-sdk", "cheriot")):
        if os.path.isdir(os.path.join(corpus, folder)):
            trees[name] = os.path.realpath(os.path.join(corpus, folder))
    return trees


def default_corpus():
    for up in ("..", "../..", "../../.."):
        corpus = os.path.join(ROOT, up, "shared", "corpus")
        if os.path.isdir(corpus):
            return corpus
    return os.path.join(ROOT, "..", "shared", "corpus")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add_arguments(parser)
    parser.add_argument("--corpus", default=os.environ.get("CORPUS") or default_corpus())
    args = parser.parse_args()
    program = program_of(args)
    rows = [row for kind in ("faults", "pairs", "metadata", "cheriot", "cheriot-sdk")
            for row in rows_of(args, os.path.join(HERE, kind + ".txt"), "fault", kind)]
    tester = Tester(lambda folder, row: check(program, folder, row), find_trees(args.corpus), ("hwm", "examples", "cheriot"))
    counts = run_rows(tester, rows, args.j, args.tap, args.v)
    for kind, text in (("faults", "at the right line with one finding"), ("pairs", "with their two findings"),
                       ("metadata", "with one finding and the right cure"),
                       ("cheriot", "of CHERIoT boards with one finding"),
                       ("cheriot-sdk", "in boards of CHERIoT's SDK with one finding")):
        skipped = counts[kind, "skip"]
        print(f"{'# count: ' if args.tap else ''}{kind}: {counts[kind, 'ok']} of {counts[kind] - skipped} {text}"
              + (f", {skipped} skipped (no corpus)" if skipped else ""))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
