/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/image_board.h"

#include "cli/boards.h"
#include "cli/commands.h"
#include "systems/ocre/storage.h"
#include "systems/ocre/wamr.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const hows[] = {
    [BW_OCRE_UNMAPPED] = "nothing",
    [BW_OCRE_BY_RANGES] = "ranges",
    [BW_OCRE_BY_FLASH] = "reg of its flash",
    [BW_OCRE_BY_CHIP] = "reg of its chip, where newer trees have ranges",
    [BW_OCRE_BY_CONTROLLER] = "the second reg of its chip's controller",
};

static bool read_storage(bw_storage *s, const bw_board *board, const char *command, const char *name)
{
    const bw_ocre_storage storage = bw_ocre_storage_of(board);

    if (!storage.node || !storage.known) {
        fprintf(stderr, "boardwright %s: %s has no partition labelled " BW_OCRE_STORAGE_LABEL "\n", command, name);
        return false;
    }
    s->size = storage.size;
    s->block_size = storage.flash ? storage.flash->erase_block : storage.block_guessed ? 0 : storage.block;
    s->mapped = storage.mapping != BW_OCRE_UNMAPPED;
    s->address = storage.address;
    s->has_formula = storage.has_formula;
    s->formula = storage.formula;
    s->how = hows[storage.mapping];
    s->whose = g_strdup_printf("the storage partition of %s", name);
    s->aot_arch = bw_ocre_wamr_of(board).aot_arch;
    s->mount = bw_ocre_mount_of(board->tree, storage.node);
    return true;
}

void bw_storage_say_address(const bw_storage *s, const char *command)
{
    if (!s->has_formula || s->formula == s->address)
        return;
    fprintf(stderr,
            "boardwright %s: %s is at 0x%08" PRIx64 ", by %s; Ocre's own build computes 0x%08" PRIx64
            " (boardwright explain ocre-storage-address)\n",
            command, s->whose, s->address, s->how, s->formula);
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
