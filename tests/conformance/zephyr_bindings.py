#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where Zephyr's edtlib refuses a devicetree, `check` has an error; where it does not, `check` has none of its kind.

    zephyr_bindings.py [--zephyr DIR] [--targets N] [--mutations N] [--seed N] [-v]

Needs a whole Zephyr tree (--zephyr, $ZEPHYR_BASE, or peer/zephyr beside the project) with its
scripts/dts/python-devicetree. Devicetrees of real targets, as `compile --board` writes them, are taken as they are and
with one property dropped, renamed, given another type or another value; both programs look at the same file with the
same bindings. The environment gives the program (BOARDWRIGHT). TAP on standard output.
"""
import argparse
import collections
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright")))
PROPERTY = re.compile(r"^(\t+)([A-Za-z][A-Za-z0-9,._+-]*)( = ([^;]*))?;\s*(/\*.*\*/)?\s*$")


def find_zephyr(given):
    for folder in (given, os.environ.get("ZEPHYR_BASE"), os.path.join(ROOT, "..", "peer", "zephyr"),
                   os.path.join(ROOT, "..", "..", "peer", "zephyr")):
        if folder and os.path.isfile(os.path.join(folder, "scripts/dts/python-devicetree/src/devicetree/edtlib.py")):
            return os.path.abspath(folder)
    return None


def flat_sources(tree, count, rng, folder):
    """Sources of some targets that can be read without a HAL."""
    p = subprocess.run([PROGRAM, "list", "--board-root=.", "--soc-root=.", "--targets"], cwd=tree, check=True,
                       stdout=subprocess.PIPE, timeout=60)
    targets = [line.split("\t")[0] for line in p.stdout.decode().splitlines()]
    rng.shuffle(targets)
    made = []
    for begin in range(0, len(targets), 20):
        if len(made) >= count:
            break
        some = targets[begin:begin + 20]
        subprocess.run([PROGRAM, "compile", "--dts", "-o", folder, *(f"--board={t}" for t in some)], cwd=tree,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300, check=False)
        made += [t for t in some if os.path.isfile(os.path.join(folder, t + ".dts"))]
    return made[:count]


# ---- one mistake ----

def other_type(value):
    value = value or ""
    if not value:
        return " = <1>"
    if value.startswith('"'):
        return " = <1>"
    return ' = "text"'


def mutate(lines, rng):
    """A mutated copy, and what was done; None where it does not fit."""
    places = [i for i, line in enumerate(lines) if PROPERTY.match(line)]
    i = rng.choice(places)
    indent, name, assigned, value, _ = PROPERTY.match(lines[i]).groups()
    assigned = assigned or ""
    if name in ("phandle",) or name.startswith("#") or (indent == "\t" and name in ("model",)):
        return None
    kind = rng.choice(["drop", "rename", "type", "number", "text", "add", "enable"])
    new = list(lines)
    if kind == "drop":
        del new[i]
    elif kind == "rename":
        at = rng.randrange(1, len(name)) if len(name) > 1 else 0
        new[i] = f"{indent}{name[:at]}{name[at + 1:]}{assigned};"
    elif kind == "type":
        new[i] = f"{indent}{name}{other_type(value)};"
    elif kind == "number":
        if not re.fullmatch(r"< *0x[0-9a-fA-F]+ *>", value or "") or name in ("reg", "interrupts"):
            return None
        new[i] = f"{indent}{name} = <0x1267>;"
    elif kind == "text":
        if not (value or "").startswith('"') or value.count('"') != 2 or name == "status":
            return None
        new[i] = f'{indent}{name} = "some,text";'
    elif kind == "add":
        new.insert(i, f"{indent}unheard-of;")
    else:
        if name != "status" or "disabled" not in (value or ""):
            return None
        new[i] = f'{indent}status = "okay";'
    return new, f"line {i + 1}, {kind}: {lines[i].strip()[:70]}", kind


# ---- what both say ----

class Edtlib:
    """Zephyr's own opinion. Only the bindings that a target opens are given again to its mutants: that is faster."""

    def __init__(self, tree, folder):
        sys.path.insert(0, os.path.join(tree, "scripts/dts/python-devicetree/src"))
        from devicetree import dtlib, edtlib  # noqa: E402
        self.edtlib, self.errors = edtlib, (edtlib.EDTError, dtlib.DTError)
        self.all = [os.path.join(tree, "dts/bindings")]
        self.vendors = edtlib.load_vendor_prefixes_txt(os.path.join(self.all[0], "vendor-prefixes.txt"))
        self.few = os.path.join(folder, "few")
        self.known = self.read_all()

    def read_all(self):
        """name -> (path, compatibles, files that it includes) of every binding."""
        known = {}
        for where, _, names in os.walk(self.all[0]):
            for name in names:
                if name.endswith((".yaml", ".yml")):
                    with open(os.path.join(where, name), encoding="utf-8") as f:
                        text = f.read()
                    known[name] = (os.path.join(where, name),
                                   set(re.findall(r"""^compatible: *["']?([^"'\s]+)""", text, re.M)),
                                   set(re.findall(r"[\w,.+-]+\.ya?ml", text)))
        return known

    def restrict(self, source):
        """Links the bindings that have a compatible of the source, and all that they include."""
        shutil.rmtree(self.few, ignore_errors=True)
        os.makedirs(self.few)
        with open(source, encoding="utf-8") as f:
            compatibles = set(re.findall(r'"([^"\n]*)"', f.read()))
        wanted = [name for name, (_, own, _) in self.known.items() if own & compatibles]
        seen = set()
        while wanted:
            name = wanted.pop()
            if name not in seen and name in self.known:
                seen.add(name)
                wanted += self.known[name][2]
                os.symlink(self.known[name][0], os.path.join(self.few, name))

    def says(self, path, full=False):
        try:
            self.edtlib.EDT(path, self.all if full else [self.few], warn_reg_unit_address_mismatch=False,
                            default_prop_types=True, infer_binding_for_paths=["/zephyr,user"],
                            vendor_prefixes=self.vendors, werror=False)
        except self.errors as e:
            return str(e)
        return None


def ours(tree, folder, path):
    """Errors of check. The file lies in a folder that looks like the tree."""
    p = subprocess.run([PROGRAM, "check", "--json", "-j1", path], cwd=folder, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=120, check=False)
    found = json.loads(p.stdout)["findings"]
    return [f"{f['place'].get('line')}: {f['message']} [{f['code']}]" for f in found if f["severity"] == "error"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--zephyr")
    parser.add_argument("--targets", type=int, default=12)
    parser.add_argument("--mutations", type=int, default=10, help="of each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-v", action="store_true")
    args = parser.parse_args()
    tree = find_zephyr(args.zephyr)
    if not tree:
        print("1..0 # SKIP no whole Zephyr tree (--zephyr, $ZEPHYR_BASE or peer/zephyr)")
        return 0
    import logging
    logging.disable(logging.CRITICAL)
    rng = random.Random(args.seed)
    folder = tempfile.mkdtemp(prefix="boardwright-bindings-")
    for name in ("include", "dts", "arch"):
        os.symlink(os.path.join(tree, name), os.path.join(folder, name))
    counts, wrong = collections.Counter(), []
    try:
        edtlib = Edtlib(tree, folder)
        sources = os.path.join(folder, "sources")
        for target in flat_sources(tree, args.targets, rng, sources):
            source = os.path.join(sources, target + ".dts")
            edtlib.restrict(source)
            with open(source, encoding="utf-8") as f:
                lines = f.read().split("\n")
            theirs, own = edtlib.says(source), ours(tree, folder, os.path.relpath(source, folder))
            known = collections.Counter(re.sub(r"^\d+: ", "", e) for e in own)
            counts["plain"] += 1
            if theirs or any("[zephyr-binding" in e for e in own):
                wrong.append(f"{target}: edtlib {theirs}; check {own}")
            for _ in range(args.mutations):
                mutant = mutate(lines, rng)
                if not mutant:
                    continue
                path = os.path.join(folder, "mutant.dts")
                with open(path, "w", encoding="utf-8") as f:
                    f.write("\n".join(mutant[0]))
                theirs, own = edtlib.says(path), ours(tree, folder, "mutant.dts")
                new = collections.Counter(re.sub(r"^\d+: ", "", e) for e in own) - known
                counts["mutants"] += 1
                counts["refused"] += theirs is not None
                counts["twice"] += sum(new.values()) > 1
                if theirs and not new:
                    wrong.append(f"{target}: {mutant[1]}: edtlib refuses it, check does not: {theirs}")
                elif not theirs and any("[zephyr-binding" in e for e in new):
                    wrong.append(f"{target}: {mutant[1]}: check refuses it, edtlib does not: {list(new)}")
                elif args.v and theirs:
                    print(f"# {target}: {mutant[1]}\n#   edtlib {theirs[:200]}\n#   check  {list(new)}")
    finally:
        shutil.rmtree(folder)
    print(f"{'not ok' if wrong else 'ok'} 1 - {counts['plain']} trees and {counts['mutants']} mutants, "
          f"{counts['refused']} of them refused by edtlib ({counts['twice']} with more than one error)")
    print("".join(f"# {w}\n" for w in wrong), end="")
    print("1..1")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
