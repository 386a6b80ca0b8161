#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `check --system ocre` counts over the storage partitions of Zephyr's boards.

    ocre.py [--corpus DIR]

Zephyr's own edtlib, asked for what Ocre's build computes, gave the same counts: the address right by luck, wrong, or
of no meaning, and flash without erase-block-size. The environment gives the program (BOARDWRIGHT). TAP on standard
output.
"""
import argparse
import collections
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright")))

# Boards, by code. That survey counted 129 boards below 8 blocks and 278 below 12: with the cores of nrf54h20dk (5) and
# nrf9280pdk (3) on which the memory that holds the partition is not enabled. Nothing can be stored there, so these are
# ocre-storage-missing here: 126, and 126 + 144.
BOARDS = {
    "ocre-storage-base-in-reg": 13,
    "ocre-storage-address": 35,
    "ocre-storage-unmapped": 9,
    "ocre-block-size-guessed": 52,
    "ocre-storage-too-small": 126,
    "ocre-storage-tight": 144,
}
# The devicetree headers of Zephyr that the corpus leaves out.
MACROS = ["DT_SIZE_K(x)=((x) * 1024)", "DT_SIZE_M(x)=((x) * 1048576)", "DT_FREQ_K(x)=((x) * 1000)",
          "DT_FREQ_M(x)=((x) * 1000000)"]
# Findings at one board each, that the counts could hide.
PLACES = [
    ("ocre-storage-address", "boards/nxp/mimxrt1060_evk/mimxrt1060_evk_mimxrt1062_qspi.dts", "0x60620000"),
    ("ocre-storage-address", "boards/nxp/rd_rw612_bga/rd_rw612_bga.dtsi", "0x620000"),
    ("ocre-storage-unmapped", "boards/pine64/pinetime_devkit0/pinetime_devkit0.dts", "no CPU address"),
]


def sources(tree):
    for folder, folders, files in os.walk(os.path.join(tree, "boards")):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".dts"):
                yield os.path.relpath(os.path.join(folder, name), tree)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", default=os.environ.get("CORPUS", os.path.join(ROOT, "..", "shared", "corpus")))
    tree = os.path.join(parser.parse_args().corpus, "zephyr")
    if not os.path.isdir(os.path.join(tree, "boards")):
        print(f"1..0 # SKIP no Zephyr tree at {tree}")
        return 0
    command = [PROGRAM, "check", "--system=ocre", "--missing-includes=tolerate", "--format=json"]
    for macro in MACROS:
        command += ["-D", macro]
    run = subprocess.run(command + list(sources(tree)), cwd=tree, capture_output=True, timeout=900, check=False)
    findings = json.loads(run.stdout)["findings"]
    counts = collections.Counter()
    for finding in findings:
        counts[finding["code"]] += finding.get("boards", 1)

    failed = 0
    print(f"1..{len(BOARDS) + len(PLACES)}")
    results = [(counts[code] == wanted, f"{code}: {counts[code]} boards, {wanted} wanted")
               for code, wanted in BOARDS.items()]
    results += [(any(f["code"] == code and f["place"]["file"].endswith(path) and text in f["message"]
                     for f in findings), f"{code} at {path}") for code, path, text in PLACES]
    for number, (good, text) in enumerate(results, 1):
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {text}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
