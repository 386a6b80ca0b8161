/* SPDX-License-Identifier: Apache-2.0 */
/* The storage partition: there, large enough, in whole blocks, and at which address. */
#include "systems/ocre/check.h"
#include "systems/ocre/external.h"
#include "systems/ocre/verdict.h"
#include "systems/ocre/section.h"

#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

/* A partition whose label property or name says what it is for, though nobody can refer to it. */
static const bw_partition *nameless_storage(const bw_board *board)
{
    for (uint32_t f = 0; f < board->flash_count; f++)
        for (uint32_t p = 0; p < board->flashes[f].partition_count; p++) {
            const bw_partition *part = &board->flashes[f].partitions[p];

            if (!part->unavailable && part->name && strcmp(part->name, "storage") == 0)
                return part;
        }
    return NULL;
}

static void say_missing(const bw_ocre_run *run)
{
    const bw_partition *like = nameless_storage(run->board);

    if (like) {
        bw_finding *f =
            bw_find_node(run->tree, BW_CODE_ocre_storage_missing, like->node,
                         "the partition has no label " BW_OCRE_STORAGE_LABEL ", so Ocre finds no place for its state");
        bw_finding_cure(f, "write '" BW_OCRE_STORAGE_LABEL ":' in front of it");
        return;
    }
    bw_finding *f = bw_find_node(run->tree, BW_CODE_ocre_storage_missing, run->tree->root,
                                 "no partition is labelled " BW_OCRE_STORAGE_LABEL
                                 ", so Ocre has no place for images and containers");
    bw_finding_cure(f, "add one of %u erase blocks or more to a flash, in the board or in a sample's overlay",
                    BW_OCRE_BLOCKS_USEFUL);
}

static void say_unavailable(const bw_ocre_run *run)
{
    const bw_ocre_storage *s = &run->storage;
    bw_finding *f = bw_find_node(run->tree, BW_CODE_ocre_storage_missing, s->node,
                                 BW_OCRE_STORAGE_LABEL " is not there, because %s is not enabled",
                                 bw_node_path(run->tree, s->unavailable));

    bw_ocre_note(run, f, s->unavailable, bw_node_prop_text(s->unavailable, "status"), "its status is here");
    bw_finding_cure(f, "enable it, or give the label to a partition of another flash");
}

static void check_size(const bw_ocre_run *run)
{
    const bw_ocre_storage *s = &run->storage;
    const uint64_t blocks = bw_ocre_storage_blocks(s);
    const uint64_t demo = bw_ocre_blocks_wanted(BW_OCRE_DEMO, NULL, s->block);
    const uint64_t useful = (blocks < BW_OCRE_BLOCKS_USEFUL ? BW_OCRE_BLOCKS_USEFUL : demo) * s->block;
    const bw_prop *said = s->block_guessed ? NULL : bw_node_prop_text(s->grandparent, "erase-block-size");
    bw_finding *f = NULL;

    if (blocks < BW_OCRE_BLOCKS_EMPTY)
        f = bw_ocre_say(run, BW_CODE_ocre_storage_too_small,
                        "the storage partition of %s has %" PRIu64 " block%s of %s, and Ocre's folders alone take %u",
                        bw_ocre_size(run, s->size), blocks, blocks == 1 ? "" : "s", bw_ocre_size(run, s->block),
                        BW_OCRE_BLOCKS_EMPTY);
    else if (blocks < BW_OCRE_BLOCKS_USEFUL)
        f = bw_ocre_say(run, BW_CODE_ocre_storage_tight,
                        "the storage partition of %s has %" PRIu64 " blocks of %s: Ocre's folders take %u of them, and "
                        "the smallest container needs %u",
                        bw_ocre_size(run, s->size), blocks, bw_ocre_size(run, s->block), BW_OCRE_BLOCKS_EMPTY,
                        BW_OCRE_BLOCKS_USEFUL);
    else if (run->app && run->app->sample == BW_OCRE_DEMO && blocks < demo)
        f = bw_ocre_say(run, BW_CODE_ocre_storage_tight,
                        "the storage partition of %s has %" PRIu64 " blocks of %s, and the sample demo takes %" PRIu64
                        " with the eight images that it preloads",
                        bw_ocre_size(run, s->size), blocks, bw_ocre_size(run, s->block), demo);
    if (said)
        bw_ocre_note(run, f, s->grandparent, said, "the block size comes from here");
    bw_finding_cure(f, "make it %s or larger", bw_ocre_size(run, useful));
}

/* What is a warning of any partition is an error of this one: Zephyr's littlefs asserts when it mounts. Where only the
 * size is wrong, that is said of it. @return whether the borders are said to be wrong */
static bool check_alignment(const bw_ocre_run *run)
{
    const bw_ocre_storage *s = &run->storage;
    bw_unit *unit = run->tree->unit;
    const char *path = bw_node_path(run->tree, s->node);
    const uint64_t rest = s->size % s->block;
    const bool only_size = s->offset % s->block == 0 && rest && s->size > rest;

    for (bw_finding *f = unit->findings->first; f; f = f->next) {
        if (f->code != BW_CODE_partition_alignment || !f->node || strcmp(f->node, path) != 0)
            continue;
        unit->findings->counts[f->severity]--;
        f->code = only_size ? BW_CODE_ocre_storage_block_multiple : BW_CODE_ocre_storage_alignment;
        f->severity = unit->ctx->levels[f->code];
        unit->findings->counts[f->severity]++;
        if (only_size)
            bw_finding_cure(f, "write a size of 0x%" PRIx64, s->size - rest);
        return true;
    }
    return false;
}

static void check_multiple(const bw_ocre_run *run)
{
    const bw_ocre_storage *s = &run->storage;
    const uint64_t rest = s->size % s->block;

    /* Nothing is left to say of one that has no whole block. */
    if (!rest || s->size < s->block)
        return;
    bw_finding *f = bw_ocre_say(run, BW_CODE_ocre_storage_block_multiple,
                                "the storage partition of %s is no multiple of the block size, %s: 0x%" PRIx64
                                " bytes are left over",
                                bw_ocre_size(run, s->size), bw_ocre_size(run, s->block), rest);
    bw_ocre_note(run, f, s->grandparent, bw_node_prop_text(s->grandparent, "erase-block-size"),
                 s->block_guessed ? "this has no erase-block-size, for which Ocre takes 0x1000"
                                  : "the block size comes from here");
    bw_finding_cure(f, "write a size of 0x%" PRIx64, s->size - rest);
}

/* The driver's pages are littlefs' blocks, whatever the devicetree says. */
static void check_layout(const bw_ocre_run *run, const char *symbol)
{
    const bw_ocre_storage *s = &run->storage;
    const bw_ocre_symbol *set = bw_ocre_conf_get(run->app->settings, symbol);
    uint64_t page = BW_OCRE_LAYOUT_DEFAULT;

    bw_ocre_conf_number(run->app->settings, symbol, &page);
    if (page == s->block)
        return;
    bw_finding *f = bw_ocre_say(run, BW_CODE_ocre_block_size_mismatch,
                                "the driver of the storage's flash has pages of %s, which littlefs takes for its "
                                "blocks, but Ocre makes the image with blocks of %s",
                                bw_ocre_size(run, page), bw_ocre_size(run, s->block));
    if (set && set->place.file)
        bw_finding_note(f, set->place, "the size of pages comes from here");
    else
        bw_ocre_note(run, f, s->grandparent, NULL, "the flash is here; 64 KiB is its driver's default");
    bw_finding_cure(f, "set CONFIG_%s=%" PRIu32 " in %s", symbol, s->block, bw_ocre_conf_name(run));
}

static void check_block(const bw_ocre_run *run)
{
    const bw_ocre_storage *s = &run->storage;
    const char *symbol = bw_ocre_layout_symbol(run->tree, s->grandparent);

    if (s->flash && s->grandparent != s->flash->node)
        return;
    if (symbol && run->app) {
        check_layout(run, symbol);
        return;
    }
    if (!s->block_guessed)
        return;
    bw_finding *f = bw_find_node(run->tree, BW_CODE_ocre_block_size_guessed, s->grandparent,
                                 "the flash of the storage partition has no erase-block-size, for which Ocre takes "
                                 "0x1000 (4 KiB) as the block size of its image");
    bw_ocre_note(run, f, s->node, s->reg, "the partition is here");
    if (symbol)
        bw_finding_cure(f, "set CONFIG_%s=4096, which is 65536 unless a board sets it", symbol);
    else
        bw_finding_cure(f, "add erase-block-size with what the driver's page layout has");
}

static void check_grandparent(const bw_ocre_run *run)
{
    const bw_ocre_storage *s = &run->storage;

    if (!s->flash || s->grandparent == s->flash->node)
        return;
    bw_finding *f =
        bw_ocre_say(run, BW_CODE_ocre_storage_grandparent,
                    "Ocre reads address and block size of the storage's flash from %s, two levels above the "
                    "partition, but the flash is %s",
                    bw_node_path(run->tree, s->grandparent), s->flash->path);
    bw_ocre_note(run, f, s->flash->node, NULL, "the flash is here");
    bw_finding_cure(f, "put the partition into a node 'partitions' directly below the flash");
}

static void say_unmapped(const bw_ocre_run *run)
{
    const bw_ocre_storage *s = &run->storage;

    if (bw_ocre_run_is(run, "OCRE_MERGE_HEX") || bw_ocre_is_set(run->section, "merge-hex")) {
        bw_finding *f = bw_ocre_say(run, BW_CODE_ocre_merge_unmapped,
                                    "no CPU address reaches the storage partition, so it has no place in a merged.hex");
        bw_finding_note(f,
                        bw_ocre_run_is(run, "OCRE_MERGE_HEX")
                            ? bw_ocre_conf_get(run->app->settings, "OCRE_MERGE_HEX")->place
                            : bw_yaml_place(bw_yaml_get(run->section, "merge-hex")),
                        "that is asked for here");
        bw_finding_cure(f, "if the controller maps the flash, give it ranges; else take %s out",
                        bw_ocre_run_is(run, "OCRE_MERGE_HEX") ? "the line" : "merge-hex");
        return;
    }
    bw_finding *f = bw_ocre_say(run, BW_CODE_ocre_storage_unmapped,
                                "no CPU address reaches the storage partition, so no merged.hex can hold its image");
    if (s->has_formula)
        bw_ocre_note(run, f, s->grandparent, NULL, "Ocre's build would place it at 0x%" PRIx64, s->formula);
}

static void check_address(const bw_ocre_run *run)
{
    const bw_ocre_storage *s = &run->storage;

    if (s->mapping == BW_OCRE_UNMAPPED) {
        say_unmapped(run);
        return;
    }
    if (s->has_formula && s->formula != s->address && (!s->flash || s->grandparent == s->flash->node)) {
        const bool by_controller = s->mapping == BW_OCRE_BY_CONTROLLER;
        bw_finding *f = bw_ocre_say(
            run, bw_ocre_run_is(run, "OCRE_MERGE_HEX") ? BW_CODE_ocre_merge_address : BW_CODE_ocre_storage_address,
            "the storage partition is at 0x%" PRIx64 ", but Ocre's build computes 0x%" PRIx64 "%s", s->address,
            s->formula,
            s->mapping == BW_OCRE_BY_RANGES ? ": it adds the flash's address to what ranges "
                                              "translated already"
                                            : "");
        if (by_controller)
            bw_ocre_note(run, f, s->grandparent->parent, bw_node_prop_text(s->grandparent->parent, "reg"),
                         "only reg of the controller has the base, 0x%" PRIx64 ": Ocre does not look there", s->base);
        else
            bw_ocre_note(run, f, s->grandparent, bw_node_prop_text(s->grandparent, "reg"),
                         "Ocre adds the address of this to the partition's");
        if (run->app)
            bw_finding_cure(f, "set CONFIG_OCRE_STORAGE_PARTITION_ADDR=0x%" PRIx64 " in %s", s->address,
                            bw_ocre_conf_name(run));
        else
            bw_finding_cure(f, "make the hex file with boardwright hex from-bin --address=0x%" PRIx64, s->address);
    } else if (s->mapping == BW_OCRE_BY_CHIP) {
        bw_finding *f = bw_ocre_say(run, BW_CODE_ocre_storage_base_in_reg,
                                    "the address of the storage partition, 0x%" PRIx64 ", is right by luck: the mapped "
                                    "base stands in reg of the chip, not in ranges of its controller",
                                    s->address);
        bw_ocre_note(run, f, s->flash->node, bw_node_prop_text(s->flash->node, "reg"),
                     "the base, 0x%" PRIx64 ", is here", s->base);
        bw_finding_cure(f, "give the controller ranges to 0x%" PRIx64 " and the chip reg = <0 …>, as newer trees do",
                        s->base);
    }
}

/* The simulator's image is written with dd at a block number that is not 0. */
static void check_simulator(const bw_ocre_run *run)
{
    const bw_ocre_storage *s = &run->storage;

    if (s->offset != 0 || !bw_ocre_is_simulated(run->board))
        return;
    bw_finding_cure(bw_ocre_say(run, BW_CODE_native_flash_offset_zero,
                                "the storage partition is at the beginning of the simulated flash, where Ocre's build "
                                "cannot write flash.bin"),
                    "begin it at 0x%x, one block further", s->block);
}

void bw_ocre_check_storage(const bw_ocre_run *run)
{
    const bw_ocre_storage *s = &run->storage;

    if (!s->node) {
        if (!run->tree->lacks_nodes)
            say_missing(run);
        return;
    }
    if (s->unavailable) {
        say_unavailable(run);
        return;
    }
    if (!s->known || !s->grandparent)
        return;
    check_block(run);
    check_size(run);
    if (!check_alignment(run))
        check_multiple(run);
    check_grandparent(run);
    check_address(run);
    check_simulator(run);
}
