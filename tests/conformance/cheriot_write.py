#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `boardwright build` writes of CHERIoT boards: the same as the real build does, and taken by real compilers.

The corpus holds what the build of CHERIoT RTOS makes of its boards; where that has no fixed order, sets are compared.
The header set goes through gcc and clang in several languages with assertions made here out of the normalized board,
the linker scripts through GNU ld and lld. Speaks TAP; what is not installed is skipped.

    cheriot_write.py [--program build/boardwright] [--corpus ../shared/corpus] [NAME…]
"""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
OWN = os.path.join(HERE, "cheriot_write")
EXAMPLE = os.path.join(HERE, "..", "..", "examples", "cheriot_virt", "cheriot_virt.json")
WARNINGS = ["-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-ffreestanding", "-c", "-o", os.devnull]
GNU32 = ["-march=rv32imc", "-mabi=ilp32"]
CLANG32 = ["--target=riscv32-unknown-elf", "-march=rv32imc"]
COMPILERS = [
    ("gcc", ["-std=c99"], "c"), ("gcc", ["-std=c2x"], "c"), ("g++", ["-std=c++17"], "c++"),
    ("riscv64-unknown-elf-gcc", GNU32 + ["-std=c99"], "c"), ("riscv64-unknown-elf-gcc", GNU32 + ["-std=c2x"], "c"),
    ("riscv64-unknown-elf-g++", GNU32 + ["-std=c++17"], "c++"),
    ("clang", CLANG32 + ["-std=c99"], "c"), ("clang", CLANG32 + ["-std=c2x"], "c"), ("clang++", CLANG32 + ["-std=c++17"], "c++"),
]
FLAGS = {"hello": "compartment", "allocator_main": "allocator", "scheduler_main": "scheduler"}

results = []


def report(name, problem=None, skip=None):
    results.append(not problem)
    print("%sok %d - %s%s" % ("not " if problem else "", len(results), name, " # SKIP " + skip if skip else ""))
    for part in (problem or "").splitlines()[:40]:
        print("# " + part)
    sys.stdout.flush()


def run(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, **more)
    return done.returncode, done.stdout.decode(errors="replace")


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def difference(kind, expected, found):
    if expected == found:
        return ""
    if isinstance(expected, (set, frozenset)):
        return "%s: missing %s, too many %s\n" % (kind, sorted(expected - found), sorted(found - expected))
    return "%s:\nexpected %s\nfound    %s\n" % (kind, expected, found)


# -- the same as the real build -----------------------------------------------------------------------------------------

def without_empty(value):
    """The build prints an empty array as an empty object: both are the same to it."""
    if isinstance(value, dict):
        return {k: without_empty(v) for k, v in value.items()} or []
    return [without_empty(v) for v in value] if isinstance(value, list) else value


def enumeration(text):
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    return re.sub(r"\s+", " ", text).replace(" ,", ",").replace(", ", ",").strip()


def statements(text):
    return [line.strip() for line in text.split(";") if line.strip()]


def compare_mmio(expected, found):
    """Only the spans of memories have no order of their own."""
    ordered = [[s for s in statements(text) if not s.startswith("__memspan__")] for text in (expected, found)]
    spans = [{s for s in statements(text) if s.startswith("__memspan__")} for text in (expected, found)]
    return (difference("mmio.ldscript", *ordered) + difference("mmio.ldscript, memories", *spans) +
            difference("mmio.ldscript, its end", expected[-1:], found[-1:]))


def compare_board(folder, expected, sdk):
    problem = difference("board.json", without_empty(json.loads(read(expected, "normalized.json"))),
                         without_empty(json.loads(read(folder, "board.json"))))
    problem += compare_mmio(read(expected, "mmio.ldscript"), read(folder, "mmio.ldscript"))
    problem += difference("board-interrupts.h", enumeration(read(expected, "board-interrupts.h")),
                          enumeration(read(folder, "board-interrupts.h")))
    for theirs, ours in FLAGS.items():
        real = read(expected, "flags-%s.txt" % theirs).replace("@ROOT@/sdk", sdk).splitlines()
        problem += difference("flags of " + ours, real, read(folder, "flags", ours + ".txt").splitlines())
    return problem


# -- real compilers -------------------------------------------------------------------------------------------------------

def assertions(board):
    """What the headers have to say, out of the board alone."""
    lines = []

    def equal(name, value):
        lines.append("CHECK(%s == %sLL);" % (name, value))
    for name, device in board["devices"].items():
        lines.append("CHECK(BW_DEV_%s_BASE < BW_DEV_%s_END);" % (name, name))
        equal("BW_DEV_%s_BASE" % name, device["start"])
        equal("BW_DEV_%s_END" % name, device["end"])
        equal("BW_DEV_%s_SIZE" % name, device["length"])
        lines.append("#if !DEVICE_EXISTS(%s)\n#error %s exists\n#endif" % (name, name))
        lines.append("#if DEVICE_EXISTS(no_%s)\n#error no_%s does not exist\n#endif" % (name, name))
        lines.append("volatile struct registers *at_%s(void);" % name)
        lines.append("volatile struct registers *at_%s(void) { return MMIO_CAPABILITY(struct registers, %s); }" % (name, name))
        lines.append("volatile uint8_t *symbol_%s(void);" % name)
        lines.append("volatile uint8_t *symbol_%s(void) { return BW_MMIO_SYMBOL(uint8_t, %s); }" % (name, name))
    for number, irq in enumerate(board.get("interrupts") or []):
        equal("BW_IRQ_" + irq["name"], irq["number"])
        equal("(long long)" + irq["name"], irq["number"])
        lines.append("bw_interrupt irq%d(void);" % number)
        lines.append("bw_interrupt irq%d(void) { return %s; }" % (number, irq["name"]))
    if board.get("interrupts"):
        lines.append("extern const struct bw_irq table[BW_INTERRUPT_COUNT];")
        lines.append("const struct bw_irq table[BW_INTERRUPT_COUNT] = BW_IRQ_TABLE;")
        lines.append("#define SUM(name, number, priority, edge) + number * 1000 + priority * 10 + edge")
        lines.append("CHECK(0 BW_IRQ_LIST(SUM) == %d);" % sum(
            i["number"] * 1000 + i["priority"] * 10 + bool(i.get("edge_triggered")) for i in board["interrupts"]))
    equal("BW_INTERRUPT_COUNT", len(board.get("interrupts") or []))
    equal("BW_HEAP_END", board["heap"]["end"])
    equal("BW_TIMER_HZ", int(board["timer_hz"]))
    equal("CPU_TIMER_HZ", int(board["timer_hz"]))
    equal("BW_CYCLES_PER_TICK", int(board["timer_hz"]) // int(board["tickrate_hz"]))
    equal("BW_TRUSTED_SPILL_SIZE", board["trusted_spill_size"])
    rw = board.get("data_memory") or board["instruction_memory"]
    equal("BW_RW_END", rw["end"])
    equal("BW_REVOKABLE_START", board.get("revokable_memory_start", rw["start"]))
    return "\n".join(lines)


def program_of(board):
    """Includes everything twice, the way that code does which includes what it needs."""
    headers = '#include "bw_board.h"\n#include "bw_mmio.h"\n#include "bw_interrupts.h"\n#include "bw_cheriot.h"\n'
    return (headers * 2 +
            "#define JOIN(a, b) a##b\n#define NAME(line) JOIN(check_, line)\n"
            "#define CHECK(x) extern int NAME(__LINE__)[(x) ? 1 : -1]\n"
            "struct registers { uint32_t data; };\n" + assertions(board) + "\n")


def compile_all(folder, board):
    jobs = []
    for suffix in ("c", "cc"):
        with open(os.path.join(folder, "try." + suffix), "w") as file:
            file.write(program_of(board))
    with open(os.path.join(folder, "wrong.c"), "w") as file:
        file.write('#define CPU_TIMER_HZ %d\n#include "bw_board.h"\n' % (int(board["timer_hz"]) + 1))
    with open(os.path.join(folder, "large.c"), "w") as file:
        file.write('#include "bw_mmio.h"\nstruct large { char data[BW_DEV_%s_SIZE + 1]; };\n'
                   "void *large(void) { return (void *)(uintptr_t)BW_MMIO_CHECKED(struct large, %s); }\n"
                   % ((sorted(board["devices"])[0],) * 2))
    with open(os.path.join(folder, "try.S"), "w") as file:
        file.write('#include "bw_board.h"\n.long BW_HEAP_END, BW_TIMER_HZ\n')
    for compiler, flags, language in COMPILERS:
        if shutil.which(compiler):
            source = os.path.join(folder, "try." + ("c" if language == "c" else "cc"))
            jobs.append(([compiler] + flags + WARNINGS + ["-I", os.path.join(folder, "include"), source], True))
    native = ["gcc", "-std=c99"] + WARNINGS + ["-I", os.path.join(folder, "include")]
    jobs.append((native + [os.path.join(folder, "try.S")], True))
    jobs.append((native + [os.path.join(folder, "wrong.c")], False))
    jobs.append((native + [os.path.join(folder, "large.c")], False))
    problem = ""
    for command, good in jobs:
        code, text = run(command)
        if (code == 0) != good:
            problem += "$ %s\n%s\n" % (" ".join(command), text if good else "it compiles, and must not")
    return problem


def try_flags(folder, board):
    """As a response file; what only CHERIoT's compiler knows is taken out."""
    problem = ""
    given = board.get("defines") or []
    defines = [d.split("=", 1) + ["1"] for d in ([given] if isinstance(given, str) else given)]
    for file in sorted(os.listdir(os.path.join(folder, "flags"))):
        text = "".join(flag for flag in read(folder, "flags", file).splitlines(True) if flag[:2] in ("-D", "-I"))
        response = os.path.join(folder, "response")
        with open(response, "w") as out:
            out.write(text)
        code, macros = run(["gcc", "-E", "-dM", "-x", "c", os.devnull, "@" + response])
        if code:
            problem += file + ": " + macros
        for name, value, *_ in defines + [["CPU_TIMER_HZ", str(int(board["timer_hz"]))]]:
            if "#define %s %s\n" % (name, value) not in macros:
                problem += "%s: %s is not %s\n" % (file, name, value)
    return problem


# -- real linkers -----------------------------------------------------------------------------------------------------------

LINKED = """
__attribute__((section(".code_persistent"), used)) void start(void) { for (;;) ; }
__attribute__((section(".text"))) int code(void) { return 1; }
int global = 7, zero;
__attribute__((section(".trusted_stack,\\"aw\\",@nobits#"))) char trusted[64];
__attribute__((section(".data_ephemeral"), used)) int once = 3;
extern char __export_mem_heap[], __export_mem_heap_end[];
char *ends[] = {__export_mem_heap, __export_mem_heap_end};
"""


def link_all(folder, board):
    if not shutil.which("riscv64-unknown-elf-gcc"):
        return None
    source, unit = os.path.join(folder, "link.c"), os.path.join(folder, "link.o")
    with open(source, "w") as file:
        file.write(LINKED)
    code, text = run(["riscv64-unknown-elf-gcc"] + GNU32 + ["-O1", "-ffreestanding", "-c", source, "-o", unit])
    problem = text if code else ""
    linkers = [["riscv64-unknown-elf-ld", "-m", "elf32lriscv"]] + ([["ld.lld"]] if shutil.which("ld.lld") else [])
    for linker in linkers:
        image = os.path.join(folder, "image.elf")
        command = linker + ["-n", "-o", image, "-L", os.path.join(folder, "firmware"), "-T", os.path.join(folder, "mmio.ldscript"),
                            "-T", os.path.join(folder, "firmware", "firmware.ldscript"), unit]
        code, text = run(command)
        found = "" if code else look_at_image(image, board)
        if code or found:
            problem += "$ %s\n%s%s" % (" ".join(command), text if code else "", found)
    return problem


def look_at_image(image, board):
    symbols = {}
    for line in run(["riscv64-unknown-elf-nm", image])[1].splitlines():
        value, _, name = line.split(None, 2)
        symbols[name] = int(value, 16)
    loads = [int(m.group(1), 16) for m in re.finditer(r"LOAD +0x\w+ 0x(\w+)", run(["riscv64-unknown-elf-readelf", "-lW", image])[1])]
    code, rw = board["instruction_memory"], board.get("data_memory") or board["instruction_memory"]
    problem = ""
    for name, device in board["devices"].items():
        problem += difference(name, device["start"], symbols["__export_mem_" + name])
        problem += difference(name + "_end", device["end"] % 2**32, symbols["__export_mem_%s_end" % name])
    problem += difference("first code", code["start"], symbols["start"])
    problem += difference("_start", code["start"], symbols["_start"])
    for name in ("global", "zero", "trusted", "once", "__revoker_scan_start", "__export_mem_heap"):
        if not rw["start"] <= symbols[name] <= rw["end"]:
            problem += "%s is at 0x%x, outside of 0x%x\n" % (name, symbols[name], rw["start"])
    if "start" not in board["heap"]:
        problem += difference("heap's alignment", 0, symbols["__export_mem_heap"] % 64)
        if not symbols["global"] < symbols["__export_mem_heap"] <= symbols["once"]:
            problem += "the heap is at 0x%x\n" % symbols["__export_mem_heap"]
    problem += difference("program headers in order", sorted(loads), loads)
    fragments = board.get("ldscript_fragments") or {}
    for name, fragment in fragments.items():
        problem += difference(name, fragment["start"], symbols["__memspan__" + name])
        if fragment["start"] not in loads:
            problem += "%s is not loaded\n" % name
    if "data_memory" in board:
        problem += difference("start of program headers", sorted([code["start"], rw["start"]]), loads)
    return problem


# -- the run -----------------------------------------------------------------------------------------------------------------

def build(program, board, mixins, sdk, out):
    command = [program, "build", "--system", "cheriot", board, "-o", out]
    command += ["--sdk", sdk] if sdk else []
    for mixin in mixins:
        command += ["--mixin", mixin]
    code, text = run(command)
    if code:
        return None, "$ %s\n%s" % (" ".join(command), text)
    return os.path.join(out, os.listdir(out)[0], "cheriot"), None


def try_board(program, name, path, mixins, sdk, expected):
    """@return rows of (test, problem, reason to skip)."""
    rows = []
    with tempfile.TemporaryDirectory() as out:
        folder, problem = build(program, path, mixins, sdk, os.path.join(out, "out"))
        rows.append((name + " is built", problem, None))
        if problem:
            return rows
        board = json.loads(read(folder, "board.json"))
        if expected and os.path.isdir(expected):
            rows.append((name + " as the real build makes it", compare_board(folder, expected, sdk), None))
        elif expected:
            rows.append((name + " as the real build reads it",
                         difference("board.json", without_empty(json.loads(read(expected))), without_empty(board)), None))
        rows.append((name + ": headers compile", compile_all(folder, board), None))
        rows.append((name + ": compilers take the flags", try_flags(folder, board), None))
        problem = link_all(folder, board)
        rows.append((name + ": images link", problem, "no riscv64-unknown-elf-gcc" if problem is None else None))
        sums = run(["sha256sum", "--quiet", "-c", os.path.join(folder, "inputs.sha256")], cwd=os.path.dirname(path))
        rows.append((name + ": sums of inputs", sums[1] if sums[0] else None, None))
    return rows


def restore_link(path):
    """sonata.json is a symbolic link; a copy without them holds its text."""
    text = read(path)
    if text.startswith("./") and text.count("\n") < 2:
        os.remove(path)
        os.symlink(text.strip(), path)


def boards_of(corpus, sdk):
    """Names, paths, mixins and expectations of the corpus, put into an SDK that has its drivers' folders."""
    source = os.path.join(corpus, "cheriot")
    if not os.path.isdir(source):
        return []
    shutil.copytree(os.path.join(source, "boards"), os.path.join(sdk, "boards"))
    for folder in ("ibex", "sunburst", "generic-riscv", "sail", "arty-a7", "synopsis"):
        os.makedirs(os.path.join(sdk, "include", "platform", folder), exist_ok=True)
    rows = []
    for file in sorted(os.listdir(os.path.join(sdk, "boards"))):
        restore_link(os.path.join(sdk, "boards", file))
        name = os.path.splitext(file)[0]
        expected = os.path.join(source, "expected", name)
        if "mixin" not in name:
            rows.append((name, os.path.join(sdk, "boards", file), [], sdk, expected if os.path.isdir(expected) else None))
    mixin = os.path.join(sdk, "boards", "sonata-1.x-sram-mixin.json")
    rows.append(("sonata-1.1+sram", os.path.join(sdk, "boards", "sonata-1.1.json"), [mixin], sdk,
                 os.path.join(source, "expected", "sonata-1.1+sram.normalized.json")))
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="build/boardwright")
    parser.add_argument("--corpus", default=os.environ.get("CORPUS", os.path.join(HERE, "..", "..", "..", "shared", "corpus")))
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    program = os.path.abspath(args.program)
    with tempfile.TemporaryDirectory() as folder:
        sdk = os.path.join(os.path.realpath(folder), "sdk")
        rows = boards_of(args.corpus, sdk)
        if not rows:
            report("boards of the corpus", skip="no cheriot in %s" % args.corpus)
        rows += [(os.path.splitext(f)[0], os.path.join(OWN, f), [], None, None) for f in sorted(os.listdir(OWN)) if f.endswith(".json")]
        rows.append(("cheriot_virt", os.path.abspath(EXAMPLE), [], None, None))
        rows = [row for row in rows if not args.names or row[0] in args.names]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for done in pool.map(lambda row: try_board(program, *row), rows):
                for row in done:
                    report(*row)
    print("1..%d" % len(results))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
