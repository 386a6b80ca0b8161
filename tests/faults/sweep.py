#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts one-line faults into lines of real boards that a seed chooses, and counts how many are found at their line.

Not part of `make test`: it says where the reader could still be better, where faults.txt only says that chosen faults
are found. For each kind of fault: how many there were, how many gave one finding at the line, one finding elsewhere,
several, none; with -v those that are not as they should be.

    sweep.py [--program build/boardwright] [--corpus DIR] [-n FAULTS A KIND] [--seed N] [-v] [KIND…]
"""
import argparse
import collections
import os
import random
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
from run import ROOT, check, default_corpus, find_trees  # noqa: E402
from injection import Mirror, identity, show  # noqa: E402

# kind: (a line that can have the fault, what it becomes: None takes the line out, a list replaces it)
KINDS = {
    "semicolon-value": (r"^\s[^/*]*=.*[>\"\]];$", lambda s: s[:-1]),
    "semicolon-bool": (r"^\s+[a-z][\w,-]*;$", lambda s: s[:-1]),
    "semicolon-brace": (r"^\s*};$", lambda s: s[:-1]),
    "brace-missing": (r"^\s+};$", lambda s: None),
    "brace-superfluous": (r"^\s+};$", lambda s: [s, s]),
    "brace-open": (r"^[^/*]* {$", lambda s: s[:-2]),
    "angle-close": (r"^[^/*\"]*>;$", lambda s: s[:-2] + ";"),
    "angle-open": (r"^[^/*\"]*= <.*$", lambda s: s.replace("= <", "= ", 1)),
    "quote-close": (r"^[^/*]*\";$", lambda s: s[:-2] + ";"),
    "quote-open": (r"^[^/*]*= \"", lambda s: s.replace("= \"", "= ", 1)),
    "comment": (r"^\s*/\*.* \*/$", lambda s: s[:-3]),
    "label-extended": (r"^&\w+ {$", lambda s: s.replace(" {", "_x {")),
    "label-referred": (r"^\s[^/*]*= <&\w+[ >]", lambda s: re.sub(r"<&(\w+)", r"<&\1_x", s, count=1)),
    "macro": (r"^\s[^/*\"]*= <[^>]*[ (][A-Z][A-Z0-9_]{3,}[ )>]", lambda s: re.sub(r"([ (][A-Z][A-Z0-9_]{3,})", r"\1_X", s, count=1)),
    "equals": (r"^\s[^/*]* = [<\"]", lambda s: s.replace(" = ", " ", 1)),
    "comma": (r"\", \"|>, <", lambda s: re.sub(r"([\">]), ([\"<])", r"\1 \2", s, count=1)),
    "keyword": (r"^\s*/delete-(node|property)/", lambda s: s.replace("delete", "remove")),
    "include": (r"^#include", lambda s: s.replace(".", "_x.", 1)),
    "endif": (r"^#endif", lambda s: None),
    "line-doubled": (r"^\s+[a-z][\w,-]* = .*;$", lambda s: [s, s]),
    "node-renamed": (r"^\s.*@[0-9a-f]{3,8} {$", lambda s: re.sub(r"@([0-9a-f]*)([0-9a-f]) {", lambda m: "@" + m[1] + ("7" if m[2] == "3" else "3") + " {", s)),
}
KINDS = {name: (re.compile(pattern), change) for name, (pattern, change) in KINDS.items()}


def candidates(folder, path, wanted):
    """Lines of a board that can have a fault; not those that a conditional may leave out."""
    with open(os.path.join(folder, path), encoding="utf-8", errors="surrogateescape", newline="") as f:
        lines = f.read().split("\n")
    found, depth, comment = collections.defaultdict(list), 0, False
    for i, line in enumerate(lines):
        if re.match(r"#\s*if", line):
            depth += 1
        for kind in wanted:
            if not comment and (depth == 0 or kind == "endif") and KINDS[kind][0].search(line):
                found[kind].append(i)
        if re.match(r"#\s*endif", line):
            depth -= 1
        comment = (comment or "/*" in line) and "*/" not in line.rpartition("/*")[2]
    return lines, found


def files_of(folder, board):
    """The board and the .dtsi files beside it that it includes, directly or not."""
    seen, todo = [], [board]
    while todo:
        path = todo.pop()
        if path in seen or not os.path.exists(os.path.join(folder, path)):
            continue
        seen.append(path)
        with open(os.path.join(folder, path), encoding="utf-8", errors="replace") as f:
            for m in re.finditer(r'^#include "([^"]+)"', f.read(), re.MULTILINE):
                todo.append(os.path.normpath(os.path.join(os.path.dirname(path), m[1])))
    return seen


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "boardwright"))
    parser.add_argument("--corpus", default=default_corpus())
    parser.add_argument("-n", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-v", action="store_true")
    parser.add_argument("kinds", nargs="*")
    args = parser.parse_args()
    tree = find_trees(args.corpus).get("linux") or sys.exit("there is no corpus")
    wanted = args.kinds or list(KINDS)
    boards = sorted(os.path.relpath(os.path.join(d, f), tree) for d, _, files in os.walk(os.path.join(tree, "arm64"))
                    for f in files if f.endswith(".dts"))
    choose = random.Random(args.seed)
    temporary = tempfile.mkdtemp(prefix="sweep-")
    mirror = Mirror(tree, os.path.join(temporary, "tree"))
    program = os.path.abspath(args.program)
    counts = collections.defaultdict(collections.Counter)
    try:
        while any(sum(counts[k].values()) < args.n for k in wanted) and boards:
            board = boards.pop(choose.randrange(len(boards)))
            mirror.open_up(board)
            status, before = check(program, mirror.folder, board)
            if status != 0:
                continue
            for path in files_of(tree, board):
                lines, found = candidates(tree, path, wanted)
                for kind in sorted(found):
                    if sum(counts[kind].values()) >= args.n:
                        continue
                    for i in choose.sample(found[kind], min(2, len(found[kind]))):
                        new = KINDS[kind][1](lines[i])
                        new = [] if new is None else new if isinstance(new, list) else [new]
                        mirror.replace(path, lines[:i] + new + lines[i + 1:])
                        status, after = check(program, mirror.folder, board)
                        mirror.restore(path)
                        left = collections.Counter(identity(f) for f in before)
                        extra = []
                        for f in after:
                            if left[identity(f)] > 0:
                                left[identity(f)] -= 1
                            else:
                                extra.append(f)
                        right = i + len(new) if len(new) > 1 else i + 1
                        if kind == "brace-missing":  # said behind the last thing before it
                            right = max(n for n in range(i) if lines[n].strip()) + 1
                        if kind == "endif" and extra and lines[extra[0]["place"]["line"] - 1].startswith("#if"):
                            right = extra[0]["place"]["line"]  # said of the #if that is left without one
                        verdict = ("none" if not extra else "several" if len(extra) > 1 else
                                   "right" if extra[0]["place"]["line"] == right and
                                   os.path.normpath(extra[0]["place"]["file"]) == path else "elsewhere")
                        counts[kind][verdict] += 1
                        if args.v and verdict != "right":
                            print(f"{kind}: {verdict}: {board}: {path}:{right}: {lines[i].strip()}")
                            for f in extra:
                                print(f"    {show(f)}")
    finally:
        shutil.rmtree(temporary)
    print(f"{'kind':18}{'all':>6}{'right':>7}{'elsewhere':>11}{'several':>9}{'none':>6}")
    for kind in wanted:
        c = counts[kind]
        print(f"{kind:18}{sum(c.values()):6}{c['right']:7}{c['elsewhere']:11}{c['several']:9}{c['none']:6}")


if __name__ == "__main__":
    main()
