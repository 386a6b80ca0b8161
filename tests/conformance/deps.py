#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`deps` of a real board, against what somebody found by hand in Linux's Tegra234 tree.

    deps.py [--corpus DIR]

The closures were worked out from the source, reference by reference, before this program existed; the grants and the
interrupts of the console with its firmware likewise. Then the same questions of the board's blob, where a number does
not say that it names a node. TAP on standard output.
"""
import argparse
import json
import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright")))
BOARD = "linux/arm64/nvidia/tegra234-p3737-0000+p3701-0000.dts"

# Seeds, nodes, of them hard.
COUNTS = [(("/serial", "/bpmp"), 13, 10), (("serial@3100000",), 14, 9), (("ethernet@6800000",), 16, 12)]
HARD = ["/", "/serial", "/bpmp", "/bus@0", "/bus@0/hsp@3c00000", "/bus@0/hsp@c150000", "/sram@40000000",
        "/sram@40000000/sram@70000", "/sram@40000000/sram@71000", "/bus@0/interrupt-controller@f400000"]
GRANTS = {("0x3c00000", (19, 17)), ("0xc150000", (16, 17, 18, 17)), ("0x40070000", (12,)), ("0x40071000", (12,))}
INTERRUPTS = {208, *range(152, 160), *range(165, 169)}


def ask(board, seeds):
    run = subprocess.run([PROGRAM, "deps", "--json", board, *seeds], capture_output=True, text=True, timeout=120,
                         check=False)
    return json.loads(run.stdout)[0] if run.returncode == 0 else {"nodes": [], "edges": []}


def hard(answer):
    return [n for n in answer["nodes"] if n["class"] == "hard"]


def results(corpus):
    board = os.path.join(corpus, BOARD)
    answers = [ask(board, seeds) for seeds, _, _ in COUNTS]
    for (seeds, count, hard_count), answer in zip(COUNTS, answers):
        found = (len(answer["nodes"]), len(hard(answer)))
        yield "%s needs %d nodes, %d of them hard" % (" and ".join(seeds), count, hard_count), found, (count, hard_count)
    console = hard(answers[0])
    yield "the hard ones by name", sorted(n["path"] for n in console), sorted(HARD)
    yield ("what is handed out", {(g["address"], tuple(g["size_bits"])) for n in console for g in n["grants"]}, GRANTS)
    yield "interrupts", {number for n in console for number in n["interrupts"]}, INTERRUPTS
    with tempfile.TemporaryDirectory() as work:
        subprocess.run([PROGRAM, "compile", board, "-o", work], check=True, timeout=120, capture_output=True)
        blob = next(os.path.join(folder, name) for folder, _, names in os.walk(work) for name in names)
        for (seeds, _, _), answer in zip(COUNTS, answers):
            again = ask(blob, seeds)
            yield ("from the blob the same: %s" % " ".join(seeds), sorted(n["path"] for n in again["nodes"]),
                   sorted(n["path"] for n in answer["nodes"]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", default=os.environ.get("CORPUS", os.path.join(ROOT, "..", "shared", "corpus")))
    corpus = os.path.abspath(parser.parse_args().corpus)

    if not os.path.exists(os.path.join(corpus, BOARD)):
        print("1..1\nok 1 - what devices need # SKIP no corpus at %s" % corpus)
        return
    number = 0
    for number, (what, found, wanted) in enumerate(results(corpus), 1):
        print("%s %d - %s" % ("ok" if found == wanted else "not ok", number, what))
        if found != wanted:
            print("# found %s\n# wanted %s" % (found, wanted))
    print("1..%d" % number)


main()
