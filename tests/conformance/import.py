#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `boardwright import` makes of the blobs of real boards and of QEMU's machines.

    import.py [--every N]

Each of QEMU's machines hands out its devicetree; it is imported, checked, compiled again and compared with the
blob, cell by cell: what differs has to be the number of the same node. Then it is booted, and its claims have to
hold. The same for every Nth board (default 40) of
the Linux tree in ../shared/corpus or $CORPUS. The environment gives the program (BOARDWRIGHT). TAP on standard output;
what is not installed is skipped, with the reason.
"""
import argparse
import json
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
CORPUS = os.environ.get("CORPUS") or os.path.join(os.path.dirname(ROOT), "shared", "corpus")

# QEMU's machines: a name, the program, its options, what check may truly find (QEMU 7.2 places the PCIe registers
# above 4 GiB and keeps the low unit address).
PCIE = {("unit-address-mismatch", "/pcie@10000000")}
MACHINES = [
    ("virt_arm", "qemu-system-arm", ["-M", "virt"], PCIE),
    ("virt_aarch64", "qemu-system-aarch64", ["-M", "virt", "-cpu", "cortex-a53", "-smp", "4"], PCIE),
    ("virt_aarch64_el2", "qemu-system-aarch64", ["-M", "virt,virtualization=on", "-cpu", "cortex-a57"], PCIE),
    ("virt_aarch64_gicv3", "qemu-system-aarch64", ["-M", "virt,gic-version=3", "-cpu", "cortex-a53"], PCIE),
    ("virt_riscv64", "qemu-system-riscv64", ["-M", "virt"], set()),
    ("virt_riscv32", "qemu-system-riscv32", ["-M", "virt", "-bios", "none"], set()),
    ("sifive_u", "qemu-system-riscv64", ["-M", "sifive_u", "-bios", "none"], set()),
    ("spike", "qemu-system-riscv64", ["-M", "spike", "-bios", "none"], set()),
    ("versal_virt", "qemu-system-aarch64", ["-M", "xlnx-versal-virt"], set()),
]

results = []


def report(name, problem=None, skip=None):
    results.append(problem is None)
    print(f"{'' if problem is None else 'not '}ok {len(results)} - {name}" + (f" # SKIP {skip}" if skip else ""))
    for line in (problem or "").splitlines()[:40]:
        print("# " + line)
    sys.stdout.flush()


def run(arguments, cwd=None):
    p = subprocess.run(arguments, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
    return p.returncode, p.stdout.decode(errors="replace"), p.stderr.decode(errors="replace")


def read_blob(path):
    """Paths in order with their properties in order, reservations: the format of the Devicetree Specification, 5."""
    with open(path, "rb") as f:
        data = f.read()
    _, _, struct_at, strings_at, reserve_at = struct.unpack_from(">5I", data)
    nodes = []
    path, at = [], struct_at
    while True:
        (token,) = struct.unpack_from(">I", data, at)
        at += 4
        if token == 1:
            end = data.index(b"\0", at)
            path.append(data[at:end].decode())
            at = (end + 4) & ~3
            nodes.append(("/".join(path) or "/", []))
            here = [*here, nodes[-1]] if len(path) > 1 else [nodes[-1]]
        elif token == 2:
            path.pop()
            here.pop()
        elif token == 3:
            length, name = struct.unpack_from(">2I", data, at)
            at += 8
            end = data.index(b"\0", strings_at + name)
            here[-1][1].append((data[strings_at + name:end].decode(), data[at:at + length]))
            at = (at + length + 3) & ~3
        elif token == 9:
            break
    reserved = []
    while struct.unpack_from(">2Q", data, reserve_at) != (0, 0):
        reserved.append(struct.unpack_from(">2Q", data, reserve_at))
        reserve_at += 16
    return nodes, reserved


def phandles(nodes):
    return {value: path for path, props in nodes for name, value in props if name in ("phandle", "linux,phandle")}


def differences(first, second):
    """What is not the same in two blobs but for the numbers of phandles."""
    (a, reserved_a), (b, reserved_b) = read_blob(first), read_blob(second)
    names_a, names_b = phandles(a), phandles(b)
    if reserved_a != reserved_b:
        return "the reservations differ"
    if [path for path, _ in a] != [path for path, _ in b]:
        return "the nodes differ"
    for (path, props_a), (_, props_b) in zip(a, b):
        props_a, props_b = ([p for p in props if p[0] not in ("phandle", "linux,phandle")] for props in (props_a, props_b))
        if [name for name, _ in props_a] != [name for name, _ in props_b]:
            return f"the properties of {path} differ"
        for (name, x), (_, y) in zip(props_a, props_b):
            if len(x) != len(y):
                return f"{path}:{name} has another length"
            for i in range(0, len(x), 4):
                if x[i:i + 4] != y[i:i + 4] and (x[i:i + 4] not in names_a
                                                 or names_a[x[i:i + 4]] != names_b.get(y[i:i + 4])):
                    return f"{path}:{name} differs at byte {i}: {x[i:i + 4].hex()} and {y[i:i + 4].hex()}"
    return None


def import_and_compare(blob, folder, name):
    """What is wrong, or None."""
    code, out, err = run([PROGRAM, "import", blob, "-o", folder, "--name", name])
    if code:
        return f"import: exit status {code}\n{out}{err}"
    source = os.path.join(folder, name + ".dts")
    text = open(source, encoding="utf-8").read()
    if re.search(r"interrupt-parent = <(0x)?\d", text):
        return "interrupt-parent is a number in the source"
    # What people have compiles it, too.
    if shutil.which("dtc"):
        p = subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", os.path.join(folder, "again.dtb"), source],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        if p.returncode:
            return "dtc: " + p.stdout.decode(errors="replace")
    else:
        run([PROGRAM, "dtc", "-q", "-I", "dts", "-O", "dtb", "-o", os.path.join(folder, "again.dtb"), source])
    return differences(blob, os.path.join(folder, "again.dtb"))


def check_findings(folder, allowed):
    _, out, _ = run([PROGRAM, "check", "--json", folder])
    found = {(f["code"], f.get("node")) for f in json.loads(out)["findings"]}
    extra = found - allowed
    return "\n".join(f"{code} at {node}" for code, node in sorted(extra)) if extra else None


def compiler_of(qemu):
    return {"qemu-system-arm": "arm-none-eabi-gcc", "qemu-system-aarch64": "aarch64-linux-gnu-gcc"}.get(
        qemu, "riscv64-unknown-elf-gcc")


def test_boot(name, qemu, folder):
    """What was imported boots without an edit, and every claim of it holds."""
    if not shutil.which(compiler_of(qemu)):
        report(f"{name}: boots", skip=f"there is no {compiler_of(qemu)}")
        return
    code, out, err = run(["timeout", "120", PROGRAM, "boot", folder])
    held = re.search(r"^(\d+) of (\d+) claims hold", out, re.M)
    lost = re.findall(r"^  FAIL .*", out, re.M)
    if code or lost or not held or int(held[1]) * 10 < int(held[2]) * 9:
        report(f"{name}: boots", f"exit status {code}\n{out}{err}")
    else:
        report(f"{name}: boots, {held[0]}")


def test_machine(name, qemu, options, allowed, work):
    if not shutil.which(qemu):
        for what in ("is the same again", "checks", "is the same folder when it is imported again", "boots"):
            report(f"{name}: {what}", skip=f"there is no {qemu}")
        return
    blob = os.path.join(work, name + ".dtb")
    dump = [qemu, "-M", options[1] + ",dumpdtb=" + blob, *options[2:], "-display", "none"]
    code, _, err = run(["timeout", "20", *dump])
    if not os.path.exists(blob):
        report(f"{name}: is the same again", f"QEMU gave no devicetree: exit status {code}\n{err}")
        return
    folder = os.path.join(work, name)
    report(f"{name}: is the same again", import_and_compare(blob, folder, name))
    report(f"{name}: checks", check_findings(folder, allowed))
    code, out, err = run([PROGRAM, "import", blob, "-o", folder, "--name", name])
    report(f"{name}: is the same folder when it is imported again",
           None if code == 0 and "0 files written" in out else out + err)
    test_boot(name, qemu, folder)


def test_corpus(every, work):
    tree = os.path.join(CORPUS, "linux")
    listing = os.path.join(CORPUS, "expected", "linux-dtb.sha256")
    if not os.path.exists(listing):
        report("boards of Linux are the same again", skip=f"{listing} is not there")
        return
    sources = [line.split()[-1] for line in open(listing, encoding="utf-8") if line.strip()][::every]
    out = os.path.join(work, "blobs")
    run([PROGRAM, "compile", "-o", out, *sources], cwd=tree)
    wrong = []
    for i, source in enumerate(sources):
        problem = import_and_compare(os.path.join(out, source + ".dtb"), os.path.join(work, f"linux{i}"), "board")
        if problem:
            wrong.append(f"{source}: {problem}")
        shutil.rmtree(os.path.join(work, f"linux{i}"), ignore_errors=True)
    report(f"boards of Linux are the same again: {len(sources) - len(wrong)} of {len(sources)}",
           "\n".join(wrong) if wrong or not sources else None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=40)
    every = parser.parse_args().every
    with tempfile.TemporaryDirectory(prefix="bw-import-") as work:
        for machine in MACHINES:
            test_machine(*machine, work)
        test_corpus(every, work)
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
