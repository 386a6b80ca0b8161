/* SPDX-License-Identifier: Apache-2.0 */
/* The memory that a target's test data gives it, and its devicetree. */
#include "systems/zephyr/checks.h"

#include "base/text.h"
#include "base/unit.h"
#include "tree/cells.h"
#include "tree/specifiers.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

/* The node that a property of /chosen names, by path or by reference. */
static const bw_node *chosen_node(const bw_tree *tree, const char *name)
{
    const bw_node *chosen = bw_node_child(tree->root, tree->unit->n->chosen);
    const bw_prop *prop = chosen ? bw_node_prop_text(chosen, name) : NULL;
    bw_spec_fault fault;
    uint32_t strings;

    if (!prop)
        return NULL;
    if (prop->value.len == 4)
        return bw_phandle_node(tree, prop, 0, &fault);
    return bw_prop_strings(prop, &strings) == BW_STATE_OK && strings == 1 ? bw_tree_by_path(tree, bw_prop_string(prop))
                                                                          : NULL;
}

static void compare(bw_tree *tree, const char *key, const char *chosen, uint64_t kib, bw_place place)
{
    const bw_node *node = kib ? chosen_node(tree, chosen) : NULL;
    uint64_t bytes;

    if (!node)
        return;
    const bw_rows rows = bw_reg_rows(tree, node);
    if (rows.state != BW_STATE_OK || rows.count == 0)
        return;
    const bw_row row = bw_rows_get(&rows, 0);
    if (!row.known || row.size.high || row.size.wide || row.size.value == 0 ||
        __builtin_mul_overflow(kib, 1024, &bytes) || bytes <= row.size.value || bytes - row.size.value < 1024)
        return;
    GString *size = g_string_new(NULL);
    bw_text_size(size, row.size.value);
    bw_finding *f = bw_findings_add(tree->unit->findings, BW_CODE_zephyr_twister_memory, place,
                                    "%s is %" PRIu64 " KiB (0x%" PRIx64 "), but %s has 0x%" PRIx64 " (%s)", key, kib,
                                    bytes, chosen, row.size.value, size->str);
    bw_find_note(tree->unit, f, bw_prop_value_span(rows.prop), "its size comes from here");
    if (row.size.value % 1024 == 0)
        bw_finding_cure(f, "write '%s: %" PRIu64 "'", key, row.size.value / 1024);
    g_string_free(size, TRUE);
}

void bw_zephyr_check_memory(const bw_zephyr_test_data *data, bw_tree *tree)
{
    compare(tree, "ram", "zephyr,sram", data->ram, data->ram_at);
    compare(tree, "flash", "zephyr,flash", data->flash, data->flash_at);
}
