/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/cheriot/section.h"

#define ROW BW_SCHEMA_ROW
#define ROW_OF BW_SCHEMA_ROW_OF

static const char *const revokers[] = {"hardware", "software", "none", NULL};
static const bw_schema folder = ROW("folder", BW_TYPE_TEXT, "A folder.", false);
static const bw_schema define = ROW("define", BW_TYPE_TEXT, "A macro.", false);
static const bw_schema device = ROW("device", BW_TYPE_TEXT, "A device.", false);
static const bw_schema renamed = ROW("device", BW_TYPE_TEXT, "The name of this device for CHERIoT.", false);

static const bw_schema kind = ROW("device", BW_TYPE_TEXT, "What this device is, as devicetrees have it.", false);

static const bw_schema interrupt_rows[] = {
    ROW("name", BW_TYPE_TEXT, "Its name, a C identifier.", true),
    ROW("device", BW_TYPE_TEXT, "The node that has it in the devicetree, by label, alias or path.", true),
    {"index", BW_TYPE_INT, "Which interrupt of the node, from 0.", false, false, NULL, NULL, 0, 1023},
    {"priority", BW_TYPE_INT, "Its priority, where the devicetree has none; by itself 3, of the revoker's 2.", false,
     false, NULL, NULL, 0, UINT32_MAX},
    ROW("edge-triggered", BW_TYPE_BOOL, "Whether it fires when a condition begins; by itself what the devicetree says.",
        false),
    BW_SCHEMA_END,
};
static const bw_schema interrupt = ROW_OF("interrupt", BW_TYPE_MAP, "An interrupt.", false, interrupt_rows);

static const bw_schema rows[] = {
    ROW("target", BW_TYPE_TEXT, "The target that runs CHERIoT RTOS, as `plank/rv32`; by itself every target.", false),
    {"revoker", BW_TYPE_ENUM,
     "How freed memory is revoked; by itself `hardware` where the devicetree has a device `revoker`.", false, false,
     NULL, revokers, 0, 0},
    ROW("tick-rate", BW_TYPE_RATE, "Scheduler ticks; by itself 100 Hz.", false),
    ROW("code-memory", BW_TYPE_TEXT,
        "The memory for code, by label, alias or path; by itself `zephyr,flash` of /chosen, if there is one.", false),
    ROW("data-memory", BW_TYPE_TEXT,
        "The memory for globals, stacks and heap; by itself `zephyr,sram` of /chosen, or the only memory.", false),
    ROW("heap-size", BW_TYPE_SIZE,
        "How much of the end of the data memory is the heap; by itself what static data leaves.", false),
    ROW("stack-high-water-mark", BW_TYPE_BOOL, "Whether the CPU tracks how deep stacks grow.", false),
    ROW("simulation", BW_TYPE_BOOL, "Whether the board is a simulator's.", false),
    ROW("run-command", BW_TYPE_TEXT,
        "What runs a firmware image, which is the last argument; `${sdk}` stands for the SDK.", false),
    ROW("cpu", BW_TYPE_TEXT, "The compiler's name of the CPU; by itself `cheriot-ibex` for a lowrisc,ibex.", false),
    ROW_OF("defines", BW_TYPE_LIST, "Macros, `NAME` or `NAME=value`.", false, &define),
    ROW("cxflags", BW_TYPE_WORDS, "More options for the compiler.", false),
    ROW_OF("driver-includes", BW_TYPE_LIST, "Folders of driver headers; `${sdk}` stands for the SDK.", false, &folder),
    ROW_OF("names", BW_TYPE_NAMED,
           "What devices are called, by label, alias or path; by itself as their label. `uart` is the console, and "
           "`clint`, `plic`, `shadow` and `revoker` have a fixed meaning too.",
           false, &renamed),
    ROW_OF("compatibles", BW_TYPE_NAMED,
           "What devices are of which a board's JSON has the name alone, for `boot`; by itself `clint` and `plic` are "
           "those "
           "of RISC-V, and `uart` is what its driver takes.",
           false, &kind),
    ROW_OF("omit", BW_TYPE_LIST, "Devices to leave out, by label, alias or path.", false, &device),
    ROW_OF("shrink", BW_TYPE_LIST,
           "Devices, by label, alias or path, to cut to the largest size that a capability holds exactly.", false,
           &device),
    ROW_OF("interrupts", BW_TYPE_LIST,
           "The interrupts in the order of the board's file; by itself all of the devices, by number.", false,
           &interrupt),
    ROW("board", BW_TYPE_ANY,
        "Members of the board's JSON as they are: merged into the rest, a map into a map; null removes.", false),
    BW_SCHEMA_END,
};
const bw_schema bw_cheriot_schema = ROW_OF("cheriot", BW_TYPE_MAP, "CHERIoT RTOS.", false, rows);
