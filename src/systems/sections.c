/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sections.h"

#define ROW BW_SCHEMA_ROW
#define ROW_OF BW_SCHEMA_ROW_OF

/* -- balena --------------------------------------------------------------------------------------- */

static const bw_schema storage_rows[] = {
    ROW("internal", BW_TYPE_TEXT, "Medium that the OS runs from: emmc, nvme and so on.", true),
    ROW("flasher", BW_TYPE_BOOL, "Whether a flasher image writes it from another medium.", false),
    BW_SCHEMA_END,
};
static const bw_schema bootloader_rows[] = {
    ROW("u-boot", BW_TYPE_TEXT, "File of the boot loader.", true),
    ROW("device", BW_TYPE_TEXT, "Block device that it is written to.", false),
    ROW("offset", BW_TYPE_SIZE, "Where on the device.", false),
    BW_SCHEMA_END,
};

static const bw_schema balena_rows[] = {
    ROW("target", BW_TYPE_TEXT, "The target that runs balenaOS, as `plank/a53`.", true),
    ROW("family", BW_TYPE_TEXT, "Family of the board: the repository's name.", false),
    ROW("release", BW_TYPE_TEXT, "Release of Yocto.", true),
    ROW("name", BW_TYPE_TEXT, "Name of the device type for people.", true),
    ROW_OF("storage", BW_TYPE_MAP, "Where the OS is kept.", false, storage_rows),
    ROW_OF("bootloader", BW_TYPE_MAP, "The boot loader.", false, bootloader_rows),
    ROW("led", BW_TYPE_TEXT, "LED that identifies the device, by label, alias or path.", false),
    BW_SCHEMA_END,
};
const bw_schema bw_balena_schema = ROW_OF("balena", BW_TYPE_MAP, "balenaOS.", false, balena_rows);

/* -- simulator ------------------------------------------------------------------------------------ */

static const bw_schema qemu_rows[] = {
    ROW("machine", BW_TYPE_TEXT, "QEMU's machine with its options, as for `-machine`.", true),
    ROW("program", BW_TYPE_TEXT,
        "QEMU's program; by itself that of the described CPUs' architecture, which no run can then contradict.", false),
    ROW("cpu", BW_TYPE_TEXT, "QEMU's CPU, as for `-cpu`; by itself the machine's own.", false),
    ROW("memory", BW_TYPE_SIZE, "Memory of the machine; by itself as much as the machine has.", false),
    {"cpus", BW_TYPE_INT, "CPUs of the machine; by itself as many as it has.", false, false, NULL, NULL, 1, 1024},
    ROW("bios", BW_TYPE_TEXT, "Firmware that runs before, as for `-bios`; by itself none.", false),
    ROW("args", BW_TYPE_WORDS, "More arguments.", false),
    BW_SCHEMA_END,
};
const bw_schema bw_simulator_rows[] = {
    ROW_OF("qemu", BW_TYPE_MAP, "QEMU runs the target.", false, qemu_rows),
    {"command", BW_TYPE_WORDS,
     "Any program that runs it; `${image}` stands for the image. What it prints is taken for the console. A path with "
     "a "
     "`/` is relative to this file.",
     false, true, NULL, NULL, 0, 0},
    ROW("semihosting", BW_TYPE_BOOL,
        "Whether the simulator answers semihosting calls; by itself QEMU does and a command does not.", false),
    BW_SCHEMA_END,
};
static const bw_schema simulator_target =
    ROW_OF("target", BW_TYPE_MAP, "How a target is run.", false, bw_simulator_rows);
const bw_schema bw_simulator_schema = ROW_OF(
    "simulator", BW_TYPE_NAMED,
    "What runs each target, `qemu` or `command`, by the target's name, with or without the revision. The keys of "
    "a target may stand in `simulator` itself: then they are all targets'.",
    false, &simulator_target);
