#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes examples tell one lie about their machine each, and demands of `boardwright boot` one finding at the lie.

lies.txt has the lies; ../injection.py says what the words in it mean. The tree "examples" is the one of this repository:
its boards boot without a finding, which is tried as well. A board is the folder that its source lies in. Rows are
skipped, saying so, where the simulator or the cross compiler is not installed.

    run.py [--program build/boardwright] [--tap] [-v] [PART OF A NAME…]
"""
import argparse
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(HERE))
from injection import ROOT, Tester, add_arguments, program_of, rows_of, run_json, run_rows  # noqa: E402

TIMEOUT = 180  # seconds a boot, sanitizers and a busy machine included
NOT_INSTALLED = ("simulator-missing", "compiler-missing")


class NotInstalled(Exception):
    pass


def boot(program, folder, row):
    command = [program, "boot", "--json", os.path.dirname(row.board)]
    status, findings = run_json(command + (["--target", row.target] if row.target else []), folder, TIMEOUT)
    for f in findings:
        if f["code"] in NOT_INSTALLED:
            raise NotInstalled(f["message"])
    return status, findings


class LieTester(Tester):
    """A simulator's clock is the host's: what fails on a host that stood still for a while is tried once more, and told."""
    again = []

    def run(self, store, row):
        try:
            verdict, details = super().run(store, row)
            if verdict == "fail":
                self.again.append(row.name + details)
                verdict, details = super().run(store, row)
            return verdict, details
        except NotInstalled as e:
            return "skip", str(e)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add_arguments(parser)
    args = parser.parse_args()
    program = program_of(args)
    rows = rows_of(args, os.path.join(HERE, "lies.txt"), "lie", "lies")
    tester = LieTester(lambda folder, row: boot(program, folder, row), {"examples": os.path.join(ROOT, "examples")})
    counts = run_rows(tester, rows, args.j, args.tap, args.v)
    skipped = counts["lies", "skip"]
    for text in tester.again:
        print("".join(f"{'# ' if args.tap else ''}tried again: {line}\n" for line in text.splitlines()), end="")
    print(f"{'# count: ' if args.tap else ''}lies: {counts['lies', 'ok']} of {counts['lies'] - skipped} found at their line, once"
          + (f", {skipped} skipped" if skipped else ""))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
