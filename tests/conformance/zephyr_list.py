#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`list` prints what Zephyr's scripts/list_boards.py prints, apart from the order of the lines.

    zephyr_list.py [--corpus DIR] [--zephyr DIR]

The corpus has Zephyr's boards and what the script printed for them. With a whole Zephyr tree (--zephyr or
$ZEPHYR_BASE) the script itself runs beside the program on more questions and on small trees made here; without
one that part is skipped. The environment gives the program (BOARDWRIGHT). TAP on standard output.
"""
import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright")))
EXTENSIONS = "tests/cmake/hwm/board_extend/oot_root"
FIELDS = ("NAME", "DIR", "VENDOR", "HWM", "REVISION_FORMAT", "REVISION_DEFAULT", "REVISION_EXACT", "REVISIONS", "SOCS",
          "QUALIFIERS")
FORMAT = "|".join("{%s}" % f for f in FIELDS)

# Trees that Zephyr's script takes, or refuses; each a file name and its text.
SMALL = {
    "clusters": {
        "soc/soc.yml": "socs:\n  - name: s\n    cpuclusters:\n      - name: a\n      - name: b\n",
        "boards/x/board.yml": "board:\n  name: x\n  socs:\n    - name: s\n      variants:\n        - name: v\n"
                              "          cpucluster: b\n        - name: lost\n          cpucluster: c\n",
    },
    "missing cluster": {
        "soc/soc.yml": "socs:\n  - name: s\n    cpuclusters:\n      - name: a\n",
        "boards/x/board.yml": "board:\n  name: x\n  socs:\n    - name: s\n      variants:\n        - name: v\n",
    },
    "extension of a clustered SoC": {
        "soc/soc.yml": "socs:\n  - name: s\n    cpuclusters:\n      - name: a\n",
        "boards/x/board.yml": "board:\n  name: x\n  socs:\n    - name: s\n",
        "boards/y/board.yml": "board:\n  extend: x\n  variants:\n    - name: v\n      qualifier: s\n"
                              "    - name: w\n      qualifier: s/a\n    - name: z\n      qualifier: s/a/w\n",
    },
    "duplicate variant by extension": {
        "soc/soc.yml": "socs:\n  - name: s\n",
        "boards/x/board.yml": "board:\n  name: x\n  socs:\n    - name: s\n      variants:\n        - name: v\n",
        "boards/y/board.yml": "board:\n  extend: x\n  variants:\n    - name: v\n      qualifier: s\n",
    },
    "unquoted number": {"boards/x/board.yml": "board:\n  name: 8051\n"},
    "no SoCs": {"boards/x/board.yml": "board:\n  name: x\n"},
    "an empty list": {"boards/x/board.yml": "boards: []\n"},
    "empty revision": {
        "boards/x/board.yml": "board:\n  name: x\n  revision:\n    format: letter\n    default: ''\n    revisions:\n"
                              "      - name: ''\n      - name: A\n",
    },
    "truth values": {
        "boards/x/board.yml": "board:\n  name: x\n  revision:\n    format: custom\n    exact: on\n",
        "boards/y/board.yml": "board:\n  name: y\n  vendor: Y\n",
    },
    "two boards of one name": {
        "boards/x/board.yml": "board:\n  name: x\n",
        "boards/y/board.yml": "board:\n  name: x\n",
    },
    "both keys": {"boards/x/board.yml": "board:\n  name: x\nboards:\n  - name: y\n"},
    "bare variants": {"boards/x/board.yml": "board:\n  name: x\n  variants:\n    - name: v\n      qualifier: q\n"},
    "unknown SoC": {"boards/x/board.yml": "board:\n  name: x\n  socs:\n    - name: s\n"},
    "SoC twice": {
        "soc/a/soc.yml": "socs:\n  - name: s\n",
        "soc/b/soc.yml": "socs:\n  - name: s\n    cpuclusters:\n      - name: a\n",
        "boards/x/board.yml": "board:\n  name: x\n  socs:\n    - name: s\n",
    },
    "SoC extended before it is defined": {
        "soc/a/soc.yml": "socs:\n  - extend: s\n    cpuclusters:\n      - name: late\n",
        "soc/b/soc.yml": "family:\n  - name: f\n    socs:\n      - name: s\n        cpuclusters:\n          - name: a\n",
        "boards/x/board.yml": "board:\n  name: x\n  socs:\n    - name: s\n",
    },
    "old boards": {
        "arch/arm/x": "", "arch/common/x": "", "boards/arm/old/old_defconfig": "", "boards/arm/old/older_defconfig": "",
        "boards/arm/new/board.yml": "board:\n  name: new\n", "boards/arm/new/new_defconfig": "",
    },
    "hidden folder, folder named board.yml": {
        "boards/.x/board.yml": "board:\n  name: x\n", "boards/y/board.yml/board.yml": "board:\n  name: y\n",
    },
}


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def result(self, name, problem=None):
        self.count += 1
        self.failed += problem is not None
        print(f"{'ok' if problem is None else 'not ok'} {self.count} - {name}")
        if problem is not None:
            print("".join(f"# {line}\n" for line in problem.splitlines()[:12]), end="")
        sys.stdout.flush()

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}")


def run(command, cwd):
    p = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
    return p.returncode, sorted(p.stdout.decode().splitlines()), p.stderr.decode(errors="replace")


def difference(expected, got):
    missing = [f"expected: {line}" for line in expected if line not in set(got)]
    extra = [f"printed:  {line}" for line in got if line not in set(expected)]
    return "\n".join(missing + extra) if expected != got else None


def check_expected(tap, corpus):
    tree = os.path.join(corpus, "zephyr")
    for name, options in (("zephyr-list.txt", []),
                          ("zephyr-list-extended.txt",
                           [f"--board-root={EXTENSIONS}", f"--soc-root={EXTENSIONS}"])):
        path = os.path.join(corpus, "expected", name)
        if not os.path.isfile(path) or not os.path.isdir(tree):
            tap.skip(name, f"{path} is not there")
            continue
        expected = open(path, encoding="utf-8").read().splitlines()
        code, lines, said = run([PROGRAM, "list", "--board-root=.", "--arch-root=.", "--soc-root=.", *options,
                                 "--cmakeformat", FORMAT], tree)
        lines = sorted((line.replace(os.path.realpath(tree) + "/", "") for line in lines), key=lambda s: s.encode())
        problem = difference(sorted(expected, key=lambda s: s.encode()), lines)
        if code or said:
            problem = f"exit status {code}\n{said}"
        tap.result(f"{name}: {len(expected)} boards", problem)


def beside_script(tap, script, name, options, cwd):
    theirs = run(["python3", script, *options], cwd)
    ours = run([PROGRAM, "list", *options], cwd)
    if theirs[0]:
        tap.result(f"{name}: refused", None if ours[0] else "the script refuses it: " + theirs[2][-300:])
        return
    problem = difference(theirs[1], ours[1])
    tap.result(f"{name}: {len(ours[1])} lines", f"exit status {ours[0]}\n{ours[2]}" if ours[0] else problem)


def check_script(tap, zephyr):
    script = os.path.join(zephyr, "scripts", "list_boards.py")
    everywhere = ["--board-root=.", "--arch-root=.", "--soc-root=."]
    for name, options in (("names", []), ("all fields", ["--cmakeformat", FORMAT]),
                          ("one board", ["--board=nrf5340dk", "--cmakeformat", FORMAT]),
                          ("a board that is not there", ["--board=nrf5340"]),
                          ("a folder", ["--board-dir", "boards/nordic/nrf5340dk/", "--board-dir", "boards/",
                                        "--cmakeformat", FORMAT]),
                          ("a root twice", ["--board-root=../" + os.path.basename(os.path.realpath(zephyr))])):
        beside_script(tap, script, name, everywhere + options, zephyr)
    for name, files in SMALL.items():
        with tempfile.TemporaryDirectory(prefix="list-") as folder:
            for path, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
                with open(os.path.join(folder, path), "w", encoding="utf-8") as f:
                    f.write(text)
            beside_script(tap, script, name, everywhere + ["--cmakeformat", FORMAT], folder)
            beside_script(tap, script, name + ", names", everywhere, folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", default=os.environ.get("CORPUS") or os.path.join(ROOT, "..", "shared", "corpus"))
    parser.add_argument("--zephyr", default=os.environ.get("ZEPHYR_BASE") or os.path.join(ROOT, "..", "peer", "zephyr"))
    args = parser.parse_args()
    tap = Tap()
    check_expected(tap, args.corpus)
    script = os.path.join(args.zephyr, "scripts", "list_boards.py")
    if not os.path.isfile(script):
        tap.skip("beside list_boards.py", f"{os.path.normpath(script)} is not there")
    elif run(["python3", script, "--help"], ".")[0]:
        tap.skip("beside list_boards.py", "python3 has no yaml or pykwalify")
    else:
        check_script(tap, os.path.realpath(args.zephyr))
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
