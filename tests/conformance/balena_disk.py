#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Disks of balenaOS device types against parted: the same partitions, to the sector, and the same extended boot records.

A repository is made up with a device type for each set of sizes; parted makes the same tables on sparse files with the
commands of meta-balena's image class. Skipped where parted is not installed."""
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("BOARDWRIGHT", "build/boardwright")
SECTOR = 512
PARTED = shutil.which("parted") or shutil.which("parted", path="/usr/sbin:/sbin")

COFFEE = """common = require '@resin.io/device-types/common'

module.exports =
\tversion: 1
\tslug: '{0}'
\tname: '{0}'
\tarch: 'aarch64'
\tyocto:
\t\tmachine: '{0}'
\t\timage: 'balena-image'
\t\tfstype: 'balenaos-img'
\t\tversion: 'yocto-kirkstone'
\t\tdeployArtifact: 'balena-image-{0}.balenaos-img'
\t\tcompressed: true
\tconfiguration:
\t\tconfig:
\t\t\tpartition: 1
\t\t\tpath: '/config.json'
"""


def sets():
    """The usual sizes, and others by chance, always the same."""
    chance = random.Random(2026)
    usual = dict(gpt=False, alignment=4096, space=4096, boot=102400, root=655360, rootb=None, state=81920, data=192,
                 extra=[])
    yield usual
    yield dict(usual, gpt=True)
    yield dict(usual, boot=40960, root=327680, state=20480)
    yield dict(usual, gpt=True, space=331776, extra=[("s", 40, 262183), ("s", 262184, 263719), ("s", 263720, 663551)])
    yield dict(usual, gpt=True, space=20480, extra=[("B", 20480, 1048575), ("B", 1048576, 16777215)])
    yield dict(usual, gpt=True, space=20480, extra=[("KiB", 32, 1024), ("KiB", 1024, 16384)])
    yield dict(usual, gpt=True, space=20480, extra=[("MiB", 1, 3), ("s", 6144, 8191)])
    for _ in range(26):
        alignment = chance.choice([4096, 4096, 2048, 1024, 512, 64, 100, 768])
        yield dict(gpt=chance.random() < 0.5, alignment=alignment, space=alignment * chance.choice([1, 1, 2, 5]),
                   boot=chance.randint(1, 200000), root=chance.randint(1, 400000),
                   rootb=chance.choice([None, chance.randint(1, 100000)]), state=chance.randint(1, 90000),
                   data=chance.randint(1, 300), extra=[])


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def make_repository(root, all_sets):
    layer = root + "/layers/meta-balena-sizes"
    image, disk = [], []
    for i, s in enumerate(all_sets):
        name = "size-%d" % i
        write("%s/%s.coffee" % (root, name), COFFEE.format(name))
        write("%s/conf/machine/%s.conf" % (layer, name), "# %s\n" % name)
        image += ['PARTITION_TABLE_TYPE:%s = "%s"' % (name, "gpt" if s["gpt"] else "msdos")]
        for variable, key in (("BALENA_IMAGE_ALIGNMENT", "alignment"), ("DEVICE_SPECIFIC_SPACE", "space"),
                              ("BALENA_BOOT_SIZE", "boot"), ("IMAGE_ROOTFS_SIZE", "root"),
                              ("BALENA_ROOTB_SIZE", "rootb"), ("BALENA_STATE_SIZE", "state")):
            if s[key] is not None:
                image.append('%s:%s = "%d"' % (variable, name, s[key]))
        if s["extra"]:
            image.append("device_specific_configuration:%s() {" % name)
            for k, (unit, start, end) in enumerate(s["extra"]):
                image.append("    parted -s ${BALENA_RAW_IMG} unit %s mkpart own%d %d %d" % (unit, k, start, end))
            image.append("}")
        disk.append('PARTITION_SIZE:%s = "%d"' % (name, s["data"]))
    write(layer + "/conf/layer.conf", 'BBPATH .= ":${LAYERDIR}"\nBBFILE_COLLECTIONS += "balena-sizes"\n'
          'BBFILES += "${LAYERDIR}/recipes-*/*/*.bbappend"\nBBFILE_PATTERN_balena-sizes := "^${LAYERDIR}/"\n'
          'BBFILE_PRIORITY_balena-sizes = "1337"\nLAYERSERIES_COMPAT_balena-sizes = "kirkstone"\n')
    write(layer + "/conf/samples/bblayers.conf.sample", 'BBLAYERS ?= "${TOPDIR}/../layers/meta-balena-sizes"\n')
    write(layer + "/recipes-core/images/balena-image.bbappend", "\n".join(image) + "\n")
    write(layer + "/recipes-containers/docker-disk/docker-disk.bbappend", "\n".join(disk) + "\n")
    write(root + "/VERSION", "8.0.2")


def parted(path, *arguments):
    return subprocess.run([PARTED, "-s", path, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          env=dict(os.environ, LC_ALL="C")).stdout


def boot_records(path):
    """Sectors of the extended boot records, along their chain."""
    found = []
    with open(path, "rb") as f:
        f.seek(446)
        entries = [f.read(16) for _ in range(4)]
        base = next((struct.unpack("<I", e[8:12])[0] for e in entries if e[4] in (5, 15)), None)
        at = base
        while at is not None and len(found) < 10:
            found.append(at)
            f.seek(at * SECTOR + 446 + 16)
            link = f.read(16)
            at = base + struct.unpack("<I", link[8:12])[0] if link[4] else None
    return found


def made_by_parted(s, path):
    def up(size):
        return -(-size // s["alignment"]) * s["alignment"]

    boot, root, state, data = up(s["boot"]), up(s["root"]), up(s["state"]), up(s["data"] * 1024)
    rootb = up(s["rootb"]) if s["rootb"] else root
    total = s["space"] + 3 * s["alignment"] + boot + root + rootb + state + data
    with open(path, "wb") as f:
        f.truncate(total * 1024)
    gpt = s["gpt"]
    parted(path, "mklabel", "gpt" if gpt else "msdos")
    for k, (unit, start, end) in enumerate(s["extra"]):
        parted(path, "unit", unit, "mkpart", "own%d" % k, str(start), str(end))
    at = s["space"]
    for label, size in (("boot", boot), ("rootA", root), ("rootB", rootb)):
        kind = ["resin-" + label] if gpt else ["primary", "fat16"] if label == "boot" else ["primary"]
        parted(path, "unit", "KiB", "mkpart", *kind, str(at), str(at + size))
        at += size
    if not gpt:
        parted(path, "--", "unit", "KiB", "mkpart", "extended", str(at), "-1s")
        at += s["alignment"]
    parted(path, "unit", "KiB", "mkpart", "resin-state" if gpt else "logical", str(at), str(at + state))
    at += state + (0 if gpt else s["alignment"])
    parted(path, "--", "unit", "KiB", "mkpart", "resin-data" if gpt else "logical", str(at), "100%")
    rows = [line.split(":") for line in parted(path, "-m", "unit", "s", "print").splitlines()[2:]]
    parts = sorted((int(r[0]), int(r[1].rstrip("s")), int(r[2].rstrip("s"))) for r in rows)
    return total * 2, parts, [] if gpt else boot_records(path)


def main():
    print("1..1")
    if not PARTED:
        print("ok 1 # SKIP parted is not installed")
        return 0
    all_sets = list(sets())
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        make_repository(folder + "/repo", all_sets)
        out = subprocess.run([PROGRAM, "map", "--json", folder + "/repo"], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, check=False, text=True)
        ours = {d["deviceType"]: d for d in json.loads(out.stdout)}
        for i, s in enumerate(all_sets):
            d = ours["size-%d" % i]
            has = (d["sectors"], sorted((p["number"], p["first"], p["last"]) for p in d["partitions"]),
                   d.get("extendedBootRecords", []))
            wants = made_by_parted(s, folder + "/disk")
            if has != wants:
                wrong += 1
                print("# %s\n#   parted: %s\n#   ours:   %s (%s)" % (s, wants, has, d["problem"]))
    print("%sok 1 - %d disks as parted makes them" % ("not " if wrong else "", len(all_sets)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
