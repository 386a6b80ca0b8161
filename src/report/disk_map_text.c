/* SPDX-License-Identifier: Apache-2.0 */
#include "report/disk_map.h"

#include <inttypes.h>
#include <string.h>

typedef struct glyphs {
    const char *corners[3][3]; /* of the upper, middle (unused) and lower border: left, between, right */
    const char *flat, *wall, *dash, *most;
} glyphs;

static const glyphs utf8 = {{{"┌", "┬", "┐"}, {"", "", ""}, {"└", "┴", "┘"}}, "─", "│", "–", "≤ "};
static const glyphs ascii = {{{"+", "+", "+"}, {"", "", ""}, {"+", "+", "+"}}, "-", "|", "-", "<= "};

typedef struct drawing {
    const bw_disk_map *map;
    bw_arena *arena;
    const glyphs *g;
    bw_buffer *out;
    unsigned width; /* of a bar, with its walls */
    bool color;
} drawing;

/* A cell of a bar: some pieces that stand for one. */
typedef struct cell {
    const char *name;
    bw_piece_kind kind;
    uint64_t size;
    unsigned width;
} cell;

static const char *colour_of(bw_piece_kind kind)
{
    static const char *const colours[] = {"35", "", "33", "36", "32", "34", "36", ""};

    return colours[kind];
}

/* ---- bars to scale ---- */

/* Each cell has a column; the others go by size. */
static bool set_widths(const drawing *d, cell *cells, uint32_t count)
{
    unsigned room = d->width - count - 1, left;
    uint64_t all = 0;
    uint32_t widest = 0;

    if (count == 0 || d->width < 2 * count + 1)
        return false;
    left = room - count;
    for (uint32_t i = 0; i < count; i++)
        all += cells[i].size;
    room = left;
    for (uint32_t i = 0; i < count; i++) {
        unsigned more = all ? (unsigned)((double)cells[i].size / (double)all * room) : 0;

        more = MIN(more, left);
        cells[i].width = 1 + more;
        left -= more;
        if (cells[i].size > cells[widest].size)
            widest = i;
    }
    cells[widest].width += left;
    return true;
}

static void put_border(const drawing *d, const cell *cells, uint32_t count, int which)
{
    bw_buffer_text(d->out, "  ");
    for (uint32_t i = 0; i < count; i++) {
        bw_buffer_text(d->out, d->g->corners[which][i ? 1 : 0]);
        for (unsigned k = 0; k < cells[i].width; k++)
            bw_buffer_text(d->out, d->g->flat);
    }
    bw_buffer_printf(d->out, "%s\n", d->g->corners[which][2]);
}

static void put_bar(const drawing *d, cell *cells, uint32_t count)
{
    if (!set_widths(d, cells, count))
        return;
    put_border(d, cells, count, 0);
    bw_buffer_text(d->out, "  ");
    for (uint32_t i = 0; i < count; i++) {
        const char *name = bw_clean_text(d->arena, cells[i].name, 0);
        bool fits = bw_text_width(name) <= cells[i].width;
        const char *colour = d->color ? colour_of(cells[i].kind) : "";

        bw_buffer_text(d->out, d->g->wall);
        if (*colour)
            bw_buffer_printf(d->out, "\033[%sm", colour);
        bw_buffer_text(d->out, fits ? name : "");
        if (*colour)
            bw_buffer_text(d->out, "\033[0m");
        for (unsigned k = fits ? bw_text_width(name) : 0; k < cells[i].width; k++)
            bw_buffer_byte(d->out, ' ');
    }
    bw_buffer_printf(d->out, "%s\n", d->g->wall);
    put_border(d, cells, count, 2);
}

static const char *short_name(const bw_piece *p)
{
    const char *dash = strchr(p->name, '-');

    if (p->kind == BW_PIECE_FREE || p->kind == BW_PIECE_TABLE)
        return p->kind == BW_PIECE_TABLE && p->begin == 0 ? p->name : "";
    return dash && p->kind >= BW_PIECE_BOOT ? dash + 1 : p->name; /* resin-boot is boot */
}

/* The whole disk: what lies before the boot partition is one cell, what is small and free none. */
static void put_whole(const drawing *d)
{
    cell *cells = bw_arena_array(d->arena, cell, d->map->count + 1);
    uint32_t count = 1;

    cells[0] = (cell){.name = "", .kind = BW_PIECE_FREE, .size = d->map->head};
    for (uint32_t i = 0; i < d->map->count; i++) {
        const bw_piece *p = &d->map->pieces[i];

        if (p->begin >= d->map->head && !p->within && p->kind >= BW_PIECE_SPECIFIC && p->kind != BW_PIECE_EXTENDED)
            cells[count++] = (cell){.name = short_name(p), .kind = p->kind, .size = p->end - p->begin};
    }
    put_bar(d, cells, count);
}

/* What lies before the boot partition. */
static void put_head(const drawing *d)
{
    cell *cells = bw_arena_array(d->arena, cell, d->map->count + 1);
    uint32_t count = 0;
    bool any = false;

    for (uint32_t i = 0; i < d->map->count; i++) {
        const bw_piece *p = &d->map->pieces[i];

        if (p->begin >= d->map->head || p->within)
            continue;
        any |= p->kind == BW_PIECE_WRITE || p->kind == BW_PIECE_SPECIFIC;
        cells[count++] = (cell){.name = short_name(p), .kind = p->kind, .size = MIN(p->end, d->map->head) - p->begin};
    }
    if (!any || d->width < 2 * count + 1)
        return;
    bw_buffer_printf(d->out, "  the first %s:\n", bw_size_words(d->arena, d->map->head));
    put_bar(d, cells, count);
}

/* ---- the list ---- */

static void put_list(const drawing *d, unsigned width, bool is_utf8)
{
    bw_table *table = bw_table_new(d->arena, "rllrrll");

    for (uint32_t i = 0; i < d->map->count; i++) {
        const bw_piece *p = &d->map->pieces[i];
        uint64_t first = p->begin / BW_BALENA_SECTOR, last = (p->end - 1) / BW_BALENA_SECTOR;

        bw_table_add(table, "%" PRIu64, first);
        bw_table_add(table, "%s", first == last ? "" : d->g->dash);
        bw_table_add(table, "%s", first == last ? "" : bw_arena_printf(d->arena, "%" PRIu64, last));
        bw_table_add(table, "%s%s", p->at_most ? d->g->most : "", bw_size_words(d->arena, p->end - p->begin));
        bw_table_add(table, "%s", p->number ? bw_arena_printf(d->arena, "%u", p->number) : "");
        bw_table_add(table, "%s%s", p->within ? "  " : "", p->name);
        bw_table_add(table, "%s", p->detail);
    }
    bw_table_put(table, d->out, 2, width, is_utf8);
}

void bw_disk_map_text(const bw_disk_map *map, bw_style style, bw_arena *arena, bw_buffer *out)
{
    unsigned columns = style.width ? style.width : 100;
    drawing d = {
        .map = map,
        .arena = arena,
        .g = style.utf8 ? &utf8 : &ascii,
        .out = out,
        .width = CLAMP(columns, 40U, 200U) - 4,
        .color = style.color,
    };

    bw_buffer_printf(out, "%s: %s\n", bw_clean_text(arena, map->title, 0), bw_clean_text(arena, map->summary, 0));
    if (map->count) {
        put_whole(&d);
        put_head(&d);
        put_list(&d, style.width, style.utf8);
    }
    for (uint32_t i = 0; map->notes[i]; i++)
        bw_buffer_printf(out, "  note: %s\n", bw_clean_text(arena, map->notes[i], 0));
}
