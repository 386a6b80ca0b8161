#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`sel4 hardware` writes what the kernel's own generator writes.

    sel4.py [--corpus DIR]

The corpus has platforms of seL4 with what its build makes of them: the lists in JSON and YAML and the line of
compatible strings have the same bytes; of the two headers everything but comments is the same, line by line. The
headers are given to a compiler, too, with stand-ins for the kernel's own types. TAP on standard output.
"""
import argparse
import os
import re
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright")))
SAME_BYTES = ("platform_gen.json", "platform_gen.yaml", "kernel_compat.txt")
SAME_CODE = ("devices_gen.h", "elfloader_devices_gen.h")
# What the headers ask of the kernel and the loader.
STAND_INS = {
    "config.h": "",
    "types.h": "#include <stddef.h>\ntypedef unsigned long word_t;\n",
    "psci.h": "enum { PSCI_METHOD_SMC = 1, PSCI_METHOD_HVC };\n",
    "linker.h": "#define BOOT_RODATA\n",
    "mode/hardware.h": "#define KDEV_BASE 0xf0000000UL\n",
    "basic_types.h": "#include <stdbool.h>\n#include <stddef.h>\n#define CONST __attribute__((const))\n"
                     "#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))\n"
                     "typedef unsigned long word_t;\ntypedef struct { word_t start, end; } p_region_t;\n"
                     "typedef struct { word_t paddr, pptr; bool armExecuteNever, userAvailable; } kernel_frame_t;\n",
}
# What the generator warns of, too: of these platforms one, whose SMMU has a rule without a size.
WARNS = {"zynqmp-ultra96": ["sel4-region-cut"], "tqma8xqp1gb": ["sel4-memreserve", "sel4-memreserve"]}


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def code_of(text):
    """Lines without comments and blanks at their ends."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return [line.strip() for line in text.splitlines() if line.strip()]


def arguments(path):
    pairs = dict(line.strip().split("=", 1) for line in read(path).splitlines() if line.strip())
    words = ["--sel4arch", pairs.pop("sel4arch"), "--addrspace-max", pairs.pop("addrspace_max")]
    for name, value in pairs.items():
        words += ["--config", "%s=%s" % (name, value)]
    return words


def compile_headers(folder, stand_ins):
    for header in SAME_CODE:
        text = '#define DRIVER_COMMON 1\n#define CONFIG_PRINTING 1\n#include "%s"\n#include "%s"\n' % (header, header)
        run = subprocess.run(["cc", "-std=gnu99", "-Wall", "-Wno-unused", "-fsyntax-only", "-I", folder, "-I", stand_ins,
                              "-x", "c", "-"], input=text, capture_output=True, text=True, check=False)
        if run.returncode or run.stderr:
            return "%s: %s" % (header, run.stderr[:500])
    return None


def compare(corpus, name, work, stand_ins):
    """@return what differs, or None."""
    folder = os.path.join(corpus, "platforms", name)
    out = os.path.join(work, name)
    run = subprocess.run([PROGRAM, "sel4", "hardware", "--rules", os.path.join(corpus, "tools/hardware.yml"), "-o", out]
                         + arguments(os.path.join(folder, "args.txt")) + [os.path.join(folder, "kernel.dts")],
                         capture_output=True, text=True, timeout=120, check=False)
    if run.returncode:
        return "exit %d: %s" % (run.returncode, run.stderr[-500:])
    for file in SAME_BYTES:
        if read(os.path.join(folder, file)) != read(os.path.join(out, file)):
            return file + " differs"
    for file in SAME_CODE:
        if code_of(read(os.path.join(folder, file))) != code_of(read(os.path.join(out, file))):
            return file + " differs beyond comments"
    warned = re.findall(r": warning: .*\[([a-z0-9-]+)\]", run.stderr)
    if warned != WARNS.get(name, []):
        return "warnings: %s" % warned
    return compile_headers(out, stand_ins)


def check_example(corpus):
    """The Orin example says the same with Linux's own tree as with the part of it that lies beside. @return what not."""
    example = os.path.join(ROOT, "examples/orin-agx/as-documented")
    board = os.path.join(corpus, "../linux/arm64/nvidia/tegra234-p3737-0000+p3701-0000.dts")
    found = [subprocess.run([PROGRAM, "check", "--summary", *options, example], capture_output=True, text=True,
                            timeout=120, check=False).stdout for options in ([], ["--linux-dts", board])]

    return None if found[0] and found[0] == found[1] else "%s\n%s" % tuple(found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", default=os.environ.get("CORPUS", os.path.join(ROOT, "..", "shared", "corpus")))
    corpus = os.path.join(os.path.abspath(parser.parse_args().corpus), "sel4")

    if not os.path.isdir(corpus):
        print("1..1\nok 1 - platforms of seL4 # SKIP no corpus at %s" % corpus)
        return
    names = sorted(os.listdir(os.path.join(corpus, "platforms")))
    print("1..%d" % (len(names) + 1))
    work = tempfile.mkdtemp(prefix="boardwright-sel4-")
    stand_ins = os.path.join(work, "stand-ins")
    try:
        for file, text in STAND_INS.items():
            os.makedirs(os.path.dirname(os.path.join(stand_ins, file)), exist_ok=True)
            with open(os.path.join(stand_ins, file), "w", encoding="utf-8") as f:
                f.write("#pragma once\n" + text)
        for number, name in enumerate(names, 1):
            wrong = compare(corpus, name, work, stand_ins)
            print("%s %d - %s is as the kernel's generator has it" % ("not ok" if wrong else "ok", number, name))
            for line in (wrong or "").splitlines():
                print("# " + line)
        wrong = check_example(corpus)
        print("%s %d - the Orin example against Linux's own tree" % ("not ok" if wrong else "ok", len(names) + 1))
        for line in (wrong or "").splitlines():
            print("# " + line)
    finally:
        shutil.rmtree(work)


main()
