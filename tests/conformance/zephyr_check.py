#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `check` says of the metadata and file names of Zephyr's boards is what is really wrong there.

    zephyr_check.py [--corpus DIR]

The findings below were confirmed by hand in Zephyr 4.1; there may be no other, and none may be missing. Each must
also come when the board is checked alone. The environment gives the program (BOARDWRIGHT). TAP on standard output.
"""
import argparse
import collections
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(os.environ.get("BOARDWRIGHT", os.path.join(ROOT, "build", "boardwright")))

FILES = {
    "zephyr-file-name": [
        "boards/beagle/beaglev_fire/beaglev_fire_defconfig",
        "boards/mediatek/mt8186/afe-mt8186.dts",
        "boards/mediatek/mt8188/afe-mt8188.dts",
        "boards/mediatek/mt8195/afe-mt8195.dts",
        "boards/microchip/mpfs_icicle/mpfs_icicle_defconfig",
        "boards/olimex/lora_stm32wl_devkit/olimex_lora_stm32wl_devkit_C.conf",
        "boards/olimex/lora_stm32wl_devkit/olimex_lora_stm32wl_devkit_D.conf",
    ],
    "zephyr-extension-kconfig": ["tests/cmake/hwm/board_extend/oot_root/boards/native/native_sim_extend/board.yml"],
    "zephyr-kconfig-name": [
        "boards/microchip/mec_assy6941/Kconfig.mec_assy6941_mec1743_qlj",
        "boards/microchip/mec_assy6941/Kconfig.mec_assy6941_mec1743_qsz",
        "boards/microchip/mec_assy6941/Kconfig.mec_assy6941_mec1753_qlj",
        "boards/microchip/mec_assy6941/Kconfig.mec_assy6941_mec1753_qsz",
        "boards/qemu/rx/Kconfig.deconfig",
    ],
    "zephyr-kconfig-type": [
        "boards/bytesatwork/bytesensi_l/Kconfig.bytesensi_l",
        "boards/ezurio/mg100/Kconfig.mg100",
        "boards/ezurio/pinnacle_100_dvk/Kconfig.pinnacle_100_dvk",
    ],
    "zephyr-revision-format": ["boards/snps/em_starterkit/board.yml"] * 2,
    "zephyr-twister-missing": [
        "boards/amd/acp_6_0_adsp/board.yml",
        "boards/mediatek/mt8186/board.yml",
        "boards/mediatek/mt8188/board.yml",
        "boards/mediatek/mt8195/board.yml",
        "boards/mediatek/mt8196/board.yml",
        "boards/wch/ch32v303vct6_evt/board.yml",
    ],
    "zephyr-twister-name": ["boards/nxp/vmu_rt1170/vmu_rt1170.yaml"],
    "zephyr-twister-toolchain": ["boards/st/stm32mp257f_ev1/stm32mp257f_ev1_stm32mp257fxx_m33.yaml"],
}
# Of files that are no board's, and so said of the whole tree only.
TREE = {
    "zephyr-extension-kconfig": ["tests/cmake/hwm/board_extend/oot_root/boards/native/native_sim_extend/board.yml"],
    "zephyr-shield-symbol": [f"boards/shields/{shield}/shield.yml" for shield in (
        "abrobot_esp32c3_oled", "adafruit_neopixel_grid_bff", "p3t1755dp_ard_i2c", "x_nucleo_iks01a2",
        "x_nucleo_iks01a3", "x_nucleo_iks02a1", "x_nucleo_iks02a1", "x_nucleo_iks4a1", "x_nucleo_iks4a1")],
    "zephyr-shield-undeclared": ["boards/shields/mikroe_wifi_bt_click/mikroe_wifi_bt_click.overlay"],
}
COUNTS = {"zephyr-no-devicetree": 31, "zephyr-revision-files": 4, "zephyr-revision-number": 4, "zephyr-full-name": 7,
          "zephyr-no-defconfig": 10, "zephyr-kconfig-guard": 21, "zephyr-twister-memory": 10,
          "zephyr-twister-vendor": 54}
# Of devicetrees, with the headers of HALs left out. The export has no bindings that end in .yml: renesas,rz-cpg.yml
# makes the two findings about bindings.
COUNTS |= {"zephyr-binding": 1, "zephyr-binding-cells": 1, "zephyr-binding-unknown": 6, "zephyr-chosen-missing": 66,
           "zephyr-chosen-name": 11, "zephyr-code-partition": 1, "zephyr-compatible-vendor": 20,
           "zephyr-partition-label": 48, "zephyr-root-identity": 53, "zephyr-unit-address": 17,
           "zephyr-unit-address-spelling": 119}
RIGHT = ["boards/nxp/frdm_k64f", "boards/nordic/nrf52840dk", "boards/native/native_sim", "boards/arm/mps2",
         "boards/qemu/riscv32", "boards/qemu/cortex_a53"]


def findings_of(tree, paths):
    p = subprocess.run([PROGRAM, "check", "--json", "--missing-includes=tolerate", *paths], cwd=tree,
                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=600, check=False)
    return json.loads(p.stdout)["findings"]


def by_code(findings):
    found = collections.defaultdict(list)
    for f in findings:
        if f["code"].startswith("zephyr-"):
            found[f["code"]].append(f["place"]["file"])
    return {code: sorted(files) for code, files in found.items()}


def result(number, name, problems):
    print(f"{'not ok' if problems else 'ok'} {number} - {name}")
    print("".join(f"# {p}\n" for p in problems[:20]), end="")
    return bool(problems)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", default=os.environ.get("CORPUS") or os.path.join(ROOT, "..", "shared", "corpus"))
    args = parser.parse_args()
    tree = os.path.join(args.corpus, "zephyr")
    if not os.path.isdir(tree):
        print(f"1..0 # SKIP {os.path.normpath(tree)} is not there")
        return 0
    found = by_code(findings_of(tree, ["."]))
    problems = [f"{code}: {found.get(code)} but {files}" for code, files in {**FILES, **TREE}.items()
                if found.get(code) != files]
    problems += [f"{code}: {len(found.get(code, []))} but {n}" for code, n in COUNTS.items()
                 if len(found.get(code, [])) != n]
    known = set(FILES) | set(TREE) | set(COUNTS)
    # What devicetrees and bindings say is not of names and metadata.
    problems += [f"{code}: {files}" for code, files in found.items() if code not in known and
                 not all(f.endswith((".dts", ".dtsi", ".h", ".overlay")) or "/bindings/" in f for f in files)]
    failed = result(1, "the whole tree: what was confirmed by hand, and nothing else", problems)
    problems = []
    for code, files in FILES.items():
        for path in sorted(set(files)):
            alone = by_code(findings_of(tree, [os.path.dirname(path)]))
            if alone.get(code, []).count(path) != files.count(path):
                problems.append(f"{path}: {alone}")
    failed |= result(2, "boards alone: the same", problems)
    wrong = [f"{f['place']['file']}: {f['message']}" for f in findings_of(tree, RIGHT) if f["severity"] == "error"]
    failed |= result(3, f"no error on {', '.join(os.path.basename(p) for p in RIGHT)}", wrong)
    print("1..3")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
