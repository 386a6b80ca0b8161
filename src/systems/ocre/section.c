/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/ocre/section.h"

#include <string.h>

#define ROW BW_SCHEMA_ROW
#define ROW_OF BW_SCHEMA_ROW_OF

const char *const bw_ocre_sample_names[] = {"mini", "demo", "supervisor", NULL};

static const bw_schema sample = {"sample", BW_TYPE_ENUM, "A sample.", false, false, NULL, bw_ocre_sample_names, 0, 0};
static const bw_schema container = ROW("container", BW_TYPE_TEXT, "A file.", false);

static const bw_schema storage_rows[] = {
    ROW("flash", BW_TYPE_TEXT, "The flash that has it, by label, alias or path.", true),
    ROW("offset", BW_TYPE_SIZE, "Where in the flash it begins; by itself where there is room.", false),
    ROW("size", BW_TYPE_SIZE, "How large it is; by itself all the room there is, 16 MiB at most.", false),
    BW_SCHEMA_END,
};
static const bw_schema test_rows[] = {
    ROW("port", BW_TYPE_TEXT, "The serial port of the machine that the board is plugged into.", true),
    BW_SCHEMA_END,
};

static const bw_schema rows[] = {
    ROW("target", BW_TYPE_TEXT, "The target that runs the containers, as `plank/m33`.", true),
    {"samples", BW_TYPE_LIST, "Samples of Ocre to write board files for; by itself all.", false, true, &sample, NULL, 0,
     0},
    ROW_OF("containers", BW_TYPE_LIST,
           "Containers to put into the storage partition: WebAssembly, or compiled of it ahead of time. A path is "
           "relative to this file.",
           false, &container),
    ROW("merge-hex", BW_TYPE_BOOL, "Whether firmware and storage are merged into one Intel HEX file.", false),
    ROW("sparse", BW_TYPE_BOOL,
        "Whether hex files hold only the blocks in use, both of each pair, instead of all of the partition.", false),
    ROW_OF("storage", BW_TYPE_MAP,
           "Where the storage partition goes, whatever the board says; by itself it stays where it is if that will do, "
           "else it goes where there is room.",
           false, storage_rows),
    ROW_OF("hardware-test", BW_TYPE_MAP, "Writes groups of tests for a board that is plugged in.", false, test_rows),
    BW_SCHEMA_END,
};
const bw_schema bw_ocre_schema = ROW_OF("ocre", BW_TYPE_MAP, "Ocre.", false, rows);

bool bw_ocre_wants(const bw_yaml *section, bw_ocre_sample wanted)
{
    const bw_yaml *list = bw_yaml_get(section, "samples");

    for (uint32_t i = 0; list && i < list->count; i++)
        if (strcmp(bw_yaml_to_text(list->items[i]), bw_ocre_sample_names[wanted]) == 0)
            return true;
    return list == NULL;
}

bool bw_ocre_is_set(const bw_yaml *section, const char *key)
{
    bool set = false;

    return bw_yaml_to_bool(bw_yaml_get(section, key), &set) && set;
}
