#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `boardwright build` writes for the system bare, given to real compilers and linkers.

For each architecture a board description is built, its header compiled as C, C++ and assembly with
all warnings as errors, a program linked with its linker script, and the addresses that come out are
compared with the ones that the description means. Speaks TAP; what is not installed is skipped.

    bare.py [--program build/boardwright]
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bare")
WARNINGS = ["-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-ffreestanding", "-Wno-main"]

# Symbols and where they have to be: (least, one past the greatest).
BOARDS = [
    {
        "name": "m33", "prefix": "arm-none-eabi-", "clang": "thumbv8m.main-none-eabi",
        "flags": ["-mcpu=cortex-m33", "-mthumb"],
        "symbols": {
            "vectors": (0x10000, 0x10001), "Reset_Handler": (0x10000, 0x40000), "model": (0x10000, 0x40000),
            "initialised": (0x20000000, 0x20000400), "zeroed": (0x20000000, 0x20000800),
            "__data_load": (0x10000, 0x40000), "__stack_top": (0x20020000, 0x20020001),
        },
        "values": [(0x40000000, 8), (37, 4), (1, 4)],
        "also": {"mcu": "BOARD_BOOT_SIZE == 0x10000 && BOARD_SPI_40001000_ENABLED == 0 && "
                        "BOARD_UART0_FIFO_BASE == 0x40008000 && BOARD_UART0_FIFO_BASE_2 == 0x40002000 && "
                        "BOARD_SENSOR_ADDRESS == 0x48 && BOARD_UART0_IRQ_TX == 38 && BOARD_UART0_CLOCK_BAUD_RATE == 16000000 && "
                        "BOARD_SLOT0_BASE == 0x10000 && BOARD_CPU_0_CLOCK_FREQUENCY == 120000000 && BOARD_NVIC_BASE == 0xe000e100"},
    },
    {
        "name": "a53", "prefix": "aarch64-linux-gnu-", "clang": "aarch64-none-elf",
        "flags": ["-mcpu=cortex-a53", "-mgeneral-regs-only", "-fno-pic", "-no-pie", "-fno-stack-protector"],
        "symbols": {
            "_start": (0x80200000, 0x80200001), "vectors": (0x80200800, 0x80200801),
            "initialised": (0x80200000, 0x80210000), "zeroed": (0x80200000, 0x80210000),
            "__stack_top": (0x88000000, 0x88000001), "__stack_bottom": (0x88000000 - 2 * 0x4000, 0x88000001 - 2 * 0x4000),
        },
        "values": [(0x400010000, 8), (37, 4), (2, 4)],
        "also": {"big": "BOARD_MEMORY_80000000_1_BASE == 0x880000000 && BOARD_CAMERA_SIZE == 16 * 1024 * 1024 && "
                        "BOARD_GIC_1_BASE == 0x400200000 && BOARD_MEMRESERVE_BASE == 0x88000000 && BOARD_SERIAL0_CLOCK_FREQUENCY == 24000000"},
    },
    {
        "name": "rv32", "prefix": "riscv64-unknown-elf-", "clang": "riscv32-none-elf",
        "flags": ["-march=rv32imac", "-mabi=ilp32", "-mcmodel=medany"],
        "symbols": {
            "_start": (0x20000000, 0x20000001), "vectors": (0x20000100, 0x20000101), "model": (0x20000000, 0x20001000),
            "initialised": (0x80000000, 0x80000400), "zeroed": (0x80000000, 0x80000800),
            "__data_load": (0x20000000, 0x20001000), "__stack_top": (0x80004000, 0x80004001),
        },
        "values": [(0x10013000, 8), (3, 4), (1, 4)],
        "also": {"small": "BOARD_ROM0_SIZE == 0x100000 && BOARD_PLIC_BASE == 0xc000000 && BOARD_UART0_IRQ == 3"},
    },
]

results = []


def report(name, problem=None, skip=None):
    results.append(problem is None)
    line = "%sok %d - %s" % ("" if problem is None else "not ", len(results), name)
    print(line + (" # SKIP " + skip if skip else ""))
    for part in (problem or "").splitlines():
        print("# " + part)
    sys.stdout.flush()


def run(command, folder):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    text = done.stdout.decode(errors="replace")
    return done.returncode, ("$ %s\n%s" % (" ".join(command), text))


def check(name, command, folder):
    """Runs a command that must succeed in silence. Returns whether it did."""
    code, text = run(command, folder)
    silent = len(text.splitlines()) <= 1
    report(name, None if code == 0 and silent else text)
    return code == 0


def symbols_of(nm, folder, program):
    _, text = run([nm, program], folder)
    return {m[2]: int(m[1], 16) for m in re.finditer(r"^([0-9a-f]+) \S (\S+)$", text, re.M)}


def check_symbols(board, folder, nm, program):
    found = symbols_of(nm, folder, program)
    wrong = ["%s is at %s, not in 0x%x-0x%x" % (n, hex(found[n]) if n in found else "none", low, high - 1)
             for n, (low, high) in board["symbols"].items() if not low <= found.get(n, -1) < high]
    if found.get("__heap_end", 0) <= found.get("__heap_start", 0):
        wrong.append("the heap is empty")
    report("%s: symbols of %s are where they belong" % (board["name"], program), "\n".join(wrong) or None)


def check_values(board, folder, objcopy):
    code, text = run([objcopy, "-O", "binary", "-j", ".rodata.values", "values.o", "values.bin"], folder)
    if code:
        report("%s: assembler values" % board["name"], text)
        return
    with open(os.path.join(folder, "values.bin"), "rb") as f:
        data = f.read()
    at = 0
    wrong = []
    for value, size in board["values"]:
        got = int.from_bytes(data[at:at + size], "little")
        if got != value:
            wrong.append("0x%x instead of 0x%x at %d" % (got, value, at))
        at += size
    report("%s: assembler values" % board["name"], "\n".join(wrong) or None)


def check_overflow(board, folder, gcc):
    """A program with more data than RAM is refused by the linker script."""
    code, text = run([gcc] + board["flags"] + ["-nostdlib", "-static", "-T", "board.ld", "-Wl,--defsym=__heap_size=0x40000000",
                                               "program.o", "-o", "large.elf"], folder)
    report("%s: a heap that does not fit is refused" % board["name"],
           None if code and "too small" in text else text)


def check_segments(board, folder, readelf):
    _, text = run([readelf, "-lW", "program.elf"], folder)
    report("%s: no segment is writable and executable" % board["name"], text if "RWE" in text else None)


def cxx_of(board):
    if shutil.which(board["prefix"] + "g++"):
        return [board["prefix"] + "g++"] + board["flags"]
    if shutil.which("clang++"):
        return ["clang++", "--target=" + board["clang"]] + [f for f in board["flags"] if f.startswith("-mcpu") or f.startswith("-march")]
    return None


def test_board(program, board, folder):
    name = board["name"]
    tool = lambda t: board["prefix"] + t
    gcc = tool("gcc")
    code, text = run([program, "build", name + ".dts", "-o", "out"], folder)
    report("%s: builds" % name, None if code == 0 else text)
    if code:
        return
    bare = os.path.join(folder, "out", name, "bare")
    for file in ("program.c", "values.S"):
        shutil.copy(os.path.join(HERE, file), bare)
    with open(os.path.join(bare, "also.c"), "w") as f:
        for what, condition in board["also"].items():
            f.write('#include "board.h"\n#if !(%s)\n#error "%s"\n#endif\nint %s;\n' % (condition, what, what))
    if not shutil.which(gcc):
        report("%s: compiles and links" % name, skip="there is no %s" % gcc)
        return
    check("%s: constants have their values" % name, [gcc] + board["flags"] + WARNINGS + ["-c", "also.c"], bare)
    check("%s: C" % name, [gcc] + board["flags"] + WARNINGS + ["-std=c99", "-c", "program.c"], bare)
    check("%s: assembly" % name, [gcc] + board["flags"] + ["-c", "values.S"], bare)
    check_values(board, bare, tool("objcopy"))
    cxx = cxx_of(board)
    if cxx:
        check("%s: C++" % name, cxx + WARNINGS + ["-x", "c++", "-std=c++11", "-c", "program.c", "-o", "program++.o"], bare)
    else:
        report("%s: C++" % name, skip="there is no %sg++ and no clang++" % board["prefix"])
    link = [gcc] + board["flags"] + ["-nostdlib", "-static", "-Wl,--fatal-warnings", "-T", "board.ld"]
    if check("%s: links" % name, link + ["program.o", "values.o", "-o", "program.elf"], bare):
        check_symbols(board, bare, tool("nm"), "program.elf")
        check_segments(board, bare, tool("readelf"))
    check_overflow(board, bare, gcc)
    if not shutil.which("ld.lld"):
        report("%s: links with lld" % name, skip="there is no ld.lld")
    elif check("%s: links with lld" % name, ["ld.lld", "-static", "-T", "board.ld", "program.o", "values.o", "-o", "lld.elf"], bare):
        check_symbols(board, bare, tool("nm"), "lld.elf")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="build/boardwright")
    program = os.path.abspath(parser.parse_args().program)
    with tempfile.TemporaryDirectory(prefix="bw-bare-") as folder:
        for board in BOARDS:
            shutil.copy(os.path.join(HERE, board["name"] + ".dts"), folder)
            test_board(program, board, folder)
    print("1..%d" % len(results))
    return 0 if all(results) else 1


sys.exit(main())
