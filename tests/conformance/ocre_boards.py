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
from ocre import MACROS, PROGRAM, ROOT, sources  # noqa: E402

PARTITIONS = ("partition-outside", "partition-overlap", "partition-alignment", "ocre-storage-alignment")


def run(tree, command, path, *more):
    options = [word for macro in MACROS for word in ("-D", macro)]
    done = subprocess.run([PROGRAM, command, "--missing-includes=tolerate", "--json", *more, *options, path],
                          cwd=tree, capture_output=True, timeout=300, check=False)
    return json.loads(done.stdout or "null")


def is_outside(tree, path):
    """Whether the storage partition itself ends behind its flash: of a table the first that does is a finding."""
    for flash in run(tree, "show", path)[0].get("flash", []):
        for part in flash.get("partitions", []):
            if part.get("label") == "storage_partition" and "size" in part and "size" in flash:
                return int(str(part["offset"]), 0) + part["size"] > flash["size"]
    return False


def storage_of(shown):
    """The offset of the storage partition; None if there is none that can be made out."""
    for sample in (shown or [{}])[0].get("samples", []):
        for need in sample["needs"]:
            match = re.search(r"^\d+ blocks? of .* at (0x[0-9a-f]+) of ", need["fact"])
            if need["topic"] == "storage" and match:
                return int(match.group(1), 16)
    return None


def findings_of(job):
    tree, path = job
    findings = run(tree, "check", path, "--system=ocre")["findings"]
    for finding in findings:
        finding["of storage"] = finding["code"] == "partition-outside" and is_outside(tree, path)
    return path, findings, storage_of(run(tree, "show", path, "--system=ocre"))


def short(path):
    """boards/nxp/frdm_k22f/frdm_k22f.dts: the file alone tells the board."""
    return os.path.basename(path)[: -len(".dts")]


def speaks_of(finding, offset):
    """Whether a finding is of the partition that begins there, or has it as the other party."""
    return finding["of storage"] or any(int(number, 16) == offset for number in re.findall(r"0x([0-9a-f]+)", finding["message"]))


class Survey:
    def __init__(self, results):
        self.classes = collections.defaultdict(list)
        self.boards = 0
        self.offsets = {}
        for path, findings, offset in results:
            if offset is None or any(f["code"] == "ocre-storage-missing" for f in findings):
                continue
            self.boards += 1
            self.offsets[path] = offset
            for finding in findings:
                self.classes[finding["code"]].append((path, finding))

    def of_storage(self, code):
        return sorted({short(p) for p, f in self.classes[code] if speaks_of(f, self.offsets[p])})

    def of_others(self, code):
        return sorted({short(p) for p, _ in self.classes[code]} - set(self.of_storage(code)))

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
    yield (f"{survey.boards} devicetrees have one. Of eight more the controller of its memory is not enabled (cores of "
           "`nrf54h20dk` and `nrf9280pdk`).\n")
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
        others = survey.of_others(code)
        yield f"`{code}`, of the storage: {compact(survey.of_storage(code)) or 'none'}" + (
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
    if not os.path.isdir(os.path.join(args.tree, "boards")):
        parser.error(f"{args.tree} is no tree of Zephyr; --tree names one")
    jobs = [(args.tree, path) for path in sources(args.tree)]
    with concurrent.futures.ThreadPoolExecutor(args.j) as pool:
        survey = Survey(pool.map(findings_of, jobs))
    print("\n".join(wrap("\n".join(document(survey)))).rstrip("\n"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
