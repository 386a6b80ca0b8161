/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the storage partition goes, and the overlay that puts it there. Places are tried in this order: the partition
 * as it is, the same with the room behind it, room in the same flash, in other flash (what the CPU reads first), the
 * end of a partition of code that covers all, and at last the second slot of an MCUboot that Ocre's samples do not
 * have.
 */
#include "systems/ocre/verdict.h"

#include "base/text.h"
#include "systems/ocre/external.h"
#include "tree/strings.h"
#include "yaml/schema.h"

#include <inttypes.h>
#include <string.h>

/* No larger by itself, bytes: hex files get long. Ocre's own boards have as much. */
#define PLACE_MAX ((uint64_t)16 << 20)
/* What is left to code where no partition bounds it, and where its partition is made smaller. */
#define CODE_LEAST ((uint64_t)512 << 10)
#define CODE_KEPT ((uint64_t)1 << 20)

/* Room that storage may take. */
typedef struct room {
    const bw_flash *flash;
    uint64_t begin, end;          /* in the flash */
    const bw_partition *keep;     /* the storage partition that grows in place */
    const bw_partition *shrink;   /* code that ends at begin from now on */
    const bw_partition *replaced; /* what the flash was given to as a whole */
    const bw_partition *drop[4];  /* slots that are taken away */
} room;

typedef struct finder {
    const bw_board *board;
    const bw_tree *tree;
    bw_arena *arena;
    bw_ocre_storage now;
    const bw_flash *now_flash;
    const bw_partition *now_partition;
    const bw_node *code; /* chosen */
    uint64_t (*blocks_of)(void *data, uint32_t block);
    void *data;
    bool must_be_mapped;
    room best; /* the largest that was looked at, also where it is not enough */
    uint64_t best_blocks;
} finder;

static const char *size_text(bw_arena *arena, uint64_t bytes)
{
    GString *size = g_string_new(NULL);

    bw_text_size(size, bytes);
    const char *text = bw_arena_printf(arena, "0x%" PRIx64 " (%s)", bytes, size->str);
    g_string_free(size, TRUE);
    return text;
}

static uint32_t block_of(const bw_flash *flash)
{
    return flash->erase_block ? flash->erase_block : BW_OCRE_BLOCK_DEFAULT;
}

static bool has_ranges(const bw_flash *flash)
{
    return flash->table && bw_node_prop_text(flash->table, "ranges");
}

/* Whole blocks, and no more than is good. A partition that stays keeps its begin. */
static bool fit(const room *r, uint64_t *offset, uint64_t *size)
{
    const uint64_t block = block_of(r->flash);
    const uint64_t begin = (r->begin + block - 1) / block * block;
    const uint64_t end = r->end / block * block;

    if (r->begin > UINT64_MAX - block || end <= begin || (r->keep && begin != r->begin))
        return false;
    *offset = begin;
    *size = MIN(end - begin, MAX(PLACE_MAX / block * block, block));
    return true;
}

static bool try_room(finder *f, const room *r)
{
    uint64_t offset, size;

    if (!fit(r, &offset, &size))
        return false;
    const uint32_t block = block_of(r->flash);
    const uint64_t blocks = size / block;
    if (blocks > f->best_blocks) {
        f->best = *r;
        f->best_blocks = blocks;
    }
    if (blocks < f->blocks_of(f->data, block))
        return false;
    if (f->must_be_mapped &&
        bw_ocre_storage_in(f->board, r->flash, offset, size, has_ranges(r->flash)).mapping == BW_OCRE_UNMAPPED)
        return false;
    f->best = *r;
    f->best_blocks = blocks;
    return true;
}

/* ---- room ---- */

static uint64_t end_of(const bw_partition *p)
{
    return p->offset + MIN(p->size, UINT64_MAX - p->offset);
}

static bool counts(const finder *f, const bw_partition *p)
{
    return p->known && p->depth == 0 && p != f->now_partition;
}

/* Where the next partition behind @p from begins. */
static uint64_t bound_behind(const finder *f, const bw_flash *flash, uint64_t from)
{
    uint64_t bound = flash->size;

    for (uint32_t i = 0; i < flash->partition_count; i++) {
        const bw_partition *p = &flash->partitions[i];

        if (counts(f, p) && end_of(p) > from && p->offset < bound)
            bound = MAX(p->offset, from);
    }
    return bound;
}

static bool is_code_flash(const finder *f, const bw_flash *flash)
{
    return flash->node == bw_ocre_chosen_node(f->board, "zephyr,flash");
}

/* Without a partition of code the linker takes the flash from its beginning as far as it likes. */
static uint64_t code_end(const finder *f, const bw_flash *flash)
{
    return f->code || !is_code_flash(f, flash) ? 0 : MIN(MAX(CODE_LEAST, flash->size / 2), flash->size);
}

/* Partitions of a flash with several tables are not all known here, so neither is what is free. */
static bool has_one_table(const finder *f, const bw_flash *flash)
{
    uint32_t tables = 0;

    BW_FOR_CHILDREN (flash->node, child)
        tables += bw_node_is_compatible(f->tree, child, "fixed-partitions") ||
                  (bw_node_prop_text(child, "ranges") && child->first_child);
    return tables <= 1;
}

/* Whether image and runtime can agree on the block: the devicetree has it, Kconfig, or the chip's own tables, of which
 * the drivers of STM32 and NXP take the smallest, 4 KiB. */
static bool is_block_sure(const finder *f, const bw_flash *flash)
{
    return flash->erase_block || bw_ocre_layout_symbol(f->tree, flash->node) ||
           (flash->compatible && (g_str_has_prefix(flash->compatible, "st,stm32-") ||
                                  g_str_has_prefix(flash->compatible, "nxp,imx-flexspi-")));
}

static bool is_usable(const finder *f, const bw_flash *flash)
{
    return !flash->unavailable && flash->size_known && flash->size && has_one_table(f, flash) &&
           is_block_sure(f, flash);
}

static bool grow_in_place(finder *f)
{
    const bw_partition *p = f->now_partition;
    room r = {.flash = f->now_flash, .keep = p};

    if (!p || p->depth || f->now.unavailable || !is_usable(f, f->now_flash) || p->offset >= f->now_flash->size)
        return false;
    r.begin = p->offset;
    r.end = bound_behind(f, f->now_flash, p->offset);
    return try_room(f, &r);
}

/* The gaps of one flash from its beginning. The place of the old storage counts as free. */
static bool try_gaps(finder *f, const bw_flash *flash)
{
    uint64_t at = code_end(f, flash);

    while (at < flash->size) {
        const room r = {.flash = flash, .begin = at, .end = bound_behind(f, flash, at)};
        uint64_t next = r.end;

        if (r.end > at && try_room(f, &r))
            return true;
        for (uint32_t i = 0; i < flash->partition_count; i++) {
            const bw_partition *p = &flash->partitions[i];

            if (counts(f, p) && p->offset <= next && end_of(p) > next)
                next = end_of(p);
        }
        if (next <= at)
            break;
        at = next;
    }
    return false;
}

/* A flash other than that of the code whose one partition is for nothing in particular. */
static bool take_whole(finder *f, const bw_flash *flash)
{
    if (is_code_flash(f, flash) || flash == f->now_flash || flash->partition_count != 1 ||
        flash->partitions[0].node == f->code || flash->partitions[0].unavailable || !flash->partitions[0].known)
        return false;
    const bw_partition *p = &flash->partitions[0];
    const room r = {.flash = flash, .begin = p->offset, .end = MIN(end_of(p), flash->size), .replaced = p};
    return try_room(f, &r);
}

static bool try_others(finder *f, bool mapped)
{
    for (uint32_t i = 0; i < f->board->flash_count; i++) {
        const bw_flash *flash = &f->board->flashes[i];

        if (flash == f->now_flash || !is_usable(f, flash) || flash->mapped != mapped)
            continue;
        if (try_gaps(f, flash) || take_whole(f, flash))
            return true;
    }
    return false;
}

/* Whether nothing but storage stands behind a partition, or in it. */
static bool is_last(const finder *f, const bw_flash *flash, const bw_partition *p)
{
    for (uint32_t i = 0; i < flash->partition_count; i++) {
        const bw_partition *other = &flash->partitions[i];

        if (other != p && (!other->known || (counts(f, other) && end_of(other) > p->offset)))
            return false;
    }
    return true;
}

/* One partition of code over all of a flash: storage gets its end. */
static bool shrink_code(finder *f)
{
    for (uint32_t i = 0; f->code && i < f->board->flash_count; i++) {
        const bw_flash *flash = &f->board->flashes[i];

        for (uint32_t j = 0; is_usable(f, flash) && j < flash->partition_count; j++) {
            const bw_partition *p = &flash->partitions[j];
            const uint64_t end = MIN(end_of(p), flash->size);

            if (p->node != f->code || !p->known || !p->label || p->depth || end <= p->offset + CODE_KEPT ||
                !is_last(f, flash, p))
                continue;
            const uint64_t kept = MAX(CODE_KEPT, (end - p->offset) / 2);
            const room r = {.flash = flash,
                            .begin = MAX(p->offset + kept, end > PLACE_MAX ? end - PLACE_MAX : 0) / block_of(flash) *
                                     block_of(flash),
                            .end = end,
                            .shrink = p};
            if (try_room(f, &r))
                return true;
        }
    }
    return false;
}

static bool is_second_slot(const finder *f, const bw_partition *p)
{
    return p->label && p->node != f->code && p->depth == 0 &&
           (strcmp(p->label, "slot1_partition") == 0 || strcmp(p->label, "scratch_partition") == 0);
}

/* The second slot and the scratch area, with the storage and the gaps between. */
static bool drop_slots(finder *f)
{
    for (uint32_t i = 0; i < f->board->flash_count; i++) {
        const bw_flash *flash = &f->board->flashes[i];
        room r = {.flash = flash};
        uint32_t dropped = 0;

        for (uint32_t j = 0; is_usable(f, flash) && j < flash->partition_count; j++) {
            const bw_partition *p = &flash->partitions[j];

            if (!is_second_slot(f, p) || !p->known)
                continue;
            if (dropped && bound_behind(f, flash, r.end) != p->offset)
                break;
            if (!dropped)
                r.begin = p->offset;
            r.end = end_of(p);
            r.drop[dropped++] = p;
            if (dropped + 1 == G_N_ELEMENTS(r.drop))
                break;
        }
        if (!dropped)
            continue;
        r.end = MAX(r.end, bound_behind(f, flash, r.end));
        if (try_room(f, &r))
            return true;
    }
    return false;
}

/* ---- lines ---- */

static void add_reference(GString *out, const char *label, const char *path)
{
    if (label)
        g_string_append_printf(out, "&%s", label);
    else
        g_string_append_printf(out, "&{%s}", path);
}

static void add_number(GString *out, uint32_t cells, uint64_t value)
{
    for (uint32_t i = cells; i-- > 0;)
        g_string_append_printf(out, "%s0x%" PRIx64, i + 1 == cells ? "" : " ",
                               i > 1        ? 0
                               : i == 1     ? value >> 32
                               : cells == 1 ? value
                                            : value & UINT32_MAX);
}

/* Cells of the table's children; of one that is still to be written 1 and 1. */
static bw_cells cells_in(const finder *f, const bw_flash *flash)
{
    return flash->table ? bw_cells_of(f->tree, flash->table) : (bw_cells){.address = 1, .size = 1};
}

static void add_reg(const finder *f, GString *out, const bw_flash *flash, const char *indent, uint64_t offset,
                    uint64_t size)
{
    const bw_cells cells = cells_in(f, flash);

    g_string_append_printf(out, "%sreg = <", indent);
    add_number(out, MAX(cells.address, 1), offset);
    g_string_append_c(out, ' ');
    add_number(out, MAX(cells.size, 1), size);
    g_string_append(out, ">;\n");
}

static void add_delete(GString *out, const char *label, const char *path)
{
    g_string_append(out, "/delete-node/ ");
    add_reference(out, label, path);
    g_string_append(out, ";\n");
}

/* What makes place: partitions that go, and code that ends earlier. */
static void add_deletes(const finder *f, const room *r, GString *deletes)
{
    if (f->now.node && !r->keep)
        add_delete(deletes, BW_OCRE_STORAGE_LABEL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(r->drop) && r->drop[i]; i++)
        add_delete(deletes, r->drop[i]->label, r->drop[i]->path);
    if (r->replaced)
        add_delete(deletes, r->replaced->label, r->replaced->path);
}

/* The partition, in the table of its flash or in a new one. */
static void add_partition(const finder *f, const room *r, GString *text, uint64_t offset, uint64_t size)
{
    const bw_flash *flash = r->flash;
    const char *table = flash->table ? flash->table->name->text : "partitions";

    add_reference(text, flash->label, flash->path);
    g_string_append_printf(text, " {\n\t%s {\n", table);
    if (!flash->table)
        g_string_append(text, "\t\tcompatible = \"fixed-partitions\";\n\t\t#address-cells = <1>;\n"
                              "\t\t#size-cells = <1>;\n\n");
    g_string_append_printf(text, "\t\t" BW_OCRE_STORAGE_LABEL ": partition@%" PRIx64 " {\n", offset);
    if (has_ranges(flash))
        g_string_append(text, "\t\t\tcompatible = \"zephyr,mapped-partition\";\n");
    g_string_append(text, "\t\t\tlabel = \"storage\";\n");
    add_reg(f, text, flash, "\t\t\t", offset, size);
    g_string_append(text, "\t\t};\n\t};\n};\n");
}

static const char *why_of(const finder *f, const room *r)
{
    if (r->keep)
        return "the board's storage is too small for Ocre";
    if (r->shrink)
        return "code leaves the end of the flash to storage";
    if (r->drop[0])
        return "without MCUboot the second slot is free for storage";
    if (f->now.node && !f->now.unavailable)
        return "the board's storage is too small for Ocre";
    return f->now.node ? "the flash of the board's storage is not enabled" : "the board has no storage partition";
}

static void write_lines(const finder *f, const room *r, uint64_t offset, uint64_t size, bw_ocre_need *need)
{
    bw_ocre_patch *patch = bw_arena_new(f->arena, bw_ocre_patch);
    GString *deletes = g_string_new(NULL), *text = g_string_new(NULL);

    if (r->keep) {
        g_string_append(text, "&" BW_OCRE_STORAGE_LABEL " {\n");
        add_reg(f, text, r->flash, "\t", offset, size);
        g_string_append(text, "};\n");
    } else {
        add_deletes(f, r, deletes);
        if (r->shrink) {
            g_string_append_printf(text, "&%s {\n", r->shrink->label);
            add_reg(f, text, r->flash, "\t", r->shrink->offset, offset - r->shrink->offset);
            g_string_append(text, "};\n\n");
        }
        add_partition(f, r, text, offset, size);
    }
    patch->deletes = deletes->len ? bw_arena_strdup(f->arena, deletes->str) : NULL;
    patch->text = bw_arena_strdup(f->arena, text->str);
    patch->why = why_of(f, r);
    g_string_free(deletes, TRUE);
    g_string_free(text, TRUE);
    need->patches = patch;
    need->patch_count = 1;
}

/* ---- the place ---- */

static bw_ocre_place place_of(const finder *f, const bw_ocre_storage *s, uint64_t offset)
{
    return (bw_ocre_place){
        .known = true,
        .flash = s->flash ? s->flash->node : s->grandparent,
        .offset = offset,
        .size = s->size,
        .block = s->block,
        .blocks = bw_ocre_storage_blocks(s),
        .wanted = f->blocks_of(f->data, s->block),
        .mapped = s->mapping != BW_OCRE_UNMAPPED,
        .address = s->address,
        .has_formula = s->has_formula,
        .formula = s->formula,
    };
}

static const char *fact_of(const finder *f, const bw_ocre_place *place)
{
    const char *label = place->flash ? bw_node_path(f->tree, place->flash) : "no flash";

    for (uint32_t i = 0; i < f->board->flash_count; i++)
        if (f->board->flashes[i].node == place->flash && f->board->flashes[i].label)
            label = f->board->flashes[i].label;
    return bw_arena_printf(f->arena, "%" PRIu64 " blocks of %s at 0x%" PRIx64 " of %s", place->blocks,
                           size_text(f->arena, place->block), place->offset, label);
}

/* Whether the partition will do as it is. */
static bool is_good(const finder *f)
{
    const bw_ocre_storage *s = &f->now;

    if (!s->node || s->unavailable || !s->known || !s->grandparent || s->size % s->block || s->offset % s->block ||
        (s->flash && s->grandparent != s->flash->node))
        return false;
    if (f->now_partition && f->now_flash->size_known && end_of(f->now_partition) > f->now_flash->size)
        return false;
    if (f->must_be_mapped && s->mapping == BW_OCRE_UNMAPPED)
        return false;
    return bw_ocre_storage_blocks(s) >= f->blocks_of(f->data, s->block);
}

/* What storage: of support.yml decides. @return false if it says nothing, or names no flash */
static bool decided(finder *f, const bw_yaml *section)
{
    const bw_yaml *storage = bw_yaml_get(section, "storage");
    const char *name = storage ? bw_yaml_to_text(bw_yaml_get(storage, "flash")) : NULL;
    const bw_node *node = name ? bw_board_node(f->board, name) : NULL;
    uint64_t number;

    for (uint32_t i = 0; node && i < f->board->flash_count; i++) {
        const bw_flash *flash = &f->board->flashes[i];
        room r = {.flash = flash};

        if (flash->node != node || !is_usable(f, flash))
            continue;
        const bool at = bw_yaml_to_size(bw_yaml_get(storage, "offset"), &number);
        r.begin = at ? number : 0;
        const bool sized = bw_yaml_to_size(bw_yaml_get(storage, "size"), &number);
        if (!at && !sized)
            return try_gaps(f, flash);
        r.end = sized && number <= flash->size && r.begin <= flash->size - number ? r.begin + number
                                                                                  : bound_behind(f, flash, r.begin);
        return try_room(f, &r);
    }
    return false;
}

static bool search(finder *f)
{
    return grow_in_place(f) || (f->now_flash && is_usable(f, f->now_flash) && try_gaps(f, f->now_flash)) ||
           try_others(f, true) || shrink_code(f) || try_others(f, false) || drop_slots(f);
}

/* @return the flash that would have to be enabled, of a board without any other; or NULL */
static const bw_flash *only_disabled(const finder *f)
{
    for (uint32_t i = 0; i < f->board->flash_count; i++)
        if (!f->board->flashes[i].unavailable)
            return NULL;
    return f->board->flash_count ? &f->board->flashes[0] : NULL;
}

static void say_impossible(const finder *f, bw_ocre_need *need)
{
    const bw_flash *disabled = only_disabled(f);

    need->state = BW_OCRE_IMPOSSIBLE;
    if (!f->board->flash_count)
        need->because = "the board has no flash";
    else if (disabled)
        need->because = bw_arena_printf(f->arena, "no flash is enabled; %s is not, because of the status of %s",
                                        disabled->label ? disabled->label : disabled->path,
                                        bw_node_path(f->tree, disabled->unavailable));
    else if (!f->best.flash)
        need->because = "no flash has room that is known to be free, and blocks of a size that is known";
    else
        need->because = bw_arena_printf(
            f->arena, "the most room is %" PRIu64 " block%s of %s in %s, and the sample takes %" PRIu64 "%s",
            f->best_blocks, f->best_blocks == 1 ? "" : "s", size_text(f->arena, block_of(f->best.flash)),
            f->best.flash->label ? f->best.flash->label : f->best.flash->path,
            f->blocks_of(f->data, block_of(f->best.flash)), f->must_be_mapped ? " that the CPU can read" : "");
}

bw_ocre_place bw_ocre_find_place(const bw_board *board, const bw_yaml *section, uint64_t (*blocks_of)(void *, uint32_t),
                                 void *data, bool mapped, bw_ocre_need *need)
{
    finder f = {.board = board,
                .tree = board->tree,
                .arena = &board->tree->unit->arena,
                .now = bw_ocre_storage_of(board),
                .code = bw_ocre_chosen_node(board, "zephyr,code-partition"),
                .blocks_of = blocks_of,
                .data = data,
                .must_be_mapped = mapped};
    const bool asked = bw_yaml_get(section, "storage") != NULL;
    bw_ocre_place place = {0};
    uint64_t offset, size;

    for (uint32_t i = 0; f.now.node && i < board->flash_count; i++)
        for (uint32_t j = 0; j < board->flashes[i].partition_count; j++)
            if (board->flashes[i].partitions[j].node == f.now.node) {
                f.now_flash = &board->flashes[i];
                f.now_partition = &board->flashes[i].partitions[j];
            }
    if (f.now.node && f.now.known && f.now.grandparent) {
        place = place_of(&f, &f.now, f.now_partition ? f.now_partition->offset : f.now.offset);
        need->fact = fact_of(&f, &place);
    } else {
        need->fact = f.now.node ? "a partition that cannot be made out" : "no storage partition";
    }
    /* Where something is, though not what, nothing is moved or written over. */
    if (f.now.node && !f.now.known && !f.now.unavailable && !asked) {
        need->state = BW_OCRE_IMPOSSIBLE;
        need->because = "offset and size of the storage partition are not known";
        return place;
    }
    if (!asked && is_good(&f))
        return place;
    if (!(asked ? decided(&f, section) : search(&f))) {
        say_impossible(&f, need);
        return place;
    }
    fit(&f.best, &offset, &size);
    const bw_ocre_storage s = bw_ocre_storage_in(board, f.best.flash, offset, size, has_ranges(f.best.flash));
    const char *before = need->fact;
    place = place_of(&f, &s, offset);
    place.is_new = true;
    write_lines(&f, &f.best, offset, size, need);
    need->state = BW_OCRE_AFTER;
    need->because = bw_arena_printf(f.arena, "%s, and the sample takes %" PRIu64 "; there is room for %s", before,
                                    place.wanted, fact_of(&f, &place));
    return place;
}
