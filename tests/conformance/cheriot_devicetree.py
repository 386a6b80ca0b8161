#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CHERIoT's own boards through a devicetree and back: the same normalized board, and the same findings.

    cheriot_devicetree.py [--corpus DIR]

Each board, and each that has two memories with the mixin for one, is imported as a board folder; what `cheriot
normalize` makes of that is compared with what it makes of the board itself. dtc, where it is installed, has to take the
devicetree. Then single members are changed in each board, and the way there and back has to keep them. The environment
gives the program (BOARDWRIGHT). TAP on standard output.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright")))
MIXIN = "sonata-1.x-sram-mixin.json"
NAMES_OF_PLACES = ("cheriot-run-none", "json-patch-missing", "cheriot-link-text", "json-link-text")

# Members that no rule of the devicetree has a word for, or that a rule would get wrong if it guessed.
CHANGES = {
    "a fragment": {"ldscript_fragments": {"extra": {"start": 0x90000000, "length": 0x1000, "body": "*(.extra)\n"}}},
    "flags as text": {"cxflags": "-mllvm -option=never"},
    "flags as a list": {"cxflags": ["-Os", "-DNAME=\"a b\""]},
    "defines as text": {"defines": "ALONE"},
    "words of YAML": {"defines": ["yes", "null", "1e3", "a: b", "{", "# no", "~", "\u00e9\u20ac", "tab\there"]},
    "defines of components": {"rtos_defines": {"allocator": "A", "loader": ["B", "C=1"]}},
    "a fixed heap": {"heap": {"start": 0x11a000, "end": 0x120000}},
    "a heap that ends early": {"heap": {"end": 0x11f000}},
    "another CPU": {"cpu": "cheriot"},
    "no high-water mark": {"stack_high_water_mark": False},
    "no revoker": {"revoker": False},
    "an interrupt with more": {"interrupts": [{"name": "A", "number": 7, "priority": 1, "edge_triggered": 1}]},
    "interrupts of one device": {"interrupts": [{"name": n, "number": i + 1, "priority": 7 - i} for i, n in
                                                enumerate(("UARTInterrupt", "Uart_0", "uart", "Uart0Interrupt"))]},
    "interrupts of controllers": {"interrupts": [{"name": "ClintInterrupt", "number": 7, "priority": 1},
                                                 {"name": "plic", "number": 8, "priority": 1}]},
    "no interrupts": {"interrupts": []},
    "numbers as text": {"timer_hz": "40000000", "tickrate_hz": "100"},
    "a rate with a fraction": {"tickrate_hz": 100.5},
    "a fast timer": {"timer_hz": 5000000000},
    "an unknown member": {"description": {"text": ["of", 1, True, False, {}, []]}},
    "the older command": {"simulator": "sim --flag"},
    "a device like a keyword": {"devices": {"uart": {"start": 0x1000, "end": 0x1100}, "memory": {"start": 0, "end": 16},
                                            "cpu0": {"start": 32, "end": 48}, "data_memory": {"start": 64, "end": 68}}},
    "an odd name": {"devices": {"spi-0": {"start": 0x1000, "end": 0x1100}, "uart 1": {"start": 16, "end": 32}}},
    "revokable before a device": {"revokable_memory_start": 0x1000},
}


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def result(self, good, what, why=""):
        self.count += 1
        self.failed += not good
        print(f"{'' if good else 'not '}ok {self.count} - {what}")
        for line in why.splitlines() if not good else ():
            print(f"# {line}")


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60)


def normalized(*arguments):
    made = run("cheriot", "normalize", "-Wall=off", *arguments)
    return json.loads(made.stdout) if made.returncode == 0 else made.stderr


def findings(*arguments):
    """Codes and messages; what is about files and not about the board is left out."""
    out = run("check", "--format=json", *arguments).stdout
    found = json.loads(out)["findings"]
    return sorted((f["code"], f["severity"]) for f in found if f["code"] not in NAMES_OF_PLACES)


def there_and_back(tap, what, folder, compare_findings, *board):
    out = os.path.join(folder, "out")
    shutil.rmtree(out, ignore_errors=True)
    imported = run("import", *board, "-o", out)
    if imported.returncode:
        tap.result(False, what, imported.stderr)
        return
    one, two = normalized(*board), normalized(out)
    if one != two:
        tap.result(False, what, f"{one}\n{two}")
        return
    if compare_findings and findings(*board) != findings(out):
        tap.result(False, what, f"{findings(*board)}\n{findings(out)}")
        return
    dtc = shutil.which("dtc")
    source = next(os.path.join(out, n) for n in os.listdir(out) if n.endswith(".dts"))
    compiled = subprocess.run([dtc, "-q", "-o", os.devnull, source], capture_output=True, text=True) if dtc else None
    tap.result(not compiled or compiled.returncode == 0, what, compiled.stderr if compiled else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", default=os.environ.get("CORPUS") or os.path.join(ROOT, "..", "shared", "corpus"))
    args = parser.parse_args()
    boards = os.path.join(args.corpus, "cheriot", "boards")
    for up in ("../..", "../../.."):
        if not os.path.isdir(boards):
            boards = os.path.join(ROOT, up, "shared", "corpus", "cheriot", "boards")
    tap = Tap()
    if not os.path.isdir(boards):
        print("1..0 # SKIP the corpus has no folder cheriot here")
        return 0
    names = sorted(n for n in os.listdir(boards) if n != MIXIN)
    mixin = os.path.join(boards, MIXIN)
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            path = os.path.join(boards, name)
            there_and_back(tap, name, folder, True, path)
            if name.startswith("sonata") and not name.startswith("sonata-0"):
                there_and_back(tap, name + " with the mixin", folder, True, path, "--mixin", mixin)
        for name in ("sonata-1.3.patch", "sail.json"):
            for what, change in CHANGES.items():
                board = dict(normalized(os.path.join(boards, name)), **change)
                path = os.path.join(folder, "board.json")
                with open(path, "w", encoding="utf-8") as f:
                    json.dump(board, f)
                there_and_back(tap, f"{name}: {what}", folder, False, path)
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
