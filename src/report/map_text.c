/* SPDX-License-Identifier: Apache-2.0 */
#include "report/map.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BOX_WIDTH 26U /* between the walls */
#define BESIDE_MIN 24U
#define BESIDE_LINES 5U /* more of them are counted */

typedef struct glyphs {
    const char *top_left, *top_right, *bottom_left, *bottom_right, *tee_left, *tee_right, *flat, *wall, *between, *dots,
        *times;
} glyphs;

static const glyphs utf8 = {"┌", "┐", "└", "┘", "├", "┤", "─", "│", "▏", "…", "×"};
static const glyphs ascii = {"+", "+", "+", "+", "+", "+", "-", "|", "| ", "...", "x"};

typedef struct drawing {
    const bw_map *map;
    bw_arena *arena;
    const bw_map_options *options;
    const glyphs *g;
    bw_buffer *out;
    unsigned beside; /* columns right of the boxes */
} drawing;

static void colour(const drawing *d, bw_map_kind kind)
{
    static const char *const colours[] = {"32", "32", "33", "33", "35", "36", "33", "31", "36", "34"};

    if (d->options->style.color)
        bw_buffer_printf(d->out, "\033[%sm", colours[kind]);
}

static void plain(const drawing *d)
{
    if (d->options->style.color)
        bw_buffer_text(d->out, "\033[0m");
}

/* A picture's line begins with an address, or blanks of the same width. */
static void put_address(const drawing *d, uint64_t address, bool shown)
{
    if (shown)
        bw_buffer_printf(d->out, "0x%0*" PRIx64 "  ", d->map->digits, address);
    else
        bw_buffer_printf(d->out, "%*s  ", d->map->digits + 2, "");
}

static void put_border(const drawing *d, bw_map_kind kind, const char *left, const char *right)
{
    colour(d, kind);
    bw_buffer_text(d->out, left);
    for (unsigned i = 0; i < BOX_WIDTH; i++)
        bw_buffer_text(d->out, d->g->flat);
    bw_buffer_text(d->out, right);
    plain(d);
    bw_buffer_byte(d->out, '\n');
}

static void put_row(const drawing *d, bw_map_kind kind, const char *inside, const char *beside)
{
    unsigned used = bw_text_width(inside);

    put_address(d, 0, false);
    colour(d, kind);
    bw_buffer_text(d->out, d->g->wall);
    plain(d);
    bw_buffer_text(d->out, inside);
    for (; used < BOX_WIDTH; used++)
        bw_buffer_byte(d->out, ' ');
    colour(d, kind);
    bw_buffer_text(d->out, d->g->wall);
    plain(d);
    if (beside && *beside)
        bw_buffer_printf(d->out, "  %s", beside);
    bw_buffer_byte(d->out, '\n');
}

/* "64K", "1.5M", "512B": a size beside a name. */
static const char *brief(const drawing *d, uint64_t address, uint64_t last)
{
    char *words = bw_extent_words(d->arena, address, last);
    char *blank = strchr(words, ' ');

    blank[0] = blank[1] == 'b' ? 'B' : blank[1];
    blank[1] = '\0';
    return words;
}

static const char *name_of(const drawing *d, const char *name, unsigned most)
{
    return bw_clean_text(d->arena, name, most);
}

/* ---- what stands beside a box ---- */

typedef struct lines {
    const char **text;
    uint32_t count;
} lines;

static lines each_part(const drawing *d, const bw_map_region *r)
{
    lines l = {.text = bw_arena_array(d->arena, const char *, r->part_count)};
    unsigned widest = 0;

    for (uint32_t i = 0; i < r->part_count; i++) {
        unsigned w = bw_text_width(name_of(d, r->parts[i].name, 0));

        widest = w > widest ? w : widest;
    }
    for (uint32_t i = 0; i < r->part_count; i++) {
        const bw_map_part *p = &r->parts[i];
        const char *name = name_of(d, p->name, 0);
        const char *kind = p->kind == BW_MAP_DEVICE || p->kind == BW_MAP_PARTITION ? "" : bw_map_kind_name(p->kind);

        l.text[l.count++] = bw_arena_printf(d->arena, "0x%0*" PRIx64 "  %s%*s  %10s%s%s", d->map->digits, p->address,
                                            name, (int)(widest - bw_text_width(name)), "",
                                            bw_size_words(d->arena, p->last - p->address + 1), *kind ? "  " : "", kind);
    }
    return l;
}

/* What a name is without its unit address. */
static const char *stem(const drawing *d, const bw_map_part *p)
{
    return bw_arena_strndup(d->arena, p->name, strcspn(p->name, "@"));
}

/* How many devices from @p p on have no name of their own and differ in nothing but their place. */
static uint32_t alike(const bw_map_part *p, uint32_t count)
{
    size_t len = strcspn(p->name, "@");
    uint32_t n = 1;

    if (p->kind != BW_MAP_DEVICE || p->name[len] != '@')
        return 1;
    while (n < count && p[n].kind == BW_MAP_DEVICE && strncmp(p[n].name, p->name, len + 1) == 0 &&
           p[n].last - p[n].address == p->last - p->address)
        n++;
    return n;
}

/* "boot 64K ▏slot0 192K ▏…", broken where the terminal ends. */
static lines packed_parts(const drawing *d, const bw_map_region *r)
{
    lines l = {.text = bw_arena_array(d->arena, const char *, BESIDE_LINES + 1)};
    GString *line = g_string_new(NULL);
    uint32_t run = 1;
    uint32_t i;

    for (i = 0; i < r->part_count; i += run) {
        const bw_map_part *p = &r->parts[i];
        const char *text;

        run = alike(p, r->part_count - i);
        if (run > 1)
            text = bw_arena_printf(d->arena, "%u %s %s %s", run, d->g->times, name_of(d, stem(d, p), d->beside - 20),
                                   brief(d, p->address, p->last));
        else
            text = bw_arena_printf(d->arena, "%s%s %s", p->kind == BW_MAP_RESERVED ? "reserved " : "",
                                   name_of(d, p->name, d->beside - 20), brief(d, p->address, p->last));

        if (line->len && bw_text_width(line->str) + 2 + bw_text_width(text) > d->beside) {
            if (l.count + 1 == BESIDE_LINES)
                break;
            l.text[l.count++] = bw_arena_strdup(d->arena, line->str);
            g_string_truncate(line, 0);
        }
        g_string_append_printf(line, "%s%s%s", line->len ? " " : "", line->len ? d->g->between : "", text);
    }
    if (line->len)
        l.text[l.count++] = bw_arena_strdup(d->arena, line->str);
    if (i < r->part_count)
        l.text[l.count++] = bw_arena_printf(d->arena, "%s and %u more", d->g->dots, r->part_count - i);
    g_string_free(line, TRUE);
    return l;
}

/* ---- boxes ---- */

/* A row more for each 16 times the size: 64 KiB has one, 4 GiB has five. */
static uint32_t height_of(const bw_map_region *r)
{
    uint64_t pages = (r->last - r->address) >> 16;
    uint32_t rows = 1;

    if (r->kind == BW_MAP_DEVICES)
        return 1;
    for (; pages && rows < 7; pages >>= 4)
        rows++;
    return rows;
}

static const char *caption(const drawing *d, const bw_map_region *r)
{
    const char *words = bw_extent_words(d->arena, r->address, r->last);

    if (r->kind == BW_MAP_DEVICES && r->part_count > 1)
        return bw_arena_printf(d->arena, " %s", name_of(d, r->name, BOX_WIDTH - 2));
    const char *name = name_of(d, r->name, BOX_WIDTH - 3 - bw_text_width(words));
    int gap = (int)(BOX_WIDTH - 2 - bw_text_width(name) - bw_text_width(words));
    return bw_arena_printf(d->arena, " %s%*s%s", name, gap, "", words);
}

static void put_box(const drawing *d, const bw_map_region *r)
{
    lines beside = d->options->each ? each_part(d, r) : packed_parts(d, r);
    uint32_t rows = height_of(r);
    bool alone = r->kind == BW_MAP_DEVICES && r->part_count == 1;
    const char *kind = r->detail ? r->detail : bw_map_kind_name(r->kind);

    if (r->detail && rows < 2)
        rows = 2;
    if (alone)
        beside.count = 0; /* the box says it all */
    if (rows < beside.count)
        rows = beside.count;
    for (uint32_t i = 0; i < rows; i++) {
        const char *inside = "";

        if (i == 0)
            inside = caption(d, r);
        else if (i == 1 && r->kind != BW_MAP_DEVICES)
            inside = bw_arena_printf(d->arena, " %s", kind);
        put_row(d, r->kind, inside, i < beside.count ? beside.text[i] : NULL);
    }
}

static void put_gap(const drawing *d, uint64_t bytes)
{
    put_address(d, 0, false);
    bw_buffer_printf(d->out, "  %s %s free %s\n", d->g->dots, bw_size_about(d->arena, bytes), d->g->dots);
}

static void put_overlap(const drawing *d, const bw_map_region *r, const bw_map_region *next)
{
    uint64_t end = next->last < r->last ? next->last : r->last;

    put_address(d, 0, false);
    bw_buffer_printf(d->out, "  ! the next overlaps this by %s\n", bw_size_words(d->arena, end - next->address + 1));
}

void bw_map_text(const bw_board *board, const bw_map *map, const bw_map_options *options, bw_buffer *out)
{
    drawing d = {.map = map, .arena = &board->tree->unit->arena, .options = options, .out = out};
    unsigned width = options->style.width ? options->style.width : 100;
    unsigned left = (unsigned)map->digits + 4 + BOX_WIDTH + 4;
    bool joined = false;

    d.g = options->style.utf8 ? &utf8 : &ascii;
    d.beside = width > left + BESIDE_MIN ? width - left : BESIDE_MIN;
    for (uint32_t i = 0; i < map->count; i++) {
        const bw_map_region *r = &map->regions[i];
        const bw_map_region *next = i + 1 < map->count ? r + 1 : NULL;

        if (!joined) {
            put_address(&d, r->address, true);
            put_border(&d, r->kind, d.g->top_left, d.g->top_right);
        }
        put_box(&d, r);
        put_address(&d, r->last + 1, r->last != UINT64_MAX);
        joined = next && r->last != UINT64_MAX && next->address == r->last + 1;
        if (joined) {
            put_border(&d, next->kind, d.g->tee_left, d.g->tee_right);
            continue;
        }
        put_border(&d, r->kind, d.g->bottom_left, d.g->bottom_right);
        if (next && next->address > r->last)
            put_gap(&d, next->address - r->last - 1);
        else if (next)
            put_overlap(&d, r, next);
    }
    if (map->count == 0)
        bw_buffer_text(out, "Nothing of this board has an address.\n");
}
