#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden tests: a command, the files it works on, and the output it must have.

A case is a folder with a file `cmd`: shell lines that run in a fresh copy of the folder, with the
program under test first on PATH. Beside it stand the case's input files, `expected` (standard
output, and after a line "[stderr]" standard error) and, unless it is 0, `exit` (the status of the
last line of `cmd`). A first line "# needs: PROGRAM…" skips the case where one of them is not
installed. $TESTS is the tests folder, $BUILD the program's.

Times like "(0.011 s)" are replaced by "(… s)", the tests folder's path by "$TESTS".

    run.py [--program build/boardwright] [--update] [--tap] [-j N] [PART OF A NAME…]
"""
import argparse
import concurrent.futures
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
TIMEOUT = 120  # seconds a case, sanitizers included
OWN_FILES = ("cmd", "expected", "exit")


def find_cases(patterns):
    names = []
    for folder, folders, files in os.walk(HERE):
        folders.sort()
        if "cmd" in files:
            names.append(os.path.relpath(folder, HERE))
            folders.clear()
    return sorted(n for n in names if not patterns or any(p in n for p in patterns))


def read(path, default=""):
    try:
        with open(path, encoding="utf-8", errors="backslashreplace", newline="") as f:
            return f.read()
    except FileNotFoundError:
        return default


def write(path, text):
    with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="") as f:
        f.write(text)


def normalise(data, folder):
    text = data.decode("utf-8", errors="backslashreplace")
    text = re.sub(r"\(\d+(\.\d+)? s\)", "(… s)", text)
    return text.replace(TESTS, "$TESTS").replace(folder, "$CASE")


def environment(program):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("BOARDWRIGHT", "CMOCKA", "G_"))}
    env.update(PATH=os.path.dirname(program) + os.pathsep + env.get("PATH", ""), LC_ALL="C", LANG="C", TZ="UTC",
               NO_COLOR="1", TERM="dumb", TESTS=TESTS,
               BUILD=os.path.dirname(program), ASAN_OPTIONS="exitcode=99", UBSAN_OPTIONS="halt_on_error=1")
    return env


def run_case(name, program):
    """Returns (exit status as text, output) or raises."""
    source = os.path.join(HERE, name)
    with tempfile.TemporaryDirectory(prefix="golden-") as temporary:
        folder = os.path.join(os.path.realpath(temporary), "case")
        shutil.copytree(source, folder, symlinks=True, ignore=shutil.ignore_patterns("expected", "exit"))
        p = subprocess.run(["sh", "./cmd"], cwd=folder, env=environment(program), stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT)
        output = normalise(p.stdout, folder)
        errors = normalise(p.stderr, folder)
        if errors:
            if output and not output.endswith("\n"):
                output += "\n\\ no newline at the end\n"
            output += "[stderr]\n" + errors
        return str(p.returncode), output


def missing_program(name, program):
    first = read(os.path.join(HERE, name, "cmd")).split("\n", 1)[0]
    m = re.match(r"#\s*needs:\s*(.*)", first)
    for need in m.group(1).split() if m else ():
        if not shutil.which(need, path=environment(program)["PATH"]):
            return need
    return None


def test_case(name, program, update):
    """Returns (verdict, details); the verdict is "ok", "skip", "fail" or "updated"."""
    missing = missing_program(name, program)
    if missing:
        return "skip", f"{missing} is not installed"
    try:
        status, output = run_case(name, program)
    except subprocess.TimeoutExpired:
        return "fail", f"did not end within {TIMEOUT} s"
    folder = os.path.join(HERE, name)
    expected = read(os.path.join(folder, "expected"))
    expected_status = read(os.path.join(folder, "exit"), "0").strip()
    if (status, output) == (expected_status, expected):
        return "ok", ""
    if update:
        write(os.path.join(folder, "expected"), output)
        if status != "0":
            write(os.path.join(folder, "exit"), status + "\n")
        elif os.path.exists(os.path.join(folder, "exit")):
            os.remove(os.path.join(folder, "exit"))
        return "updated", ""
    details = []
    if status != expected_status:
        details.append(f"exit status {status}, expected {expected_status}")
    details += difflib.unified_diff(expected.splitlines(), output.splitlines(), "expected", "now", lineterm="")
    if expected.splitlines() == output.splitlines() and expected != output:
        details.append("the outputs differ in line ends")
    return "fail", "\n".join(details)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default=os.path.join(os.path.dirname(TESTS), "build", "boardwright"))
    parser.add_argument("--update", action="store_true", help="write what comes out now as what is expected")
    parser.add_argument("--tap", action="store_true", help="report in the Test Anything Protocol")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1)
    parser.add_argument("names", nargs="*", help="only cases with this in their name")
    args = parser.parse_args()
    program = os.path.abspath(args.program)
    if not os.access(program, os.X_OK):
        sys.exit(f"{program} is not there; build it first, or name it with --program")
    cases = find_cases(args.names)
    if not cases:
        sys.exit("no case has such a name")

    counts = {"ok": 0, "skip": 0, "fail": 0, "updated": 0}
    if args.tap:
        print(f"1..{len(cases)}")
    with concurrent.futures.ThreadPoolExecutor(args.j) as pool:
        results = pool.map(lambda name: test_case(name, program, args.update), cases)
        for number, (name, (verdict, details)) in enumerate(zip(cases, results), 1):
            counts[verdict] += 1
            if args.tap:
                end = f" # SKIP {details}" if verdict == "skip" else ""
                print(f"{'not ok' if verdict == 'fail' else 'ok'} {number} - {name}{end}")
                if verdict == "fail":
                    print("".join(f"# {line}\n" for line in details.splitlines()), end="")
            elif verdict != "ok":
                print(f"{verdict}: {name}" + (f"\n{details}\n" if verdict == "fail" else f" {details}".rstrip()))
            sys.stdout.flush()
    if not args.tap:
        print(f"golden: {counts['ok']} passed, {counts['fail']} failed, {counts['skip']} skipped"
              + (f", {counts['updated']} updated" if args.update else ""))
    return 1 if counts["fail"] else 0


if __name__ == "__main__":
    sys.exit(main())
