#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The devicetree of every Zephyr target is the one that Zephyr's own parser makes of it.

    zephyr_devicetree.py [--zephyr DIR] [--limit N]

Needs a whole Zephyr tree (--zephyr, $ZEPHYR_BASE, or peer/zephyr beside the project) with its
scripts/dts/python-devicetree, and gcc. The files of a target are found here anew by the rules of Zephyr's CMake
modules, preprocessed by gcc as zephyr_dt_preprocess() calls it, and read by dtlib; `compile --board` has to make the
same tree. Targets that need headers of a HAL are left out, and counted. Phandles may have other numbers: they are
compared by what they refer to. The environment gives the program (BOARDWRIGHT). TAP on standard output.
"""
import argparse
import concurrent.futures
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright")))
FORMAT = "{NAME}|{DIR}|{REVISION_FORMAT}|{REVISION_DEFAULT}|{REVISIONS}|{SOCS}|{QUALIFIERS}"


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False, **options)


def targets_of(tree):
    """(name, directory, file stems, revision or None) of every target."""
    p = run([PROGRAM, "list", "--board-root=.", "--soc-root=.", "--cmakeformat", FORMAT], cwd=tree)
    for line in p.stdout.decode().splitlines():
        name, folder, form, default, revisions, socs, qualifiers = (f.split(";")[1:] for f in line.split("|"))
        revision = active_revision(form[0], default[0], revisions)
        for q in filter(None, qualifiers):
            segments = q.split("/")
            stems = ["_".join([name[0], *segments])]
            if len(socs) == 1:
                stems.append("_".join([name[0], *segments[1:]]))
            yield f"{name[0]}/{q}", folder[0], stems, revision


def active_revision(form, default, revisions):
    if form == "NOTFOUND" or default == "NOTFOUND":
        return None
    if form == "major.minor.patch":
        asked = default + ".0" * (2 - default.count("."))
        if asked in revisions:
            return asked
        key = lambda r: tuple(int(x) for x in (r + ".0.0").split(".")[:3])
        lower = [r for r in revisions if key(r) <= key(asked)]
        return max(lower, key=key) if lower else None
    return default


def sources_of(folder, stems, revision):
    """The .dts and the overlay of the default revision."""
    files = [os.path.join(folder, s + ".dts") for s in stems]
    files = [f for f in files if os.path.isfile(f)][:1]
    if files and revision:
        suffix = "_" + revision.replace(".", "_") + ".overlay"
        files += [f for f in (os.path.join(folder, s + suffix) for s in stems) if os.path.isfile(f)]
    return files


def include_flags(tree, folder):
    with open(os.path.join(tree, "arch", "archs.yml"), encoding="utf-8") as f:
        archs = re.findall(r"^\s*- name:\s*(\S+)", f.read(), re.M)
    parts = ["include", "include/zephyr", "dts/common", "dts/vendor", *(f"dts/{a}" for a in reversed(archs)), "dts"]
    dirs = [os.path.join(root, part) for root in (folder, tree) for part in parts]
    return [x for d in dirs if os.path.isdir(d) for x in ("-isystem", d)]


def preprocess(tree, folder, files, out):
    command = ["gcc", "-x", "assembler-with-cpp", "-nostdinc", *include_flags(tree, folder)]
    for f in files:
        command += ["-include", f]
    return run([*command, "-undef", "-D__DTS__", "-E", "-o", out, os.devnull], cwd=tree).returncode == 0


def theirs(dtlib, path):
    """{node: {property: value}} where a value is bytes, with the paths of nodes in place of phandles."""
    tree = {}
    dt = dtlib.DT(path)
    for node in dt.node_iter():
        tree[node.path] = {p.name: p.value for p in node.props.values()}
    return tree, {n.path: n.props["phandle"].value for n in dt.node_iter() if "phandle" in n.props}


def ours(path):
    with open(path, "rb") as f:
        blob = f.read()
    begin, names = struct.unpack(">2I", blob[8:16])
    tree, stack, at = {}, [], begin
    while True:
        token, = struct.unpack_from(">I", blob, at)
        at += 4
        if token == 1:
            end = blob.index(b"\0", at)
            stack.append(blob[at:end].decode())
            at = (end + 4) & ~3
            tree["/" + "/".join(stack[1:])] = {}
        elif token == 2:
            stack.pop()
        elif token == 3:
            size, offset = struct.unpack_from(">2I", blob, at)
            name = blob[names + offset:blob.index(b"\0", names + offset)].decode()
            tree["/" + "/".join(stack[1:])][name] = blob[at + 8:at + 8 + size]
            at = (at + 8 + size + 3) & ~3
        elif token == 9:
            return tree, {n: p["phandle"] for n, p in tree.items() if "phandle" in p}


def compare(expected, got):
    (want, want_handles), (have, have_handles) = expected, got
    if list(want) != list(have):
        only = [n for n in want if n not in have] or [n for n in have if n not in want]
        return f"nodes differ: {only[:3]}" if only else "nodes are in another order"
    # The same node has this number there and that number here.
    number = {have_handles[n]: want_handles[n] for n in have_handles if n in want_handles}
    for node, props in want.items():
        mine = {k: v for k, v in have[node].items() if k != "phandle"}
        # Blobs have no property that only repeats the node's name.
        base = node.rsplit("/", 1)[1].split("@")[0].encode() + b"\0"
        other = {k: v for k, v in props.items() if k != "phandle" and (k != "name" or v != base)}
        if list(mine) != list(other):
            return f"properties of {node}: {list(mine)} but {list(other)}"
        for name, value in other.items():
            if mine[name] == value:
                continue
            cells = [mine[name][i:i + 4] for i in range(0, len(mine[name]), 4)]
            if b"".join(number.get(c, c) if c != value[i * 4:i * 4 + 4] else c for i, c in enumerate(cells)) != value:
                return f"{node}/{name}: {mine[name].hex()} but {value.hex()}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--zephyr", default=os.environ.get("ZEPHYR_BASE") or os.path.join(ROOT, "..", "peer", "zephyr"))
    parser.add_argument("--limit", type=int, default=0, help="only so many targets, evenly spread")
    args = parser.parse_args()
    tree = os.path.realpath(args.zephyr)
    library = os.path.join(tree, "scripts", "dts", "python-devicetree", "src")
    if not os.path.isdir(library) or not os.path.isfile(os.path.join(tree, "dts", "common", "mem.h")):
        print(f"1..0 # SKIP no whole Zephyr tree at {os.path.normpath(args.zephyr)}")
        return 0
    if not shutil.which("gcc"):
        print("1..0 # SKIP gcc is not installed")
        return 0
    sys.path.insert(0, library)
    from devicetree import dtlib

    targets = list(targets_of(tree))
    if args.limit:
        targets = targets[::max(1, len(targets) // args.limit)]
    bad, without, header, unread, checked = [], 0, 0, [], 0
    with tempfile.TemporaryDirectory(prefix="zephyr-dt-") as out:
        def prepare(target):
            name, folder, stems, revision = target
            files = sources_of(folder, stems, revision)
            path = os.path.join(out, name.replace("/", "+") + ".pre")
            return (name, path) if files and preprocess(tree, folder, files, path) else (name, None if files else "")

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            ready = list(pool.map(prepare, targets))
        wanted = [name for name, path in ready if path]
        without = sum(path == "" for _, path in ready)
        header = sum(path is None for _, path in ready)
        boards = [x for name in wanted for x in ("--board", name)]
        # Errors of dtc's checks are not dtlib's; levels let the trees through.
        compiled = run([PROGRAM, "compile", "-W", "all=note", "-o", out, *boards], cwd=tree)
        for name, path in ready:
            if not path:
                continue
            try:
                expected = theirs(dtlib, path)
            except dtlib.DTError as e:
                unread.append(f"{name}: {e}")
                continue
            blob = os.path.join(out, name + ".dtb")
            checked += 1
            problem = compare(expected, ours(blob)) if os.path.isfile(blob) else "not compiled"
            if problem:
                bad.append(f"{name}: {problem}")
    print("1..1")
    for line in bad[:20]:
        print(f"# {line}")
    if any("not compiled" in b for b in bad):
        print("".join(f"# {line}\n" for line in compiled.stderr.decode(errors="replace").splitlines()[:20]), end="")
    for line in unread:
        print(f"# dtlib refuses {line}")
    print(f"{'not ok' if bad or not checked else 'ok'} 1 - {checked - len(bad)} of {checked} trees are the same "
          f"({without} targets have no .dts, {header} need headers of a HAL, {len(unread)} dtlib refuses)")
    return 1 if bad or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
