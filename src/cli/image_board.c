/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/image_board.h"

#include "cli/boards.h"
#include "cli/commands.h"
#include "systems/ocre/storage.h"
#include "systems/ocre/wamr.h"
#include "tree/cells.h"
#include "tree/strings.h"

#include <stdio.h>

static const bw_partition *find_partition(const bw_board *board, const bw_flash **flash)
{
    const bw_node *node = bw_board_node(board, BW_OCRE_STORAGE_LABEL);

    for (uint32_t f = 0; node && f < board->flash_count; f++)
        for (uint32_t p = 0; p < board->flashes[f].partition_count; p++)
            if (board->flashes[f].partitions[p].node == node && board->flashes[f].partitions[p].known) {
                *flash = &board->flashes[f];
                return &board->flashes[f].partitions[p];
            }
    return NULL;
}

static uint32_t number_of(const bw_node *node, const char *name)
{
    const bw_prop *prop = bw_node_prop_text(node, name);
    uint32_t value;

    return prop && bw_prop_u32(prop, &value) == BW_STATE_OK ? value : 0;
}

/* Zephyr's automatic mounts: zephyr,fstab,littlefs. */
static void read_fstab(bw_storage *s, const bw_tree *tree, const bw_node *partition)
{
    BW_FOR_NODES (tree, n) {
        const bw_prop *prop = bw_node_prop_text(n, "partition");
        uint32_t phandle;

        if (!bw_node_is_compatible(tree, n, "zephyr,fstab,littlefs") || !prop ||
            bw_prop_u32(prop, &phandle) != BW_STATE_OK || bw_tree_by_phandle(tree, phandle) != partition)
            continue;
        s->read_size = number_of(n, "read-size");
        s->prog_size = number_of(n, "prog-size");
        s->cache_size = number_of(n, "cache-size");
        s->disk_version = number_of(n, "disk-version");
        return;
    }
}

static bool read_storage(bw_storage *s, const bw_board *board, const char *command, const char *name)
{
    const bw_flash *flash = NULL;
    const bw_partition *partition = find_partition(board, &flash);

    if (!partition) {
        fprintf(stderr, "boardwright %s: %s has no partition labelled " BW_OCRE_STORAGE_LABEL "\n", command, name);
        return false;
    }
    s->size = partition->size;
    s->block_size = flash->erase_block;
    s->mapped = partition->mapped;
    s->address = partition->address;
    s->whose = g_strdup_printf("the storage partition of %s", name);
    s->aot_arch = bw_ocre_wamr_of(board).aot_arch;
    read_fstab(s, board->tree, partition->node);
    return true;
}

static int one_target(const bw_boards *boards, const char *command, const char *target)
{
    if (boards->targets.count == 1)
        return BW_EXIT_OK;
    bw_usage_error(command, "--board=%s has %u targets; name one of them", target, boards->targets.count);
    for (uint32_t i = 0; i < boards->targets.count; i++)
        fprintf(stderr, "  %s\n", boards->targets.items[i].name);
    return BW_EXIT_TROUBLE;
}

bool bw_storage_of(bw_storage *storage, const char *command, const bw_options *options, const char *target,
                   int *exit_code)
{
    bw_boards boards;
    bool found = false;

    *storage = (bw_storage){0};
    if (bw_boards_open(&boards, command, options, target, NULL) &&
        (*exit_code = one_target(&boards, command, target)) == BW_EXIT_OK) {
        const bw_board *board = bw_boards_read(&boards, boards.targets.items);
        found = board && read_storage(storage, board, command, boards.targets.items->name);
        *exit_code = BW_EXIT_FINDINGS;
    }
    if (!found && boards.exit_code > *exit_code)
        *exit_code = boards.exit_code;
    bw_boards_close(&boards);
    return found;
}

void bw_storage_free(bw_storage *storage)
{
    g_free(storage->whose);
    *storage = (bw_storage){0};
}
