/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sections.h"

#define ROW BW_SCHEMA_ROW
#define ROW_OF BW_SCHEMA_ROW_OF

/* -- sel4 ----------------------------------------------------------------------------------------- */

static const bw_schema file_rows[] = {
    ROW("file", BW_TYPE_TEXT, "Name of the file.", true),
    ROW("max-size", BW_TYPE_SIZE, "Space that is kept for it.", false),
    BW_SCHEMA_END,
};
static const bw_schema device = ROW("device", BW_TYPE_TEXT, "A device.", false);

static const bw_schema vm_rows[] = {
    ROW("name", BW_TYPE_TEXT, "Name of the virtual machine.", true),
    ROW("ram", BW_TYPE_SIZE, "Memory of the guest; its place is computed.", true),
    ROW("kernel", BW_TYPE_TEXT, "File of the guest's kernel.", true),
    ROW_OF("initrd", BW_TYPE_MAP, "The guest's initial RAM disk.", false, file_rows),
    {"vcpus", BW_TYPE_INT, "Virtual CPUs.", false, false, NULL, NULL, 1, 64},
    ROW_OF("devices", BW_TYPE_LIST, "Devices that the guest gets, by label, alias or path.", false, &device),
    ROW("command-line", BW_TYPE_TEXT, "Command line of the guest's kernel.", false),
    BW_SCHEMA_END,
};
static const bw_schema vm = ROW_OF("vm", BW_TYPE_MAP, "A virtual machine.", false, vm_rows);

static const bw_schema yocto_rows[] = {
    ROW("machine", BW_TYPE_TEXT, "Name of the guest's Yocto machine.", true),
    ROW("requires", BW_TYPE_TEXT, "Machine that it is made from.", false),
    ROW("image", BW_TYPE_TEXT, "Image that is built.", false),
    BW_SCHEMA_END,
};

static const bw_schema sel4_rows[] = {
    ROW("target", BW_TYPE_TEXT, "The target that runs seL4, as `plank/a53`.", true),
    ROW("platform", BW_TYPE_TEXT, "Name of the seL4 platform.", true),
    ROW_OF("vms", BW_TYPE_LIST, "Guests of the CAmkES VM.", false, &vm),
    ROW_OF("yocto", BW_TYPE_MAP, "The Yocto layer with the guest's image.", false, yocto_rows),
    BW_SCHEMA_END,
};
const bw_schema bw_sel4_schema = ROW_OF("sel4", BW_TYPE_MAP, "seL4 and CAmkES VM.", false, sel4_rows);

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
