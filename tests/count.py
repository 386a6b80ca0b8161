#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts what `meson test` ran: each subtest of a test that speaks TAP, else the test itself.

    count.py BUILD-FOLDER

Prints what was skipped with its reason and what failed; the last line is the count. Exits 1 on a failure.
"""
import json
import os
import re
import sys


def main():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    log = os.path.join(sys.argv[1], "meson-logs", "testlog.json")
    if not os.path.exists(log):
        sys.exit(f"{log} is not there: no test ran")
    with open(log, encoding="utf-8") as f:
        tests = [json.loads(line) for line in f]
    for test in sorted(tests, key=lambda t: t["name"]):
        good = test["result"] in ("OK", "SKIP", "EXPECTEDFAIL")
        seen = failed = 0
        for line in test.get("stdout", "").splitlines():
            if line.startswith("# count: "):
                print(line.removeprefix("# count: "))
            m = re.match(r"(not )?ok\s+\d+(?:\s*-)?\s*(.*?)(?:\s*#\s*(SKIP)\S*\s*(.*))?$", line, re.IGNORECASE)
            if not m:
                continue
            seen += 1
            if m.group(3):
                counts["skipped"] += 1
                print(f"skipped: {test['name']}: {m.group(2)}: {m.group(4)}")
            elif m.group(1):
                failed += 1
                counts["failed"] += 1
                print(f"FAILED: {test['name']}: {m.group(2)}")
            else:
                counts["passed"] += 1
        if not good and not failed:
            counts["failed"] += 1
            print(f"FAILED: {test['name']}: {test['result']}")
        elif seen == 0 and test["result"] == "SKIP":
            counts["skipped"] += 1
            said = (test.get("stdout", "") + test.get("stderr", "")).strip().splitlines()
            print(f"skipped: {test['name']}: {said[-1] if said else 'it does not say why'}")
        elif seen == 0 and good:
            counts["passed"] += 1
    print("boardwright: {passed} passed, {failed} failed, {skipped} skipped".format(**counts))
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
