#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real trees: blobs byte for byte as dtc makes them, and boards that must read.

The trees stand in ../shared/corpus beside the project, or in $CORPUS. Reports in the Test Anything
Protocol; each test is skipped, with the reason, where its tree is absent.

    corpus.py PROGRAM
"""
import collections
import hashlib
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CORPUS = os.environ.get("CORPUS") or os.path.join(os.path.dirname(ROOT), "shared", "corpus")
PROGRAM = os.path.abspath(sys.argv[1])
TIMEOUT = 1200  # seconds a run, sanitizers included


class Skip(Exception):
    pass


def need(path):
    if not os.path.exists(path):
        raise Skip(f"{path} is not there")
    return path


def run(arguments, cwd):
    p = subprocess.run([PROGRAM, *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT)
    if p.returncode not in (0, 1, 2):
        raise AssertionError(f"exit status {p.returncode}: {p.stderr.decode(errors='replace')[-2000:]}")
    return p


def expected_sums(name):
    rows = [line.split() for line in open(need(os.path.join(CORPUS, "expected", name)), encoding="utf-8")]
    return {row[-1]: row[:-1] for row in rows}


def compile_all(expected, column, options):
    tree = need(os.path.join(CORPUS, "linux"))
    wrong = []
    with tempfile.TemporaryDirectory(prefix="corpus-") as out:
        p = run(["compile", *options, "-o", out, *sorted(expected)], tree)
        for path, sums in sorted(expected.items()):
            try:
                with open(os.path.join(out, path + ".dtb"), "rb") as f:
                    got = hashlib.sha256(f.read()).hexdigest()
            except FileNotFoundError:
                got = "not written"
            if got != sums[column]:
                wrong.append(f"{path}: {got}")
    if wrong:
        raise AssertionError("\n".join([f"{len(wrong)} of {len(expected)} differ:", *wrong[:20],
                                        p.stderr.decode(errors="replace")[:3000]]))
    return f"{len(expected)} of {len(expected)}"


def linux_boards():
    return compile_all(expected_sums("linux-dtb.sha256"), 0, [])


def linux_boards_with_symbols():
    return compile_all(expected_sums("linux-dtb.sha256"), 1, ["--symbols"])


def linux_overlays():
    return compile_all(expected_sums("linux-dtbo.sha256"), 0, ["--symbols"])


# Findings that say that a text was not understood. A board that ships has none.
UNREAD = {"syntax", "literal", "directive", "conditional", "macro-arguments", "macro-limit", "nesting", "too-large",
          "include-depth", "undefined-macro", "file-unreadable"}


def findings_of(folder, options):
    p = run(["check", "--json", *options, os.path.basename(folder)], os.path.dirname(folder))
    return json.loads(p.stdout)


def zephyr_boards_read():
    result = findings_of(need(os.path.join(CORPUS, "zephyr", "boards")), ["--missing-includes=tolerate"])
    unread = [f for f in result["findings"] if f["code"] in UNREAD]
    if unread or result["targets"] < 500:
        raise AssertionError("\n".join([f"{len(unread)} findings, {result['targets']} targets"]
                                       + [f"{f.get('place')}: {f['message']}" for f in unread[:20]]))
    return f"{result['targets']} targets"


def check_is_the_same_with_threads():
    folder = need(os.path.join(CORPUS, "linux", "arm64", "amlogic"))
    one = findings_of(folder, ["-j1"])
    many = findings_of(folder, ["-j5"])
    if one != many or one["targets"] < 50:
        raise AssertionError("findings differ with the number of threads")
    return f"{one['targets']} targets"


def linux_boards_are_right():
    result = findings_of(need(os.path.join(CORPUS, "linux")), [])
    codes = collections.Counter(f["code"] for f in result["findings"] if f["severity"] == "error")
    unread = [f for f in result["findings"] if f["code"] in UNREAD]
    if unread or result["targets"] < 1000:
        raise AssertionError("\n".join([f"{len(unread)} findings, {result['targets']} targets"]
                                       + [f"{f.get('place')}: {f['message']}" for f in unread[:20]]))
    return f"{result['targets']} targets, errors: " + (", ".join(f"{n} {c}" for c, n in sorted(codes.items())) or "none")


def main():
    tests = [linux_boards, linux_boards_with_symbols, linux_overlays, linux_boards_are_right, zephyr_boards_read,
             check_is_the_same_with_threads]
    failed = 0
    print(f"1..{len(tests)}")
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace("_", " ")
        try:
            print(f"ok {number} - {name}: {test()}")
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}")
        except (AssertionError, subprocess.TimeoutExpired, ValueError) as e:
            failed += 1
            print(f"not ok {number} - {name}")
            print("".join(f"# {line}\n" for line in str(e).splitlines()), end="")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
