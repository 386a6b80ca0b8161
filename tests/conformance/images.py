#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""littlefs images that the real library made and aged, and bad ones; Intel HEX against srec_cat and intelhex.

The images stand in ../shared/corpus or $CORPUS. The environment gives the program (BOARDWRIGHT). TAP on standard
output; what is not installed or not there is skipped, with the reason.
"""
import glob
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright")))
CORPUS = os.environ.get("CORPUS") or os.path.join(os.path.dirname(ROOT), "shared", "corpus")
IMAGES = os.path.join(CORPUS, "littlefs")

# Each bad image has this finding and no other.
BAD = {
    "badorder": "lfs-order",
    "bothcrcbad": "lfs-superblock",
    "crossed-ctz": "lfs-block-shared",
    "cycle": "lfs-thread",
    "dir-not-in-tail": "lfs-directory-lost",
    "dupname": "lfs-name-duplicate",
    "rev0": None,
}
ORDER = ["B", "a-b", "a.b", "aa", "abc", "ab", "a", "b"]

results = []


def report(name, problem=None, skip=None):
    results.append(problem is None)
    print(f"{'' if problem is None else 'not '}ok {len(results)} - {name}" + (f" # SKIP {skip}" if skip else ""))
    for line in (problem or "").splitlines()[:40]:
        print("# " + line)
    sys.stdout.flush()


def run(*arguments):
    p = subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
    return p.returncode, p.stdout.decode(errors="replace"), p.stderr.decode(errors="replace")


def findings_of(image):
    return [f["code"] for f in json.loads(run("image", "check", "--json", image)[1])["findings"]]


def fnv1a(data):
    h = 0x811C9DC5
    for b in data:
        h = (h ^ b) * 0x01000193 & 0xFFFFFFFF
    return h


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


# ---- littlefs ----

def good_images():
    for image in sorted(glob.glob(os.path.join(IMAGES, "*.bin"))):
        found = findings_of(image)
        report("littlefs/" + os.path.basename(image) + " has no fault", f"findings: {found}" if found else None)


def bad_images():
    for name, code in BAD.items():
        image = os.path.join(IMAGES, "bad", name + ".bin")
        if not os.path.exists(image):
            report(f"littlefs/bad/{name}", skip="not in the corpus")
            continue
        found = findings_of(image)
        expected = [code] if code else []
        report(f"littlefs/bad/{name} gives {code or 'nothing'}",
               None if found == expected else f"findings {found}, expected {expected}")


def aged_image(folder):
    for image in glob.glob(os.path.join(IMAGES, "aged-*.bin")):
        run("image", "extract", image, "-o", folder)
        missing = []
        expected = set()
        with open(image[:-4] + ".ls", encoding="utf-8") as f:
            for line in f:
                kind, path, *rest = line.split()
                if kind not in ("f", "d"):
                    continue
                expected.add(path)
                there = os.path.join(folder, path.lstrip("/"))
                if kind == "d" and not os.path.isdir(there):
                    missing.append(f"no folder {path}")
                if kind == "f" and (not os.path.isfile(there) or len(read(there)) != int(rest[0]) or
                                    fnv1a(read(there)) != int(rest[2], 16)):
                    missing.append(f"{path} is not as the library reads it")
        for root, folders, files in os.walk(folder):
            for name in folders + files:
                path = "/" + os.path.relpath(os.path.join(root, name), folder)
                if path not in expected:
                    missing.append(f"{path} is too much")
        report("littlefs/" + os.path.basename(image) + " has the files that the library reads",
               "\n".join(missing) if missing or not expected else None)


def big_image(folder):
    for image in glob.glob(os.path.join(IMAGES, "big-*.bin")):
        run("image", "extract", image, "-o", folder)
        data = read(os.path.join(folder, "big.bin"))
        right = data == bytes((7 * i + i // 256) % 256 for i in range(10240))
        report("littlefs/" + os.path.basename(image) + " has its 10240 bytes", None if right else "other bytes")


def order_image(folder):
    for image in glob.glob(os.path.join(IMAGES, "order-*.bin")):
        names = [e["path"][1:] for e in json.loads(run("image", "list", "--json", image)[1])["entries"]]
        report("littlefs/" + os.path.basename(image) + " lists its names", None if names == ORDER else str(names))
        for name in ORDER:
            write(os.path.join(folder, "in", name), name.encode())
        made = os.path.join(folder, "made.bin")
        run("image", "create", os.path.join(folder, "in"), "-o", made, "--block-size", "4096", "--size", "64KiB")
        names = [e["path"][1:] for e in json.loads(run("image", "list", "--json", made)[1])["entries"]]
        report("an image of our own has the library's order", None if names == ORDER else str(names))


def littlefs(folder):
    if not os.path.isdir(IMAGES):
        report("littlefs images", skip=f"{IMAGES} is not there")
        return
    good_images()
    bad_images()
    aged_image(os.path.join(folder, "aged"))
    big_image(os.path.join(folder, "big"))
    order_image(os.path.join(folder, "order"))


# ---- Intel HEX ----

def make_inputs(folder):
    r = random.Random(7)
    for name, size in (("application.bin", 45000), ("storage.bin", 200001), ("small.bin", 3)):
        write(os.path.join(folder, name), r.randbytes(size))
    path = lambda name: os.path.join(folder, name)
    made = [
        ("one", run("hex", "from-bin", path("application.bin"), "--address", "0x0800fff1", "-o", path("one.hex"))),
        ("low", run("hex", "from-bin", path("small.bin"), "--address", "0x10", "-o", path("low.hex"))),
        ("merged", run("hex", "merge", path("one.hex"), path("storage.bin") + "@0x70000007", path("small.bin") +
                       "@0x08020000", "-o", path("merged.hex"))),
        ("wide", run("hex", "merge", path("merged.hex"), "-o", path("wide.hex"), "--record-size", "255", "--crlf")),
    ]
    for name, (code, out, err) in made:
        if code:
            report(f"{name}.hex is made", out + err)
    return [name for name, _ in made]


def expected_bytes(folder, name):
    """[(address, bytes)] of each file, by address."""
    part = lambda address, file: (address, read(os.path.join(folder, file)))
    one = part(0x0800FFF1, "application.bin")
    if name == "one":
        return [one]
    if name == "low":
        return [part(0x10, "small.bin")]
    return [one, part(0x08020000, "small.bin"), part(0x70000007, "storage.bin")]


def with_intelhex(folder, names):
    try:
        from intelhex import IntelHex
    except ImportError:
        report("intelhex reads the same bytes back", skip="python3-intelhex is not installed")
        return
    for name in names:
        path = os.path.join(folder, name + ".hex")
        ih = IntelHex(path)
        wrong = [hex(a) for a, data in expected_bytes(folder, name)
                 if ih.tobinarray(start=a, size=len(data)).tobytes() != data]
        count = sum(len(d) for _, d in expected_bytes(folder, name))
        if len(ih.todict()) - ("start_addr" in ih.todict()) != count:
            wrong.append("the number of bytes")
        report(f"intelhex reads {name}.hex to the same bytes", "differs: " + ", ".join(wrong) if wrong else None)
        if name == "wide":
            continue
        again = os.path.join(folder, "intelhex.hex")
        ih.write_hex_file(again, write_start_addr=False)
        report(f"{name}.hex is byte for byte what intelhex writes", None if read(again) == read(path) else "it differs")
        code, out, err = run("hex", "info", again)
        report(f"what intelhex writes of {name}.hex is read", out + err if code else None)


def with_srecord(folder, names):
    if not shutil.which("srec_cat"):
        report("srec_cat reads the same bytes back", skip="srecord is not installed")
        return
    for name in names:
        path = os.path.join(folder, name + ".hex")
        wrong = []
        for address, data in expected_bytes(folder, name):
            out = os.path.join(folder, "srec.bin")
            p = subprocess.run(["srec_cat", path, "-intel", "-crop", hex(address), hex(address + len(data)), "-offset",
                                "-" + hex(address), "-o", out, "-binary"], stderr=subprocess.PIPE, timeout=300, check=False)
            if p.returncode or read(out) != data:
                wrong.append(hex(address) + " " + p.stderr.decode(errors="replace"))
        report(f"srec_cat reads {name}.hex to the same bytes", "\n".join(wrong) if wrong else None)
        theirs = os.path.join(folder, "srec.hex")
        subprocess.run(["srec_cat", path, "-intel", "-o", theirs, "-intel"], timeout=300, check=False)
        ours = os.path.join(folder, "ours.bin")
        address, data = expected_bytes(folder, name)[0]
        code, out, err = run("hex", "to-bin", theirs, "-o", ours, "--address", hex(address), "--size", str(len(data)))
        report(f"what srec_cat writes of {name}.hex is read to the same bytes",
               out + err if code else None if read(ours) == data else "other bytes")


def main():
    with tempfile.TemporaryDirectory(prefix="images-") as folder:
        littlefs(folder)
        names = make_inputs(folder)
        with_intelhex(folder, names)
        with_srecord(folder, names)
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


sys.exit(main())
