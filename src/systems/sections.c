/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sections.h"

#define ROW BW_SCHEMA_ROW
#define ROW_OF BW_SCHEMA_ROW_OF

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
