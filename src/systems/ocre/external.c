/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/ocre/external.h"

#include "tree/strings.h"

#include <glib.h>

#include <string.h>

enum unit { IN_BITS, IN_BYTES, IN_REGION };

static const char *const stm32_ospi[] = {"MEMC", "MEMC_STM32_OSPI_PSRAM", "SHARED_MULTI_HEAP", NULL};
static const char *const espressif[] = {"ESP_SPIRAM", NULL};

static const struct kind {
    const char *compatible;
    enum unit unit; /* of size; IN_REGION: a memory region elsewhere has it */
    bool stm32;
    const char *const *symbols;
} kinds[] = {
    {"st,stm32-ospi-psram", IN_BITS, true, stm32_ospi},
    {"espressif,esp32-psram", IN_BYTES, false, espressif},
    {"st,stm32-xspi-psram", IN_BITS, false, NULL},
    {"st,stm32-fmc-sdram", IN_REGION, false, NULL},
    {"st,stm32-fmc-nor-psram", IN_REGION, false, NULL},
    {"renesas,ra-sdram", IN_REGION, false, NULL},
    {"renesas,smartbond-nor-psram", IN_REGION, false, NULL},
    {"nxp,imx-flexspi-aps6404l", IN_BITS, false, NULL},
    {"nxp,imx-flexspi-aps6408l", IN_BITS, false, NULL},
    {"nxp,imx-flexspi-s27ks0641", IN_BITS, false, NULL},
    {"silabs,siwx91x-qspi-memory", IN_REGION, false, NULL},
    {"adi,max32-hpb", IN_REGION, false, NULL},
    {"mspi-aps6404l", IN_BITS, false, NULL},
    {"mspi-aps-z8", IN_BITS, false, NULL},
};

static const struct kind *kind_of(const bw_tree *tree, const bw_node *node)
{
    if (bw_node_prop_text(node, "compatible"))
        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
            if (bw_node_is_compatible(tree, node, kinds[i].compatible))
                return &kinds[i];
    return NULL;
}

const bw_memory *bw_ocre_memory_of(const bw_board *board, const bw_node *node)
{
    for (uint32_t i = 0; node && i < board->memory_count; i++)
        if (board->memories[i].node == node && board->memories[i].block.has_size)
            return &board->memories[i];
    return NULL;
}

const bw_node *bw_ocre_chosen_node(const bw_board *board, const char *name)
{
    for (uint32_t i = 0; i < board->chosen_count; i++)
        if (strcmp(board->chosen[i].name, name) == 0)
            return board->chosen[i].node;
    return NULL;
}

bool bw_ocre_is_simulated(const bw_board *board)
{
    const char *compatible = board->cpu_count ? board->cpus[0].compatible : NULL;

    return compatible && strncmp(compatible, "zephyr,native", strlen("zephyr,native")) == 0;
}

static uint64_t bytes_of(const bw_node *node, enum unit unit)
{
    uint32_t size = 0;

    if (unit == IN_REGION || bw_prop_u32(bw_node_prop_text(node, "size"), &size) != BW_STATE_OK)
        return 0;
    return unit == IN_BITS ? size / 8 : size;
}

const bw_ocre_external *bw_ocre_externals_of(const bw_board *board, uint32_t *count)
{
    const bw_tree *tree = board->tree;
    const bw_node *sram = bw_ocre_chosen_node(board, "zephyr,sram");
    GArray *found = g_array_new(FALSE, FALSE, sizeof(bw_ocre_external));

    BW_FOR_NODES (tree, node) {
        const struct kind *kind = kind_of(tree, node);

        if (!kind || bw_node_unavailable(tree, node))
            continue;
        const bw_ocre_external e = {
            .node = node,
            .bytes = bytes_of(node, kind->unit),
            .stm32 = kind->stm32,
            .symbols = kind->symbols,
            .is_sram = sram && (sram == node || (kind->stm32 && sram == bw_tree_by_ref(tree, "psram"))),
        };
        g_array_append_val(found, e);
    }
    *count = found->len;
    bw_ocre_external *list = bw_arena_array(&tree->unit->arena, bw_ocre_external, found->len + 1);
    if (found->len)
        memcpy(list, found->data, found->len * sizeof *list);
    g_array_free(found, TRUE);
    return list;
}
