#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CHERIoT's own boards: normalized as its build does it, and no finding but the real ones.

    cheriot.py [--corpus DIR]

What the real build wrote is in expected/; all boards are also compared with a straight reading in this file. The
environment gives the program (BOARDWRIGHT). TAP on standard output.
"""
import argparse
import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright")))
MIXIN = "sonata-1.x-sram-mixin"

# The warnings that real boards earn; there is no error on any.
PINMUX = ["cheriot-device-alignment"] * 2
WARNINGS = {
    "sail": ["cheriot-plic-missing"],
    "sail-ibex": ["cheriot-plic-missing", "json-patch-missing"],
    "sonata": PINMUX, "sonata-1.0": PINMUX, "sonata-1.1": PINMUX, "sonata-1.3": PINMUX, "sonata-prerelease": PINMUX,
    "sonata-simulator": PINMUX,
}


# -- a straight reading ----------------------------------------------------------------------------------------------

def parse(path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if "{" not in text and "[" not in text:  # a symbolic link, checked out as text
        return parse(os.path.join(os.path.dirname(path), text.strip()))
    return json.loads(re.sub(r"0x[0-9a-fA-F]+", lambda m: str(int(m.group(), 16)), text))


def apply(document, operations):
    for o in operations:
        *way, last = o["path"].split("/")[1:]
        at = document
        for part in way:
            at = at[int(part)] if isinstance(at, list) else at[part]
        if isinstance(at, list):
            if o["op"] == "add":
                at.insert(len(at) if last == "-" else int(last), o["value"])
            elif o["op"] == "replace":
                at[int(last)] = o["value"]
            else:
                del at[int(last)]
        elif o["op"] == "remove":
            at.pop(last, None)
        else:
            at[last] = o["value"]
    return document


def load(boards, name):
    path = os.path.join(boards, name + ".json")
    if os.path.exists(path):
        return parse(path)
    patch = parse(os.path.join(boards, name + ".patch"))
    return apply(load(boards, patch["base"]), patch["patch"])


def complete(extent):
    if "end" in extent:
        extent["length"] = extent["end"] - extent["start"]
    else:
        extent["end"] = extent["start"] + extent["length"]


def normalize(board):
    board = copy.deepcopy(board)
    for extent in [*board["devices"].values(), board["instruction_memory"], board.get("data_memory")]:
        if extent:
            complete(extent)
    board["trusted_spill_size"] = 192 if board.get("stack_high_water_mark") else 176
    return board


# -- the tests -------------------------------------------------------------------------------------------------------

class Tap:
    def __init__(self):
        self.number = self.failed = 0

    def result(self, name, problems):
        self.number += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.number} - {name}")
        print("".join(f"# {line}\n" for p in problems[:20] for line in str(p).splitlines()), end="")


def run(*args, cwd=None):
    return subprocess.run([PROGRAM, *args], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                          check=False, text=True)


def normalized(path, *args, cwd=None):
    p = run("cheriot", "normalize", path, *args, cwd=cwd)
    return p.stdout, p.stderr


def findings(path, *args):
    return json.loads(run("check", "--json", path, *args).stdout)["findings"]


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def boards_of(folder):
    names = sorted({os.path.splitext(n)[0]: n for n in os.listdir(folder)}.items())
    return [(stem, name) for stem, name in names if stem != MIXIN]


def check_normalized(tap, boards, expected):
    problems = []
    compared = 0
    for stem, name in boards_of(boards):
        out, err = normalized(os.path.join(boards, name))
        real = os.path.join(expected, stem, "normalized.json")
        if os.path.exists(real):
            compared += 1
            if out != read(real):
                problems.append(f"{stem}: is not what the build wrote\n{err}")
        if not out or json.loads(out) != normalize(load(boards, stem)):
            problems.append(f"{stem}: is not what a straight reading gives\n{err}")
    tap.result(f"{len(boards_of(boards))} boards normalized, {compared} of them as the real build wrote them", problems)


def check_mixin(tap, boards, expected):
    operations = parse(os.path.join(boards, MIXIN + ".json"))
    problems = []
    out, _ = normalized(os.path.join(boards, "sonata-1.1.json"), "--mixin", MIXIN)
    if out != read(os.path.join(expected, "sonata-1.1+sram.normalized.json")):
        problems.append("sonata-1.1 with the mixin is not what the build wrote")
    for stem, name in boards_of(boards):
        out, err = normalized(os.path.join(boards, name), "--mixin", os.path.join(boards, MIXIN + ".json"))
        if not out or json.loads(out) != normalize(apply(load(boards, stem), copy.deepcopy(operations))):
            problems.append(f"{stem} with the mixin\n{err}")
        missing = "data_memory" not in load(boards, stem)
        if missing != ("no member data_memory to remove" in err):
            problems.append(f"{stem} with the mixin: {err}")
    if findings(os.path.join(boards, MIXIN + ".json")):
        problems.append("the mixin by itself has findings")
    for stem in ("sonata-0.2", "sail"):
        codes = [f["code"] for f in findings(os.path.join(boards, stem + ".json"), "--mixin", MIXIN)
                 if f["severity"] == "error"]
        if "cheriot-heap-end" not in codes:
            problems.append(f"the mixin on {stem}, whose heap ends elsewhere: {codes}")
    tap.result("the mixin on every board", problems)


def check_findings(tap, boards):
    problems = []
    for stem, name in boards_of(boards):
        found = findings(os.path.join(boards, name))
        errors = [f["message"] for f in found if f["severity"] == "error"]
        warnings = sorted(f["code"] for f in found if f["severity"] == "warning")
        if errors or warnings != WARNINGS.get(stem, []):
            problems.append(f"{stem}: {errors} {warnings}")
    tap.result("no error on any board, and only the warnings that are real", problems)


def check_lookup(tap, boards):
    problems = []
    with tempfile.TemporaryDirectory() as place:
        sdk = os.path.join(place, "sdk")
        os.makedirs(os.path.join(sdk, "include", "platform"))
        os.makedirs(os.path.join(place, "project"))
        shutil.copytree(boards, os.path.join(sdk, "boards"))
        right = normalize(load(boards, "sonata-simulator"))
        for what, args in (("a name", ["sonata-simulator", "--sdk", "sdk"]),
                           ("a path", ["sdk/boards/sonata-simulator.patch"]),
                           ("a path from elsewhere", ["../sdk/boards/sonata-simulator.patch"])):
            out, err = normalized(*args, cwd=place if ".." not in args[0] else os.path.join(place, "project"))
            if not out or json.loads(out) != right or err:
                problems.append(f"{what}: {err}")
        out, err = normalized("sonata-1.1", "--sdk", "sdk", "--mixin", MIXIN, cwd=place)
        if not out or err:
            problems.append(f"a mixin beside a board that was named: {err}")
        _, err = normalized("sonata-simulatr", "--sdk", "sdk", cwd=place)
        if "did you mean sonata-simulator?" not in err:
            problems.append(f"a name spelled wrong: {err}")
        checked = run("check", "sdk", cwd=place)
        if not re.match(r"13 boards:", checked.stderr.splitlines()[-1]):
            problems.append(f"the SDK as a folder: {checked.stderr.splitlines()[-1]}")
    tap.result("boards by name, by path and by folder", problems)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--corpus", default=os.environ.get("CORPUS") or os.path.join(ROOT, "..", "shared", "corpus"))
    args = parser.parse_args()
    tree = os.path.join(args.corpus, "cheriot")
    if not os.path.isdir(tree):
        print(f"1..0 # SKIP {os.path.normpath(tree)} is not there")
        return 0
    boards, expected = os.path.join(tree, "boards"), os.path.join(tree, "expected")
    tap = Tap()
    check_normalized(tap, boards, expected)
    check_mixin(tap, boards, expected)
    check_findings(tap, boards)
    check_lookup(tap, boards)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
