/* SPDX-License-Identifier: Apache-2.0 */
#include "report/disk_map.h"

#include <inttypes.h>
#include <stdlib.h>

const char *bw_piece_kind_name(bw_piece_kind kind)
{
    static const char *const names[] = {"table", "free", "write", "device-specific",
                                        "boot",  "root", "other", "extended"};

    return names[kind];
}

typedef struct making {
    const bw_balena_disk *disk;
    bw_arena *arena;
    GArray *pieces; /* of bw_piece */
    GPtrArray *notes;
} making;

static void add(making *m, bw_piece piece)
{
    if (!piece.detail)
        piece.detail = "";
    g_array_append_val(m->pieces, piece);
}

/* ---- what there is ---- */

static bw_piece_kind kind_of(const bw_balena_partition *p)
{
    if (p->device_specific)
        return BW_PIECE_SPECIFIC;
    if (g_str_has_suffix(p->label, "-boot"))
        return BW_PIECE_BOOT;
    if (strcmp(p->label, "extended") == 0)
        return BW_PIECE_EXTENDED;
    return strstr(p->label, "-root") ? BW_PIECE_ROOT : BW_PIECE_OTHER;
}

static const char *partition_detail(const making *m, const bw_balena_partition *p)
{
    const char *system = p->device_specific                ? ""
                         : kind_of(p) == BW_PIECE_EXTENDED ? ""
                         : kind_of(p) == BW_PIECE_BOOT     ? (m->disk->sizes.fat32 ? "FAT32" : "FAT16")
                                                           : "ext4";

    if (m->disk->sizes.gpt)
        return system;
    return bw_arena_printf(m->arena, "%s%stype 0x%02x%s", system, *system ? ", " : "", p->type,
                           kind_of(p) == BW_PIECE_BOOT ? ", boot" : "");
}

static void add_partitions(making *m)
{
    for (uint32_t i = 0; i < m->disk->partition_count; i++) {
        const bw_balena_partition *p = &m->disk->partitions[i];

        add(m, (bw_piece){.kind = kind_of(p),
                          .name = p->label,
                          .detail = partition_detail(m, p),
                          .begin = p->first * BW_BALENA_SECTOR,
                          .end = (p->last + 1) * BW_BALENA_SECTOR,
                          .number = p->number});
    }
}

static void add_tables(making *m)
{
    const uint64_t sector = BW_BALENA_SECTOR, all = m->disk->sectors * sector;

    add(m, (bw_piece){.kind = BW_PIECE_TABLE, .name = m->disk->sizes.gpt ? "protective MBR" : "MBR", .end = sector});
    if (m->disk->sizes.gpt) {
        add(m, (bw_piece){.kind = BW_PIECE_TABLE, .name = "GPT", .begin = sector, .end = BW_BALENA_GPT_HEAD * sector});
        add(m,
            (bw_piece){
                .kind = BW_PIECE_TABLE, .name = "GPT, copy", .begin = all - BW_BALENA_GPT_TAIL * sector, .end = all});
        return;
    }
    for (int i = 0; i < 2; i++)
        add(m, (bw_piece){.kind = BW_PIECE_TABLE,
                          .name = "extended boot record",
                          .begin = m->disk->ebr[i] * sector,
                          .end = (m->disk->ebr[i] + 1) * sector});
}

/* Where a write has to end at the latest: the next partition or write, or the end of the partition that it is in. */
static uint64_t limit_of(const making *m, const bw_balena_write *w)
{
    uint64_t limit = m->disk->sectors * BW_BALENA_SECTOR;

    for (uint32_t i = 0; i < m->disk->partition_count; i++) {
        uint64_t begin = m->disk->partitions[i].first * BW_BALENA_SECTOR;
        uint64_t end = (m->disk->partitions[i].last + 1) * BW_BALENA_SECTOR;

        if (begin > w->offset)
            limit = MIN(limit, begin);
        else if (end > w->offset)
            limit = MIN(limit, end);
    }
    for (uint32_t i = 0; i < m->disk->write_count; i++) {
        const bw_balena_write *other = &m->disk->writes[i];

        if (!other->hook && !other->medium && other->offset_known && other->offset > w->offset)
            limit = MIN(limit, other->offset);
    }
    return limit;
}

/* A hook writes again what the image holds: said beside it. */
static bool written_again(const making *m, const bw_balena_write *w)
{
    for (uint32_t i = 0; i < m->disk->write_count; i++) {
        const bw_balena_write *h = &m->disk->writes[i];

        if (h->hook && !h->medium && h->offset_known && h->offset == w->offset)
            return true;
    }
    return false;
}

static bool in_image(const making *m, uint64_t offset)
{
    for (uint32_t i = 0; i < m->disk->write_count; i++) {
        const bw_balena_write *w = &m->disk->writes[i];

        if (!w->hook && !w->medium && w->offset_known && w->offset == offset)
            return true;
    }
    return false;
}

static const char *write_detail(const making *m, const bw_balena_write *w)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "at %s, in blocks of %s", bw_size_words(m->arena, w->offset),
                           bw_size_words(m->arena, w->block));
    if (w->maybe)
        g_string_append(text, ", on a condition");
    if (w->hook)
        g_string_append(text, ", by updates only");
    else if (written_again(m, w))
        g_string_append(text, ", also by updates");
    const char *kept = bw_arena_strdup(m->arena, text->str);
    g_string_free(text, TRUE);
    return kept;
}

static void add_write(making *m, const bw_balena_write *w)
{
    bw_piece piece = {
        .kind = BW_PIECE_WRITE,
        .name = w->file ? w->file : w->path,
        .begin = w->offset,
        .detail = write_detail(m, w),
    };

    piece.end = limit_of(m, w);
    piece.at_most = !w->size;
    if (w->size && w->size < UINT64_MAX - w->offset)
        piece.end = w->offset + w->size;
    else if (w->most && w->most < piece.end - piece.begin)
        piece.end = w->offset + w->most;
    if (piece.end > piece.begin)
        add(m, piece);
}

static void add_writes(making *m)
{
    for (uint32_t i = 0; i < m->disk->write_count; i++) {
        const bw_balena_write *w = &m->disk->writes[i];

        if (w->medium)
            g_ptr_array_add(
                m->notes, bw_arena_printf(m->arena, "%s is written to %s%s", w->file ? w->file : w->path, w->medium,
                                          w->offset_known
                                              ? bw_arena_join(m->arena, ", at ", bw_size_words(m->arena, w->offset), "")
                                              : ""));
        else if (!w->offset_known)
            g_ptr_array_add(m->notes, bw_arena_printf(m->arena, "%s is written to a place that is not known",
                                                      w->file ? w->file : w->path));
        else if (!w->hook || !in_image(m, w->offset))
            add_write(m, w);
    }
}

/* ---- in order, with what is free ---- */

static int by_place(const void *x, const void *y)
{
    const bw_piece *a = x, *b = y;

    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    if ((a->kind == BW_PIECE_WRITE) != (b->kind == BW_PIECE_WRITE))
        return a->kind == BW_PIECE_WRITE ? 1 : -1;
    return a->end > b->end ? -1 : a->end < b->end;
}

static void order(making *m, bw_disk_map *map)
{
    uint64_t at = 0;

    qsort(m->pieces->data, m->pieces->len, sizeof(bw_piece), by_place);
    map->pieces = bw_arena_array(m->arena, bw_piece, (size_t)m->pieces->len * 2 + 1);
    for (guint i = 0; i < m->pieces->len; i++) {
        bw_piece p = g_array_index(m->pieces, bw_piece, i);

        if (p.begin > at)
            map->pieces[map->count++] =
                (bw_piece){.kind = BW_PIECE_FREE, .name = "free", .detail = "", .begin = at, .end = p.begin};
        p.within = p.begin < at;
        map->pieces[map->count++] = p;
        if (p.kind != BW_PIECE_EXTENDED)
            at = MAX(at, p.end);
    }
    if (map->size > at)
        map->pieces[map->count++] =
            (bw_piece){.kind = BW_PIECE_FREE, .name = "free", .detail = "", .begin = at, .end = map->size};
}

static void add_notes(making *m, const bw_balena_image *image)
{
    if (image->unsure)
        g_ptr_array_add(m->notes,
                        bw_arena_printf(m->arena, "%s is not here, and may choose other values", image->unsure));
    if (!image->partitions_known)
        g_ptr_array_add(m->notes, "device_specific_configuration could not be followed: there may be more partitions");
    if (image->flasher && image->drawn)
        g_ptr_array_add(m->notes, bw_arena_printf(m->arena,
                                                  "the size of flash-rootA, which holds the image to be installed, is "
                                                  "known when it is built: drawn as %s",
                                                  bw_size_words(m->arena, image->disk.sizes.root * 1024)));
}

bw_disk_map *bw_disk_map_of(const bw_balena_image *image, bw_arena *arena)
{
    making m = {.disk = &image->disk,
                .arena = arena,
                .pieces = g_array_new(FALSE, FALSE, sizeof(bw_piece)),
                .notes = g_ptr_array_new()};
    bw_disk_map *map = bw_arena_new(arena, bw_disk_map);
    const bw_balena_disk *d = &image->disk;

    map->title = bw_arena_printf(arena, "%s: %s", image->device->file,
                                 image->flasher           ? "the flasher"
                                 : image->device->flasher ? "the image that the flasher installs"
                                                          : "the image");
    if (image->drawn) {
        map->size = d->sectors * BW_BALENA_SECTOR;
        map->head = bw_balena_disk_find(d, "boot")->first * BW_BALENA_SECTOR;
        map->summary = bw_arena_printf(arena, "%s, %s, %" PRIu64 " sectors", d->sizes.gpt ? "gpt" : "msdos",
                                       bw_size_words(arena, map->size), d->sectors);
        add_tables(&m);
        add_partitions(&m);
        add_writes(&m);
        order(&m, map);
    } else {
        map->summary = bw_arena_join(arena, "no disk: ", image->unknown ? image->unknown : d->problem, "");
    }
    add_notes(&m, image);
    g_ptr_array_add(m.notes, NULL);
    map->notes = bw_arena_dup(arena, m.notes->pdata, m.notes->len * sizeof(char *));
    g_ptr_array_free(m.notes, TRUE);
    g_array_unref(m.pieces);
    return map;
}
