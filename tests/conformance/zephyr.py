#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Zephyr's boards: all that preprocess without a vendor HAL read; the others with unknown values.

    zephyr.py [--corpus DIR]

gcc -E says which need no HAL. Those must read without an error of the reader (not of a check);
with --missing-includes=tolerate all must. Exceptions are listed below with their reason.
The environment gives the program (BOARDWRIGHT). TAP on standard output.
"""
import argparse
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright"))
GCC = ["gcc", "-E", "-P", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp"]

# Files named .dts that are no tree by themselves; Zephyr's own reader refuses them, too.
PARTS = {
    "boards/mediatek/mt8186/afe-mt8186.dts": "only a part: nodes without a root, included by another file",
    "boards/mediatek/mt8188/afe-mt8188.dts": "only a part: nodes without a root, included by another file",
    "boards/mediatek/mt8195/afe-mt8195.dts": "only a part: nodes without a root, included by another file",
    "boards/mediatek/mt8196/afe-mt8196.dts": "only a part: nodes without a root, included by another file",
    "boards/raytac/mdbt53_db_40/raytac_mdbt53_db_40_nrf5340_cpuapp_common.dts":
        "only a part: extends the SoC that its includer brings",
    "boards/raytac/mdbt53v_db_40/raytac_mdbt53v_db_40_nrf5340_cpuapp_common.dts":
        "only a part: extends the SoC that its includer brings",
    "boards/snps/em_starterkit/em_starterkit_emsk_em7d.dts": "empty but for /dts-v1/; revisions bring the tree",
    "boards/ti/sk_am62/sk-am62_am6234_a53-pinctrl.dts": "only a part: extends the SoC that its includer brings",
}

# Findings of the reader: the text is not what it should be. All others are checks of the board.
READER = {"syntax", "property-after-subnode", "include-missing", "include-depth", "directive", "conditional",
          "error-directive", "macro-arguments", "macro-limit", "undefined-macro", "comment-unclosed", "label-missing",
          "literal", "bits", "nesting", "too-large", "file-unreadable", "incbin", "string-unclosed"}


def sources(tree):
    found = []
    for top, folders, files in os.walk(os.path.join(tree, "boards")):
        folders.sort()
        found += [os.path.relpath(os.path.join(top, f), tree) for f in sorted(files) if f.endswith(".dts")]
    return found


def preprocesses(tree, paths):
    """Those that gcc -E can preprocess with the directories of Zephyr's build."""
    archs = sorted(a for a in os.listdir(os.path.join(tree, "dts")) if a not in ("common", "vendor", "bindings"))
    dirs = ["include", "include/zephyr", "dts/common", "dts/vendor"] + [f"dts/{a}" for a in archs] + ["dts"]
    flags = [x for d in dirs for x in ("-isystem", d)]

    def one(path):
        p = subprocess.run(GCC + flags + [path], cwd=tree, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           check=False)
        return path if p.returncode == 0 else None

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return {p for p in pool.map(one, paths) if p}


def unreadable(tree, path, *options):
    """Sentence of the reader's first finding, or None. One file a run: findings are joined over boards."""
    p = subprocess.run([PROGRAM, "check", "--format", "json", *options, path], cwd=tree, stdout=subprocess.PIPE,
                       stderr=subprocess.DEVNULL, check=False)
    try:
        findings = json.loads(p.stdout)["findings"]
    except ValueError:
        return f"exit {p.returncode}"
    for f in findings:
        if f["severity"] == "error" and f["code"] in READER:
            return f"{f['place']['file']}:{f['place'].get('line', 0)}: {f['message']} [{f['code']}]"
    return None


def check(number, what, tree, paths, *options):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = dict(zip(paths, pool.map(lambda p: unreadable(tree, p, *options), paths)))
    bad = [p for p in paths if results[p] and p not in PARTS]
    stale = [p for p in paths if p in PARTS and not results[p]]
    for path in bad[:20]:
        print(f"# {path}: {results[path]}")
    for path in stale:
        print(f"# {path} reads now: it is no exception any more")
    parts = sum(p in PARTS for p in paths)
    failed = bool(bad or stale or not paths)
    print(f"{'not ' if failed else ''}ok {number} - {what}: {len(paths) - parts - len(bad)} of {len(paths) - parts}, "
          f"and {parts} that are no whole tree")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", default=os.environ.get("CORPUS") or os.path.join(ROOT, "..", "shared", "corpus"))
    args = parser.parse_args()
    tree = os.path.join(args.corpus, "zephyr")
    if not os.path.isdir(tree):
        print(f"1..0 # SKIP {os.path.normpath(tree)} is not there")
        return 0
    if not shutil.which("gcc"):
        print("1..0 # SKIP gcc is not installed")
        return 0
    paths = sources(tree)
    whole = preprocesses(tree, paths)
    failed = check(1, "boards that gcc preprocesses without a vendor HAL read", tree, sorted(whole))
    failed |= check(2, "the others read with unknown values", tree, [p for p in paths if p not in whole],
                    "--missing-includes=tolerate")
    for path in sorted(PARTS):
        print(f"# exception: {path}: {PARTS[path]}")
    print("1..2")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
