#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The probe of every example compiles without a warning and is small.

    images.py TEST-IMAGE

TAP on standard output; an example whose compiler is not installed is skipped.
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "examples")
LIMIT = 16384  # bytes that are loaded


def boards():
    """Those with SoCs of their own: what extensions are, the command knows, and not the program that is run here."""
    return sorted(name for name in os.listdir(EXAMPLES) if has_targets(os.path.join(EXAMPLES, name, "board.yml")))


def has_targets(board_yml):
    if not os.path.exists(board_yml):
        return False
    with open(board_yml, encoding="utf-8") as f:
        return bool(re.search(r"^  *socs:$", f.read(), re.M))


def judge(program, name, folder):
    run = subprocess.run([program, os.path.join(EXAMPLES, name), folder], capture_output=True, text=True, timeout=300)
    if "[compiler-missing]" in run.stdout:
        return None, re.search(r"there is no compiler for [^:]*", run.stdout).group()
    sizes = [int(size) for size in re.findall(r"probe\.elf: (\d+) bytes", run.stdout)]
    targets = len(re.findall(r"^\S+: \d+ claims, \d+ tested$", run.stdout, re.M))
    if "[compiler-failed]" in run.stdout or not targets or len(sizes) != targets:
        return False, run.stdout[-2000:] + run.stderr
    return max(sizes) < LIMIT, f"{max(sizes)} bytes"


def main():
    program = os.path.abspath(sys.argv[1])
    names = boards()
    failed = False
    print(f"1..{len(names)}")
    for number, name in enumerate(names, 1):
        with tempfile.TemporaryDirectory() as folder:
            good, said = judge(program, name, folder)
        if good is None:
            print(f"ok {number} - {name} # SKIP {said}", flush=True)
            continue
        failed |= not good
        if good:
            print(f"ok {number} - {name}: {said}", flush=True)
        else:
            print(f"not ok {number} - {name}", *said.splitlines(), sep="\n# ", flush=True)
    sys.exit(failed)


main()
