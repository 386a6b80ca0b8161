#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/ocre-boards.md: what `check --system ocre` finds of each board of a Zephyr tree.

    ocre_boards.py [--tree DIR] [-j N] > docs/ocre-boards.md

Each devicetree is checked alone, so that a finding in a file that many boards include is known of each of them. The
environment gives the program (BOARDWRIGHT).
"""
import argparse
import collections
import concurrent.futures
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ocre import HERE, MACROS, PROGRAM, ROOT, sources  # noqa: E402

assert HERE
PARTITIONS = ("partition-outside", "partition-overlap", "partition-alignment")


def findings_of(job):
    tree, path = job
    command = [PROGRAM, "check", "--system=ocre", "--missing-includes=tolerate", "--format=json"]
    for macro in MACROS:
        command += ["-D", macro]
    run = subprocess.run(command + [path], cwd=tree, capture_output=True, timeout=300, check=False)
    return path, json.loads(run.stdout)["findings"]


def short(path):
    """boards/nxp/frdm_k22f/frdm_k22f.dts: the file alone tells the board."""
    return os.path.basename(path)[: -len(".dts")]


def speaks_of_storage(finding):
    texts = [finding["message"], finding.get("node") or ""] + [n["message"] for n in finding.get("related", [])]
    return any("storage" in text for text in texts)


class Survey:
    def __init__(self, results):
        self.classes = collections.defaultdict(list)
        self.boards = 0
        for path, findings in results:
            codes = {f["code"]: f for f in findings}
            if "ocre-storage-missing" in codes or any(c in codes for c in ("syntax", "label-missing")):
                continue
            self.boards += 1
            for code, finding in codes.items():
                self.classes[code].append((path, finding))

    def names(self, code):
        return [short(path) for path, _ in self.classes[code]]


def compact(names):
    return ", ".join(f"`{name}`" for name in sorted(names))


def numbers(finding):
    return re.findall(r"0x[0-9a-f]+", finding["message"])


def blocks(finding):
    match = re.search(r"has (\d+) block", finding["message"])
    return int(match.group(1)) if match else -1


def by_blocks(survey, code):
    groups = collections.defaultdict(list)
    for path, finding in survey.classes[code]:
        groups[blocks(finding)].append(short(path))
    for count in sorted(groups):
        yield f"**{count} block{'' if count == 1 else 's'}** ({len(groups[count])}): {compact(groups[count])}\n"


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def document(survey):
    wrong, luck = survey.classes["ocre-storage-address"], survey.classes["ocre-storage-base-in-reg"]
    unmapped, apart = survey.classes["ocre-storage-unmapped"], survey.classes["ocre-storage-grandparent"]
    right = survey.boards - len(wrong) - len(luck) - len(unmapped) - len(apart)
    yield "# Storage partitions of Zephyr's boards, as Ocre would use them\n"
    yield "<!-- Written by tests/conformance/ocre_boards.py. -->\n"
    yield ("Zephyr 4.1: each devicetree of a board that has an enabled partition labelled `storage_partition`, without "
           "overlays\nof revisions. What is said here of each is what `boardwright check --system ocre` finds.\n")
    yield f"{survey.boards} devicetrees have one.\n"
    yield from table(("the address that Ocre's build computes", "devicetrees"),
                     [("right", str(right)), ("right by luck: the base stands in the chip's `reg`", str(len(luck))),
                      ("wrong", str(len(wrong))), ("without meaning: no address of the CPU reaches the flash",
                                                   str(len(unmapped))),
                      ("of something that is not the flash", str(len(apart)))])
    small, tight = len(survey.classes["ocre-storage-too-small"]), len(survey.classes["ocre-storage-tight"])
    yield (f"{small} have fewer than the 8 blocks of Ocre's folders, {small + tight} fewer than the 12 that a container "
           "needs.\n")
    yield "## Wrong addresses\n"
    yield from table(("board", "the storage", "Ocre's build"),
                     [(f"`{short(p)}`", *numbers(f)[:2]) for p, f in wrong])
    yield "## Right by luck\n"
    yield from table(("board", "the storage"), [(f"`{short(p)}`", numbers(f)[0]) for p, f in luck])
    yield "## Without an address\n"
    yield compact(survey.names("ocre-storage-unmapped")) + "\n"
    yield "## Outside of the flash, over others, across blocks\n"
    for code in PARTITIONS:
        of_storage = [(p, f) for p, f in survey.classes[code] if speaks_of_storage(f)]
        others = sorted(short(p) for p, f in survey.classes[code] if not speaks_of_storage(f))
        yield f"`{code}`, of the storage: {compact(short(p) for p, _ in of_storage) or 'none'}" + (
            f"; of other partitions: {compact(others)}" if others else "") + "\n"
    multiple = survey.names("ocre-storage-block-multiple")
    yield f"`ocre-storage-block-multiple`: {compact(multiple) or 'none'}\n"
    yield "## Flash that does not say its block size\n"
    guessed = survey.names("ocre-block-size-guessed")
    yield f"{len(guessed)}: {compact(guessed)}\n"
    yield "## Fewer than 8 blocks\n"
    yield from by_blocks(survey, "ocre-storage-too-small")
    yield "## 8 to 11 blocks\n"
    yield from by_blocks(survey, "ocre-storage-tight")


def wrap(text, width=118):
    """Lines of prose, of tables as they are."""
    for paragraph in text.split("\n"):
        if paragraph.startswith("|") or len(paragraph) <= width:
            yield paragraph
            continue
        line = ""
        for word in paragraph.split(" "):
            if line and len(line) + 1 + len(word) > width:
                yield line
                line = word
            else:
                line = f"{line} {word}" if line else word
        yield line


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tree", default=os.path.join(
        os.environ.get("CORPUS", os.path.join(ROOT, "..", "shared", "corpus")), "zephyr"))
    parser.add_argument("-j", type=int, default=os.cpu_count())
    args = parser.parse_args()
    jobs = [(args.tree, path) for path in sources(args.tree)]
    with concurrent.futures.ThreadPoolExecutor(args.j) as pool:
        survey = Survey(pool.map(findings_of, jobs))
    print("\n".join(wrap("\n".join(document(survey)))).rstrip("\n"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
