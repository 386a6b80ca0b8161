#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of a walk-through and compares what they print with the page.

    walkthrough.py PAGE

A command is an indented line that begins with "$ "; what is indented below it, up to the next command or the end of the
block, is what it prints: standard output, then standard error. A line "…" stands for any lines, "(… s)" for a time.
An empty line inside of a block is one of its lines. Runs where it is called; boardwright is found on PATH.
"""
import re
import subprocess
import sys


def steps(text):
    """(line number, command, expected lines) of each command."""
    command, wanted, start = None, [], 0
    for number, line in enumerate(text.splitlines() + ["end"], 1):
        inside = line.startswith("    ")
        if command is not None and (line.startswith("    $ ") or (line.strip() and not inside)):
            while wanted and not wanted[-1].strip():
                wanted.pop()
            yield start, command, wanted
            command = None
        if line.startswith("    $ "):
            command, wanted, start = line[6:], [], number
        elif command is not None:
            wanted.append(line[4:])


def fits(wanted, found):
    if not wanted:
        return not found
    if wanted[0] == "…":
        return any(fits(wanted[1:], found[i:]) for i in range(len(found) + 1))
    return bool(found) and wanted[0].rstrip() == found[0].rstrip() and fits(wanted[1:], found[1:])


def main():
    with open(sys.argv[1], encoding="utf-8") as page:
        text = page.read()
    count = 0
    for number, command, wanted in steps(text):
        run = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=100, check=False)
        printed = re.sub(r"\(\d+\.\d+ s\)", "(… s)", run.stdout + run.stderr)
        count += 1
        if not fits(wanted, printed.splitlines()):
            print("line %d: %s prints otherwise:\n%s" % (number, command, printed))
    print("%d commands" % count)


main()
