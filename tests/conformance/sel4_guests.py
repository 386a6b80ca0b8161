#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`build --system sel4` makes guests of real boards that the field's own tools take.

    sel4_guests.py [--corpus DIR]

For boards of eight vendors and devices of four kinds: dtc makes the same blob of the guest's devicetree and says of it
nothing that it does not say of the board's; `check` has no error; each query of devices.camkes finds one node of the
board by Python's own regular expressions, as CAmkES asks; the numbers of the layout, read out of the file anew, are
apart, inside of RAM and aligned. TAP on standard output.
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
RAM_HIGH = "reg = <0x0 0x80000000 0x0 0x40000000>;"
RAM_LOW = "reg = <0x0 0x40000000 0x0 0x40000000>;"
# Board, what memory is added (Linux leaves that of some to the boot loader), devices.
BOARDS = (
    ("nvidia/tegra234-p3737-0000+p3701-0000", RAM_HIGH,
     ("serial@3100000", "ethernet@6800000", "mmc@3460000", "i2c@3160000", "serial@31d0000")),
    ("rockchip/rk3368-evb-act8846", None, ("serial2", "mmc0", "ethernet0", "i2c1")),
    ("rockchip/rk3399-gru-bob", RAM_HIGH, ("serial2", "mmc0", "i2c1")),
    ("freescale/imx8mp-hummingboard-pulse", None, ("serial0", "mmc0", "ethernet0", "i2c1")),
    ("amlogic/meson-sm1-odroid-c4", None, ("serial0", "mmc0", "ethernet0", "i2c1")),
    ("allwinner/sun50i-h618-orangepi-zero2w", RAM_LOW, ("serial0", "mmc0", "i2c1")),
    ("ti/k3-j742s2-evm", None, ("serial0", "mmc0", "ethernet0")),
    ("broadcom/bcm2837-rpi-3-b-plus", None, ("serial0", "sdhci", "i2c1")),
    ("qcom/ipq9574-rdp433-emmc", RAM_HIGH, ("serial0",)),
)
SUPPORT = """sel4:
  target: %s
  platform: board
  virtual-gic: 3
  vms:
    - {name: vm0, ram: 96 MiB, kernel: linux, initrd: {file: rootfs.cpio.gz, max-size: 16 MiB}, devices: [%s], vcpus: 2}
"""


def run(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, check=False)


def kinds(text):
    """The kinds of what dtc warns of."""
    return set(re.findall(r"(?:Warning|ERROR|FATAL ERROR)[^(\n]*\(([a-z_]+)\)", text))


def paths_of(dtb):
    """All paths of a blob, by dtc's own text of it."""
    text = run("dtc", "-q", "-I", "dtb", "-O", "dts", dtb).stdout
    stack, paths = [], []
    for line in text.splitlines():
        line = line.strip()
        if line.endswith("{"):
            stack.append("" if line.startswith("/ {") else line[:-1].strip().split(": ")[-1])
            paths.append("/".join(stack) or "/")
        elif line == "};":
            stack.pop()
    return paths


def check_camkes(text, paths):
    """What is wrong with a devices.camkes, or None."""
    macros = {name: int(value, 16) for name, value in re.findall(r"#define VM0_(\w+)\s+(0x[0-9a-f]+)", text)}
    begin, end = macros["RAM_BASE"], macros["RAM_BASE"] + macros["RAM_SIZE"]
    pieces = sorted([(macros["KERNEL_ENTRY"], 2 << 20), (macros["INITRD_ADDR"], 16 << 20), (macros["DTB_ADDR"], 0x50000)])
    for (base, size), following in zip(pieces, pieces[1:] + [(end, 0)]):
        if base < begin or base + size > following[0]:
            return "0x%x + 0x%x is not apart from what follows, or outside" % (base, size)
    if macros["KERNEL_ENTRY"] % (2 << 20):
        return "the kernel begins at 0x%x" % macros["KERNEL_ENTRY"]
    reached = begin
    for base, bits in sorted((int(b, 16), int(n)) for b, n in re.findall(r'"(0x[0-9a-f]+):(\d+)"', text)):
        if base % (1 << bits):
            return "0x%x is no multiple of 2^%d" % (base, bits)
        if base == reached:
            reached += 1 << bits
    if reached != end:
        return "the untyped objects end at 0x%x, RAM at 0x%x" % (reached, end)
    for query in re.findall(r'"path": "([^"]*)"', text):
        found = [p for p in paths if re.search(query, p, re.IGNORECASE)]
        if len(found) != 1 or found[0] != query[1:-1].replace("[.]", ".").replace("[+]", "+"):
            return "%s finds %s" % (query, found)
    return None


def check_guest(folder, board, options, device, warned, paths):
    with open(os.path.join(folder, "support.yml"), "w", encoding="utf-8") as f:
        f.write(SUPPORT % (board, device))
    out = os.path.join(folder, "out")
    shutil.rmtree(out, ignore_errors=True)
    done = run(PROGRAM, "build", board, "--system", "sel4", "-o", out, *options)
    files = os.path.join(out, "board", "sel4", "app", "vm_board", "board")
    dts, dtb = os.path.join(files, "vm0.dts"), os.path.join(files, "vm0.dtb")
    if done.returncode or not os.path.exists(dts):
        return "build: " + done.stdout
    again = os.path.join(folder, "again.dtb")
    compiled = run("dtc", "-I", "dts", "-O", "dtb", "-o", again, dts)
    if compiled.returncode:
        return "dtc: " + compiled.stdout
    with open(again, "rb") as a, open(dtb, "rb") as b:
        if a.read() != b.read():
            return "dtc makes another blob"
    if kinds(compiled.stdout) - warned:
        return "dtc says of the guest, and not of the board: " + compiled.stdout
    checked = run(PROGRAM, "check", dts)
    if checked.returncode:
        return "check: " + checked.stdout
    with open(os.path.join(files, "devices.camkes"), encoding="utf-8") as f:
        return check_camkes(f.read(), paths)


def try_board(linux, name, memory, devices, work, number):
    vendor, stem = name.split("/")
    folder = os.path.join(work, stem)
    os.makedirs(folder)
    board = os.path.join(folder, "board.dts")
    with open(board, "w", encoding="utf-8") as f:
        f.write('#include "%s.dts"\n' % stem)
        if memory:
            base = re.search(r"0x([48]0000000)", memory).group(1)
            f.write('/ { memory@%s { device_type = "memory"; %s }; };\n' % (base, memory))
    options = ["-I", os.path.join(linux, "arm64", vendor), "-I", linux, "-I", os.path.join(linux, "include")]
    run(PROGRAM, "compile", board, "-o", folder, *options)
    dtb = next((os.path.join(at, "board.dts.dtb") for at, _, files in os.walk(folder) if "board.dts.dtb" in files), None)
    warned = kinds(run("dtc", "-I", "dtb", "-O", "dtb", "-o", os.devnull, dtb).stdout) if dtb else set()
    for device in devices:
        wrong = check_guest(folder, board, options, device, warned, paths_of(dtb)) if dtb else "it does not compile"
        print("%s %d - %s of %s" % ("not ok" if wrong else "ok", number, device, name))
        for line in (wrong or "").splitlines()[:20]:
            print("# " + line)
        number += 1
    return number


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", default=os.environ.get("CORPUS", os.path.join(ROOT, "..", "shared", "corpus")))
    linux = os.path.join(os.path.abspath(parser.parse_args().corpus), "linux")

    if not os.path.isdir(linux) or not shutil.which("dtc"):
        print("1..1\nok 1 - guests of seL4 # SKIP %s" % ("no corpus at " + linux if shutil.which("dtc") else "no dtc"))
        return
    print("1..%d" % sum(len(devices) for _, _, devices in BOARDS))
    work = tempfile.mkdtemp(prefix="boardwright-guests-")
    number = 1
    try:
        for name, memory, devices in BOARDS:
            number = try_board(linux, name, memory, devices, work, number)
    finally:
        shutil.rmtree(work)


main()
