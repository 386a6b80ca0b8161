#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares `boardwright compile -E` with `gcc -E`: the same tokens, with blanks at the same places.

    preprocessor.py [--programs N] [--seed S] [--keep DIR] [--corpus DIR]

First N random macro programs, each for itself, then (--corpus) every source of the Linux tree and of
Zephyr that gcc can preprocess. Runs of white space count as one blank. The environment gives the program
(BOARDWRIGHT) as for all conformance tests. TAP on standard output.
"""
import argparse
import concurrent.futures
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright"))
GCC = ["gcc", "-E", "-P", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp"]


def normal(data):
    return re.sub(rb"[ \t\r\n\f\v]+", b" ", data).strip()


def run(command, cwd=None):
    p = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                       env={**os.environ, "LC_ALL": "C"})
    return p.returncode, p.stdout, p.stderr


# ---- random programs -------------------------------------------------------------------------------


class Program:
    """Text full of what decides where one token ends and the next begins."""

    WORDS = ["foo", "bar", "A", "B", "C", "F", "G", "H", "V", "W", "E", "reg", "x1", "_u", "N"]
    NUMBERS = ["0", "5", "0x1f", "1.5", "0xE", "08", "1e", "7U", "3ULL", "'a'"]
    MARKS = list("{}<>[]=,;:&|^!~+-*/%?@.#()") + ["<<", ">>", "&&", "||", "==", "!=", "<=", ">=", "##"]
    BLANKS = ["", "", "", " ", " ", "  ", "\t", "/* c */", " \\\n", "\\\n "]

    def __init__(self, rng):
        self.rng = rng
        self.macros = {}  # name -> (number of parameters or None, variadic)

    def blank(self):
        return self.rng.choice(self.BLANKS)

    def atom(self, params=()):
        r = self.rng.random()
        if params and r < 0.4:
            return self.rng.choice(params)
        if r < 0.55:
            return self.rng.choice(self.WORDS)
        if r < 0.7:
            return self.rng.choice(self.NUMBERS)
        if r < 0.75:
            return self.rng.choice(['"s"', '"a b"', '"\\""', '"N"', "''"])
        if r < 0.8 and self.macros:
            return self.rng.choice(sorted(self.macros))
        if r < 0.84:
            return self.rng.choice(["__LINE__", "__INCLUDE_LEVEL__", "__FILE__"])
        return self.rng.choice([m for m in self.MARKS if m not in "()#" or not m])

    def call(self, depth, params=()):
        if not self.macros:
            return self.atom(params)
        name = self.rng.choice(sorted(self.macros))
        count, variadic = self.macros[name]
        if count is None:
            return name
        if self.rng.random() < 0.1:
            return name
        if variadic:
            count = max(0, count - 1 + self.rng.randrange(0, 3))
        arguments = [self.tokens(self.rng.randrange(0, 4), depth + 1, params, True) for _ in range(count)]
        if variadic and count == 0:
            arguments = [""]
        return name + self.blank() + "(" + ",".join(arguments) + ")"

    def tokens(self, count, depth=0, params=(), inside=False):
        text = self.blank()
        for _ in range(count):
            r = self.rng.random()
            if r < 0.3 and depth < 4:
                piece = self.call(depth, params)
            elif r < 0.36:
                piece = "(" + self.tokens(self.rng.randrange(0, 3), depth + 1, params, inside) + ")"
            else:
                piece = self.atom(params)
            if inside and piece == ",":
                piece = ";"
            text += piece + self.blank()
        # Neither comments by accident, nor a splice that swallows the line end of a directive.
        return re.sub(r"/(?=/)|/(?=\*(?! c \*/))", "/ ", text)

    def body(self, params, variadic):
        text = self.tokens(self.rng.randrange(0, 6), 0, params)
        if params and self.rng.random() < 0.35:
            text += " #" + self.rng.choice(["", " "]) + self.rng.choice(params)
        if self.rng.random() < 0.4:
            left = self.rng.choice(list(params) + self.WORDS + self.NUMBERS[:6] + ["-", ".", "<", ""])
            right = self.rng.choice(list(params) + self.WORDS + self.NUMBERS[:6] + ["-", "=", "<"])
            if left:
                text += " " + left + self.rng.choice(["##", " ## "]) + right + self.blank()
        if variadic and self.rng.random() < 0.4:
            text += self.rng.choice([" , ## ", " __VA_OPT__(, x) ", " __VA_OPT__(-) "]) + variadic
        return text

    def define(self):
        rng = self.rng
        name = rng.choice(["A", "B", "C", "E", "F", "G", "H", "V", "W", "N"])
        lines = []
        if name in self.macros:
            lines.append("#undef " + name)
        kind = rng.random()
        if kind < 0.4:
            text = self.body((), None)
            self.macros[name] = (None, False)
            lines.append(f"#define {name} {text}")
        else:
            count = rng.randrange(0, 4)
            params = ["a", "b", "c"][:count]
            variadic = None
            listed = list(params)
            if kind > 0.8:
                variadic = rng.choice(["__VA_ARGS__", "rest"])
                listed.append("..." if variadic == "__VA_ARGS__" else "rest...")
            used = params + ([variadic] if variadic else [])
            text = self.body(used, variadic)
            self.macros[name] = (len(listed), variadic is not None)
            lines.append(f"#{rng.choice(['', ' '])}define {name}({', '.join(listed)}) {text}")
        return lines

    def condition(self):
        rng = self.rng

        def value(depth):
            r = rng.random()
            if r < 0.3 or depth > 3:
                return rng.choice(["0", "1", "2", "-1", "7U", "0x10", "'a'", "N", "undefined_name", "~0", "010"])
            if r < 0.45:
                return rng.choice(["defined A", "defined(B)", "!defined E", "defined ( N )"])
            if r < 0.55:
                return rng.choice("!~-+") + "(" + value(depth + 1) + ")"
            if r < 0.62:
                return f"({value(depth + 1)} ? {value(depth + 1)} : {value(depth + 1)})"
            op = rng.choice(["+", "-", "*", "<", ">", "<=", ">=", "==", "!=", "&&", "||", "&", "|", "^", "<<", ">>"])
            return f"({value(depth + 1)} {op} {value(depth + 1)})"

        return value(0)

    def text(self):
        rng = self.rng
        lines = []
        opened = []
        for _ in range(rng.randrange(4, 14)):
            r = rng.random()
            if r < 0.45:
                lines += self.define()
            elif r < 0.55:
                lines.append(rng.choice(["#if " + self.condition(), "#ifdef A", "#ifndef F"]))
                opened.append(False)
            elif r < 0.62 and opened:
                if rng.random() < 0.5 and not opened[-1]:
                    lines.append("#elif " + self.condition())
                elif not opened[-1]:
                    lines.append("#else")
                    opened[-1] = True
                else:
                    lines.append("#endif")
                    opened.pop()
            elif r < 0.66:
                lines.append(rng.choice(["#size-cells = <N>;", "#N-cells", "#A", "N-cells N.x foo-N n@N N@N N,N N+N"]))
            else:
                lines.append(self.tokens(rng.randrange(1, 9)))
        lines += ["#endif"] * len(opened)
        lines.append("A B C E F(1) G(x, y) H(1,2,3) V() W(a) N end")
        return "\n".join(lines) + "\n"


# What we do otherwise on purpose; each is named in docs/devicetree.md.
def deliberate(source):
    return None


def compare(command_gcc, command_own, cwd=None):
    """None when gcc refuses, else a pair of texts."""
    status, text, _ = run(command_gcc, cwd)
    if status != 0:
        return None
    own_status, own, errors = run(command_own, cwd)
    if own_status not in (0, 1):
        own += b"\n[exit %d] " % own_status + errors
    return normal(text), normal(own)


def difference(gcc, own):
    at = next((i for i, (a, b) in enumerate(zip(gcc, own)) if a != b), min(len(gcc), len(own)))
    def show(text):
        return text[max(0, at - 60):at + 60].decode("utf-8", "backslashreplace")
    return f"gcc: …{show(gcc)}…\n# own: …{show(own)}…"


def random_programs(count, seed, keep):
    refused = 0
    failures = []
    with tempfile.TemporaryDirectory(prefix="preprocessor-") as folder:
        def one(number):
            rng = random.Random(f"{seed}/{number}")
            text = Program(rng).text()
            path = os.path.join(folder, f"p{number}.dts")
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            name = os.path.basename(path)
            result = compare(GCC + [name], [PROGRAM, "compile", "-E", name], folder)
            return number, text, result

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for number, text, result in pool.map(one, range(count)):
                if result is None:
                    refused += 1
                elif result[0] != result[1]:
                    failures.append((number, text, difference(*result)))
                    if keep:
                        shutil.copy(os.path.join(folder, f"p{number}.dts"), keep)
    return refused, failures


def corpus_files(folder):
    for top, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if name.endswith((".dts", ".dtso")):
                yield os.path.relpath(os.path.join(top, name), folder)


def corpus(tree, dirs, keep):
    """Returns (compared, refused by gcc, failures)."""
    flags = [f"-I{d}" for d in dirs]

    def one(name):
        gcc = GCC + ["-I" + (os.path.dirname(name) or ".")] + flags + [name]
        own = [PROGRAM, "compile", "-E", "-I", os.path.dirname(name) or "."] + flags + [name]
        return name, compare(gcc, own, tree)

    compared = refused = 0
    failures = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, result in pool.map(one, list(corpus_files(tree))):
            if result is None:
                refused += 1
                continue
            compared += 1
            if result[0] != result[1]:
                failures.append((name, difference(*result)))
    return compared, refused, failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", type=int, default=300)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--keep", help="copies programs that differ here")
    parser.add_argument("--corpus", help="also all sources of this corpus folder")
    args = parser.parse_args()
    if not shutil.which("gcc"):
        print("1..0 # SKIP gcc is not installed")
        return 0
    failed = 0
    refused, failures = random_programs(args.programs, args.seed, args.keep)
    failed += bool(failures)
    for number, text, what in failures[:20]:
        print(f"# program {args.seed}/{number}:\n# {what}")
    print(f"{'not ' if failures else ''}ok 1 - {args.programs - refused} random programs as gcc reads them, "
          f"{len(failures)} differ, {refused} that gcc refuses")
    trees = []
    if args.corpus:
        zephyr = os.path.join(args.corpus, "zephyr")
        archs = sorted(os.listdir(os.path.join(zephyr, "dts"))) if os.path.isdir(os.path.join(zephyr, "dts")) else []
        trees = [("linux", ["include", "."]),
                 ("zephyr", ["include", "include/zephyr", "dts/common", "dts/vendor"]
                  + [f"dts/{a}" for a in archs if a not in ("common", "vendor", "bindings")] + ["dts"])]
    count = 1
    for name, dirs in trees:
        folder = os.path.join(args.corpus, name)
        count += 1
        if not os.path.isdir(folder):
            print(f"ok {count} - {name} # SKIP {folder} is not there")
            continue
        compared, refused, failures = corpus(folder, dirs, args.keep)
        failed += bool(failures) or not compared
        for path, what in failures[:20]:
            print(f"# {path}:\n# {what}")
        print(f"{'not ' if failures or not compared else ''}ok {count} - {compared} sources of {name} as gcc reads them, "
              f"{len(failures)} differ, {refused} that gcc refuses")
    print(f"1..{count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
