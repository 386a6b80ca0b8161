#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts one-line faults into boards and demands of `boardwright check` one finding each, at the right line.

faults.txt has the faults (one finding each), pairs.txt pairs of independent faults in one board (two findings).
The boards are real ones of a corpus of Linux and Zephyr trees, which is not part of this repository (rows are
skipped, saying so, where it is absent), and small ones in boards/.

A row begins with "fault WHAT"; then come

    board TREE PATH      the board: TREE is linux, zephyr or own (boards/)
    in PATH              file of the tree to be edited; the board itself if left out
    after TEXT           look for the next lines behind the first line that has TEXT (may be repeated)
    find TEXT            the next line that has TEXT: the faulty one
    put TEXT             what stands there instead of TEXT; nothing: TEXT is left out. Or
    drop                 the whole line is taken out. Or
    insert TEXT          TEXT becomes a line before it, the faulty one. Or
    cut                  the file ends before it
    expect CODE          the finding, at the faulty line. Or
    expect CODE N        N lines below it (or above: -N). Or
    expect CODE @ TEXT   at the first line that has TEXT, looked for from the faulty line on; with "in PATH" before
                         "@", in another file, from its beginning
    pending WHY          not yet as it should be: reported, but not counted as failed

"in" to "expect" stand twice in pairs.txt. "\\t" is a tab. All but the findings that the board has anyway count:
errors and warnings, so that neither cascades nor a second opinion pass. The exit status must be 1 for an error.

    run.py [--program build/boardwright] [--corpus DIR] [--tap] [-v] [PART OF A NAME…]
"""
import argparse
import collections
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TIMEOUT = 120  # seconds a board, sanitizers included

Edit = collections.namedtuple("Edit", "file line expected")  # line: 1-based; expected: (code, file, line)


class Row:
    def __init__(self, name, place):
        self.name, self.place = name, place
        self.tree = self.board = self.pending = None
        self.steps = []  # of lists of (word, argument), one a fault


class TableError(Exception):
    pass


def read_table(path):
    rows = []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip("\n")
            if not line.strip() or line.startswith("#"):
                continue
            word, _, argument = line.strip().partition(" ")
            argument = argument.strip().replace("\\t", "\t")
            place = f"{os.path.basename(path)}:{number}"
            if word == "fault":
                rows.append(Row(argument, place))
                begin = True
            elif word == "board":
                rows[-1].tree, rows[-1].board = argument.split(" ", 1)
            elif word == "pending":
                rows[-1].pending = argument
            elif word in ("in", "after", "find", "put", "drop", "insert", "cut", "expect"):
                if begin:
                    rows[-1].steps.append([])
                    begin = False
                rows[-1].steps[-1].append((word, argument, place))
                begin = word == "expect"
            else:
                raise TableError(f"{place}: what is \"{word}\"?")
    return rows


# ---- a tree of symbolic links, where single files are replaced ----

class Mirror:
    """A copy of a tree in which the folders on the way to files asked for are real, all else are links."""

    def __init__(self, source, folder):
        self.source, self.folder = source, folder
        os.makedirs(folder)
        self.link_all("")

    def link_all(self, at):
        source = os.path.join(self.source, at)
        for name in os.listdir(source):
            os.symlink(os.path.join(source, name), os.path.join(self.folder, at, name))

    def open_up(self, path):
        at = ""
        for part in os.path.dirname(os.path.normpath(path)).split(os.sep):
            at = os.path.join(at, part)
            here = os.path.join(self.folder, at)
            if at and os.path.islink(here):
                os.remove(here)
                os.mkdir(here)
                self.link_all(at)

    def replace(self, path, lines):
        self.open_up(path)
        here = os.path.join(self.folder, path)
        os.remove(here)
        with open(here, "w", encoding="utf-8", errors="surrogateescape", newline="") as f:
            f.write("\n".join(lines))

    def restore(self, path):
        here = os.path.join(self.folder, path)
        os.remove(here)
        os.symlink(os.path.join(self.source, path), here)


# ---- faults ----

def index_of(lines, text, start, place):
    for i in range(start, len(lines)):
        if text in lines[i]:
            return i
    raise TableError(f"{place}: no line has \"{text}\" (from line {start + 1} on)")


def apply_step(steps, board, files, read):
    """Edits files (path: lines). Returns the faulty place and what is expected."""
    path, line, found, expected = board, 0, None, None
    for word, argument, place in steps:
        lines = files.setdefault(path, None) or files.__setitem__(path, read(path)) or files[path]
        if word == "in":
            path, line = argument, 0
        elif word == "after":
            line = index_of(lines, argument, line, place) + 1
        elif word == "find":
            line, found = index_of(lines, argument, line, place), argument
        elif word == "put":
            lines[line] = lines[line].replace(found, argument, 1)
        elif word == "drop":
            del lines[line]
        elif word == "insert":
            lines.insert(line, argument)
        elif word == "cut":
            del lines[line:]
            lines.append("")
        elif word == "expect":
            expected = expectation(argument, path, line, files, read, place)
    return path, line, expected


def expectation(argument, path, line, files, read, place):
    head, _, text = argument.partition(" @ ")
    words = head.split()
    if text:
        start = line
        if "in" in words:
            path, start = words[words.index("in") + 1], 0
        lines = files.get(path) or read(path)
        return words[0], path, index_of(lines, text, start, place) + 1
    return words[0], path, line + 1 + (int(words[1]) if len(words) > 1 else 0)


# ---- the program under test ----

def check(program, folder, board):
    """In the Zephyr tree some headers are missing: reading goes on without them."""
    missing = "tolerate" if os.path.basename(folder) == "zephyr" else "error"
    p = subprocess.run([program, "check", "-j1", "--missing-includes=" + missing, "--format=json", board], cwd=folder, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT,
                       env=dict(os.environ, ASAN_OPTIONS="exitcode=99", UBSAN_OPTIONS="halt_on_error=1", LC_ALL="C"))
    try:
        findings = json.loads(p.stdout)["findings"]
    except (ValueError, KeyError) as e:
        raise TableError(f"status {p.returncode}, no JSON ({e}): {p.stderr.decode(errors='replace')[-600:]}")
    return p.returncode, [f for f in findings if f["severity"] in ("error", "warning")]


def identity(f):
    """What a finding of the faulty board is compared by with those of the sound one: lines move."""
    return f["code"], f["message"], f["place"]["file"], f.get("property")


def show(f):
    return f"{f['place']['file']}:{f['place']['line']}: {f['severity']}: {f['message']} [{f['code']}]"


class Tester:
    def __init__(self, program, trees):
        self.program, self.trees = program, trees
        self.lock = threading.Lock()
        self.sound = {}  # (tree, board): findings without a fault

    def mirror(self, store, tree):
        if tree not in store.mirrors:
            folder = os.path.join(store.folder, tree)
            store.mirrors[tree] = Mirror(self.trees[tree], folder)
        return store.mirrors[tree]

    def findings_without(self, mirror, row):
        key = (row.tree, row.board)
        if key not in self.sound:
            status, findings = check(self.program, mirror.folder, row.board)
            if status != 0:
                raise TableError("the board without the fault: " + "; ".join(show(f) for f in findings))
            self.sound[key] = collections.Counter(identity(f) for f in findings)
        return self.sound[key]

    def run(self, store, row):
        """Returns (verdict, details)."""
        if row.tree not in self.trees:
            return "skip", f"the corpus has no folder \"{row.tree}\" here"
        mirror = self.mirror(store, row.tree)
        mirror.open_up(row.board)
        files, expected = {}, []

        def read(path):
            with open(os.path.join(self.trees[row.tree], path), encoding="utf-8", errors="surrogateescape",
                      newline="") as f:
                return f.read().split("\n")
        try:
            sound = self.findings_without(mirror, row)
            for steps in row.steps:
                expected.append(apply_step(steps, row.board, files, read)[2])
            files = {path: lines for path, lines in files.items() if lines != read(path)}
            if not files:
                raise TableError("nothing was changed")
            for path, lines in files.items():
                mirror.replace(path, lines)
            try:
                status, findings = check(self.program, mirror.folder, row.board)
            finally:
                for path in files:
                    mirror.restore(path)
        except TableError as e:
            return "fail", str(e)
        left, new = collections.Counter(sound), []
        for f in findings:
            if left[identity(f)] > 0:
                left[identity(f)] -= 1
            else:
                new.append(f)
        return self.judge(status, new, expected)

    def judge(self, status, new, expected):
        places = [(f["code"], os.path.normpath(f["place"]["file"]), f["place"]["line"]) for f in new]
        wanted_status = 1 if any(f["severity"] == "error" for f in new) else 0
        told = "".join(f"\n  found    {show(f)}" for f in new)
        if sorted(places) == sorted(expected) and status == wanted_status:
            return "ok", told
        wanted = "".join(f"\n  expected {file}:{line}: [{code}]" for code, file, line in expected)
        return "fail", f"status {status}, {len(new)} findings{wanted}{told}"


class Store:
    def __init__(self, folder):
        self.folder, self.mirrors = folder, {}
        os.makedirs(folder)


def find_trees(corpus):
    trees = {"own": os.path.join(HERE, "boards")}
    for name in ("linux", "zephyr"):
        if os.path.isdir(os.path.join(corpus, name)):
            trees[name] = os.path.realpath(os.path.join(corpus, name))
    return trees


def run_all(tester, rows, temporary, workers):
    """Yields (verdict, details) in the order of the rows."""
    stores = [Store(os.path.join(temporary, str(i))) for i in range(workers)]
    free = list(stores)

    def one(row):
        with tester.lock:
            store = free.pop()
        try:
            return tester.run(store, row)
        except subprocess.TimeoutExpired:
            return "fail", f"did not end within {TIMEOUT} s"
        finally:
            with tester.lock:
                free.append(store)
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        yield from pool.map(one, rows)


def default_corpus():
    for up in ("..", "../..", "../../.."):
        corpus = os.path.join(ROOT, up, "shared", "corpus")
        if os.path.isdir(corpus):
            return corpus
    return os.path.join(ROOT, "..", "shared", "corpus")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "boardwright"))
    parser.add_argument("--corpus", default=os.environ.get("CORPUS") or default_corpus())
    parser.add_argument("--tap", action="store_true", help="report in the Test Anything Protocol")
    parser.add_argument("-v", action="store_true", help="show the findings of rows that are right too")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1)
    parser.add_argument("names", nargs="*", help="only rows with this in their name")
    args = parser.parse_args()
    rows = []
    for kind in ("faults", "pairs"):
        for row in read_table(os.path.join(HERE, kind + ".txt")):
            row.kind = kind
            if not args.names or any(n in row.name for n in args.names):
                rows.append(row)
    program = os.path.abspath(args.program)
    if not os.access(program, os.X_OK):
        sys.exit(f"{program} is not there; build it first, or name it with --program")
    counts = collections.Counter()
    temporary = tempfile.mkdtemp(prefix="faults-")
    tester = Tester(program, find_trees(args.corpus))
    if args.tap:
        print(f"1..{len(rows)}")
    try:
        for number, (row, (verdict, details)) in enumerate(
                zip(rows, run_all(tester, rows, temporary, max(args.j, 1))), 1):
            counts[row.kind, verdict] += 1
            counts[row.kind] += 1
            title = f"{row.kind}: {row.name} ({row.place})"
            if args.tap:
                end = f" # SKIP {details}" if verdict == "skip" else f" # TODO {row.pending}" if row.pending else ""
                print(f"{'not ok' if verdict == 'fail' else 'ok'} {number} - {title}{end}")
            elif verdict != "ok" or args.v or row.pending:
                print(f"{verdict}: {title}" + (f" pending: {row.pending}" if row.pending else ""))
            if verdict == "fail" or args.v or (verdict == "skip" and not args.tap):
                print("".join(f"{'# ' if args.tap else '    '}{line}\n" for line in details.strip().splitlines()),
                      end="")
            counts["failed"] += verdict == "fail" and not row.pending
            sys.stdout.flush()
    finally:
        shutil.rmtree(temporary)
    for kind, text in (("faults", "at the right line with one finding"), ("pairs", "with their two findings")):
        skipped = counts[kind, "skip"]
        print(f"{'# count: ' if args.tap else ''}{kind}: {counts[kind, 'ok']} of {counts[kind] - skipped} {text}"
              + (f", {skipped} skipped (no corpus)" if skipped else ""))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
