# SPDX-License-Identifier: Apache-2.0
"""Puts mistakes into board descriptions, one at a time, and demands that the program finds each at its line.

What the tests of faults (`boardwright check`) and of lies (`boardwright boot`) share: the table of mistakes, the copy
of a tree where single files are replaced, the comparison of findings. A row begins with "fault WHAT" or "lie WHAT";
then come

    board TREE PATH      the board: a tree that the test knows, and its source in it
    target NAME          the target to run, where the test runs one
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
    expect CODE of PATH  a file as a whole
    cure TEXT            the last finding offers a cure with TEXT in it
    pending WHY          not yet as it should be: reported, but not counted as failed

Mistakes in names of files are made with "rename OLD NEW", "copy OLD NEW", "remove PATH" and "add PATH" (an empty file,
to be filled with "insert").

Several edits may stand before one "expect"; what stands from "in" to "expect" may stand twice: two mistakes at once.
"\\t" is a tab. All but the findings that the board has anyway count: errors and warnings, so that neither cascades
nor a second opinion pass. The exit status must be 1 for an error.
"""
import collections
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Row:
    def __init__(self, name, place):
        self.name, self.place = name, place
        self.tree = self.board = self.pending = self.target = None
        self.cures = []  # texts
        self.steps = []  # of lists of (word, argument), one a fault


class TableError(Exception):
    pass


def read_table(path, noun):
    """@param noun the word that begins a row: "fault" or "lie"."""
    rows = []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip("\n")
            if not line.strip() or line.startswith("#"):
                continue
            word, _, argument = line.strip().partition(" ")
            argument = argument.strip().replace("\\t", "\t").replace("\\x20", " ")
            place = f"{os.path.basename(path)}:{number}"
            if word == noun:
                rows.append(Row(argument, place))
                begin = True
            elif word == "board":
                rows[-1].tree, rows[-1].board = argument.split(" ", 1)
            elif word == "target":
                rows[-1].target = argument
            elif word == "pending":
                rows[-1].pending = argument
            elif word == "cure":
                rows[-1].cures.append(argument)
            elif word in ("rename", "copy", "remove", "add", "in", "after", "find", "put", "drop", "insert", "cut", "expect"):
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
        """@param lines None: the file is taken away"""
        self.open_up(path)
        here = os.path.join(self.folder, path)
        if os.path.lexists(here):
            os.remove(here)
        if lines is None:
            return
        with open(here, "w", encoding="utf-8", errors="surrogateescape", newline="") as f:
            f.write("\n".join(lines))

    def restore(self, path):
        here = os.path.join(self.folder, path)
        if os.path.lexists(here):
            os.remove(here)
        if os.path.lexists(os.path.join(self.source, path)):
            os.symlink(os.path.join(self.source, path), here)


class Copy(Mirror):
    """The same without links, for small trees: where folders are walked, links to folders are not followed."""

    def link_all(self, at):
        shutil.copytree(os.path.join(self.source, at), os.path.join(self.folder, at), dirs_exist_ok=True)

    def open_up(self, path):
        pass

    def restore(self, path):
        here = os.path.join(self.folder, path)
        if os.path.lexists(here):
            os.remove(here)
        if os.path.lexists(os.path.join(self.source, path)):
            shutil.copy(os.path.join(self.source, path), here)


# ---- mistakes ----

def index_of(lines, text, start, place):
    for i in range(start, len(lines)):
        if text in lines[i]:
            return i
    raise TableError(f"{place}: no line has \"{text}\" (from line {start + 1} on)")


def apply_step(steps, board, files, read):
    """Edits files (path: lines, or None for one that is not there any more). Returns the faulty place and what is
    expected."""
    path, line, found, expected = board, 0, None, None

    def lines_of(name):
        return files[name] if files.get(name) is not None else files.setdefault(name, read(name))

    for word, argument, place in steps:
        if word in ("rename", "copy"):
            old, path = argument.split()
            files[path], line = list(lines_of(old)), 0
            if word == "rename":
                files[old] = None
            continue
        if word in ("remove", "add"):
            path, line = argument, 0
            files[path] = None if word == "remove" else [""]
            continue
        if word == "in":
            path, line = argument, 0
            continue
        if word == "expect" and " of " in argument:
            code, _, path = argument.partition(" of ")
            expected = code, path, 0
            continue
        lines = lines_of(path)
        if word == "after":
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


# ---- the program's opinion ----

def identity(f):
    """What a finding of the faulty board is compared by with those of the sound one: lines move."""
    return f["code"], f["message"], f["place"]["file"], f.get("property")


def show(f):
    return f"{f['place']['file']}:{f['place'].get('line', 0)}: {f['severity']}: {f['message']} [{f['code']}]"


class Tester:
    """Runs rows. @param try_board (folder, row) -> (exit status, findings of level error and warning as in --json)."""

    def __init__(self, try_board, trees, small=()):
        """@param small trees that are copied file by file"""
        self.try_board, self.trees, self.small = try_board, trees, small
        self.lock = threading.Lock()
        self.sound = {}  # (tree, board): findings without a fault

    def mirror(self, store, tree):
        if tree not in store.mirrors:
            folder = os.path.join(store.folder, tree)
            store.mirrors[tree] = (Copy if tree in self.small else Mirror)(self.trees[tree], folder)
        return store.mirrors[tree]

    def findings_without(self, mirror, row):
        key = (row.tree, row.board, row.target)
        if key not in self.sound:
            status, findings = self.try_board(mirror.folder, row)
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

        def old(path):
            return read(path) if os.path.exists(os.path.join(self.trees[row.tree], path)) else None
        try:
            sound = self.findings_without(mirror, row)
            for steps in row.steps:
                expected.append(apply_step(steps, row.board, files, read)[2])
            files = {path: lines for path, lines in files.items() if lines != old(path)}
            if not files:
                raise TableError("nothing was changed")
            for path, lines in files.items():
                mirror.replace(path, lines)
            try:
                status, findings = self.try_board(mirror.folder, row)
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
        return self.judge(status, new, expected, row.cures)

    def judge(self, status, new, expected, cures):
        places = [(f["code"], os.path.normpath(f["place"]["file"]), f["place"].get("line", 0)) for f in new]
        wanted_status = 1 if any(f["severity"] == "error" for f in new) else 0
        told = "".join(f"\n  found    {show(f)}" for f in new)
        uncured = [cure for cure in cures if not any(cure in f.get("cure", "") for f in new)]
        if sorted(places) == sorted(expected) and status == wanted_status and not uncured:
            return "ok", told
        told += "".join(f"\n  cure     {f.get('cure')}" for f in new) if uncured else ""
        wanted = "".join(f"\n  no cure has \"{cure}\"" for cure in uncured)
        wanted += "".join(f"\n  expected {file}:{line}: [{code}]" for code, file, line in expected)
        return "fail", f"status {status}, {len(new)} findings{wanted}{told}"


class Store:
    def __init__(self, folder):
        self.folder, self.mirrors = folder, {}
        os.makedirs(folder)


def run_all(tester, rows, temporary, workers):
    """Yields (verdict, details) in the order of the rows."""
    stores = [Store(os.path.join(temporary, str(i))) for i in range(workers)]
    free = list(stores)

    def one(row):
        with tester.lock:
            store = free.pop()
        try:
            return tester.run(store, row)
        except subprocess.TimeoutExpired as e:
            return "fail", f"did not end within {e.timeout:.0f} s"
        finally:
            with tester.lock:
                free.append(store)
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        yield from pool.map(one, rows)


def run_rows(tester, rows, workers, tap, verbose):
    """Runs them and prints each verdict. Returns a Counter of (kind, verdict), of kind, and of "failed"."""
    counts = collections.Counter()
    temporary = tempfile.mkdtemp(prefix="boardwright-rows-")
    if tap:
        print(f"1..{len(rows)}")
    try:
        for number, (row, (verdict, details)) in enumerate(
                zip(rows, run_all(tester, rows, temporary, max(workers, 1))), 1):
            counts[row.kind, verdict] += 1
            counts[row.kind] += 1
            title = f"{row.kind}: {row.name} ({row.place})"
            if tap:
                end = f" # SKIP {details}" if verdict == "skip" else f" # TODO {row.pending}" if row.pending else ""
                print(f"{'not ok' if verdict == 'fail' else 'ok'} {number} - {title}{end}")
            elif verdict != "ok" or verbose or row.pending:
                print(f"{verdict}: {title}" + (f" pending: {row.pending}" if row.pending else ""))
            if verdict == "fail" or verbose or (verdict == "skip" and not tap):
                print("".join(f"{'# ' if tap else '    '}{line}\n" for line in details.strip().splitlines()), end="")
            counts["failed"] += verdict == "fail" and not row.pending
            sys.stdout.flush()
    finally:
        shutil.rmtree(temporary)
    return counts


def add_arguments(parser):
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "boardwright"))
    parser.add_argument("--tap", action="store_true", help="report in the Test Anything Protocol")
    parser.add_argument("-v", action="store_true", help="show the findings of rows that are right too")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1)
    parser.add_argument("names", nargs="*", help="only rows with this in their name")


def program_of(args):
    program = os.path.abspath(args.program)
    if not os.access(program, os.X_OK):
        sys.exit(f"{program} is not there; build it first, or name it with --program")
    return program


def rows_of(args, path, noun, kind):
    rows = [row for row in read_table(path, noun) if not args.names or any(n in row.name for n in args.names)]
    for row in rows:
        row.kind = kind
    return rows


def run_json(command, folder, timeout, levels=("error", "warning")):
    """Returns (exit status, findings of these levels) of a command that prints findings as JSON."""
    p = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       timeout=timeout,
                       env=dict(os.environ, ASAN_OPTIONS="exitcode=99", UBSAN_OPTIONS="halt_on_error=1", LC_ALL="C"))
    try:
        findings = json.loads(p.stdout)["findings"]
    except (ValueError, KeyError) as e:
        raise TableError(f"status {p.returncode}, no JSON ({e}): {p.stderr.decode(errors='replace')[-600:]}")
    return p.returncode, [f for f in findings if f["severity"] in levels]
