/* SPDX-License-Identifier: Apache-2.0 */
#include "report/map.h"
#include "report/xml.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Pixels. */
#define MARGIN 24
#define ADDRESS_WIDTH 170
#define BOX_WIDTH 760
#define LINE 18
#define BAR 22
#define GAP 40
#define COLUMN 250
#define COLUMNS (BOX_WIDTH / COLUMN)
#define COLUMN_CHARACTERS 35U

typedef struct svg {
    const bw_map *map;
    bw_arena *arena;
    bw_buffer *out;
    int y;
} svg;

static const char *const fills[] = {"#cfe8cf", "#dcefc8", "#fbe3b0", "#efe0c0", "#e3d4f0",
                                    "#d3e5f5", "#f3b95f", "#e58f8a", "#8fbfe6", "#b7a6e0"};

static void put_text(const svg *s, int x, int y, const char *class, const char *text)
{
    bw_buffer_printf(s->out, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, class);
    bw_xml_text(s->out, s->arena, text);
    bw_buffer_text(s->out, "</text>\n");
}

/* Where in the bar an address lies: linear, in pixels. */
static double along(const bw_map_region *r, uint64_t address)
{
    return (double)(address - r->address) / ((double)(r->last - r->address) + 1) * BOX_WIDTH;
}

/* The parts of a region, to scale; those too thin to see get two pixels. */
static void put_bar(const svg *s, const bw_map_region *r, int x, int y)
{
    bw_buffer_printf(s->out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#ffffff\" stroke=\"#888\"/>\n",
                     x, y, BOX_WIDTH, BAR);
    for (uint32_t i = 0; i < r->part_count; i++) {
        const bw_map_part *p = &r->parts[i];
        double begin = along(r, p->address);
        double width = along(r, p->last) - begin;
        const char *name = bw_clean_text(s->arena, p->name, 0);

        if (width < 2)
            width = 2;
        if (begin + width > BOX_WIDTH)
            begin = BOX_WIDTH - width;
        bw_buffer_printf(s->out,
                         "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\" stroke=\"#555\" "
                         "stroke-width=\"0.5\"><title>",
                         x + begin, y, width, BAR, fills[p->kind]);
        bw_xml_text(s->out, s->arena,
                    bw_arena_printf(s->arena, "%s 0x%" PRIx64 " %s", p->name, p->address,
                                    bw_extent_words(s->arena, p->address, p->last)));
        bw_buffer_text(s->out, "</title></rect>\n");
        if (width > 7.0 * bw_text_width(name) + 6)
            put_text(s, x + (int)begin + 4, y + BAR - 7, "s", name);
    }
}

static void put_list(const svg *s, const bw_map_region *r, int x, int y)
{
    for (uint32_t i = 0; i < r->part_count; i++) {
        const bw_map_part *p = &r->parts[i];
        int rows = (int)((r->part_count + COLUMNS - 1) / COLUMNS);
        int column = (int)i / rows;
        int row = (int)i % rows;
        const char *size = bw_extent_words(s->arena, p->address, p->last);
        unsigned taken = (unsigned)s->map->digits + 2 + bw_text_width(size);
        unsigned room = taken + 8 < COLUMN_CHARACTERS ? COLUMN_CHARACTERS - taken : 8;

        bw_buffer_printf(s->out, "<rect x=\"%d\" y=\"%d\" width=\"9\" height=\"9\" fill=\"%s\"/>\n",
                         x + column * COLUMN, y + row * LINE - 9, fills[p->kind]);
        put_text(s, x + column * COLUMN + 14, y + row * LINE, "s",
                 bw_arena_printf(s->arena, "%0*" PRIx64 " %s %s", s->map->digits, p->address,
                                 bw_clean_text(s->arena, p->name, room), size));
    }
}

/* A box is as high as its text; a large memory is higher: 6 pixels for each doubling beyond 64 KiB. */
static int box_height(const bw_map_region *r)
{
    int rows = (int)((r->part_count + COLUMNS - 1) / COLUMNS);
    int height = 28 + (r->part_count ? BAR + 10 + rows * LINE : 0);
    int scaled = 28;

    if (r->kind != BW_MAP_DEVICES)
        for (uint64_t pages = (r->last - r->address) >> 16; pages; pages >>= 1)
            scaled += 6;
    return height > scaled ? height : scaled;
}

static void put_region(svg *s, const bw_map_region *r)
{
    int x = MARGIN + ADDRESS_WIDTH;
    int height = box_height(r);

    bw_buffer_printf(s->out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"#333\"/>\n", x,
                     s->y, BOX_WIDTH, height, fills[r->kind]);
    put_text(s, MARGIN, s->y + 5, "a", bw_arena_printf(s->arena, "0x%0*" PRIx64, s->map->digits, r->address));
    put_text(s, x + 10, s->y + 19, "t", r->name);
    put_text(s, x + BOX_WIDTH - 10, s->y + 19, "r",
             bw_arena_printf(s->arena, "%s  %s", r->detail ? r->detail : bw_map_kind_name(r->kind),
                             bw_extent_words(s->arena, r->address, r->last)));
    if (r->part_count) {
        put_bar(s, r, x, s->y + 28);
        put_list(s, r, x + 10, s->y + 28 + BAR + 16);
    }
    s->y += height;
}

static int total_height(const bw_map *map)
{
    int height = 2 * MARGIN + 40;

    for (uint32_t i = 0; i < map->count; i++) {
        bool joined = i + 1 < map->count && map->regions[i].last + 1 == map->regions[i + 1].address;

        height += box_height(&map->regions[i]) + (joined ? 0 : GAP);
    }
    return height;
}

void bw_map_svg(const bw_board *board, const bw_map *map, const char *title, bw_buffer *out)
{
    svg s = {.map = map, .arena = &board->tree->unit->arena, .out = out, .y = MARGIN + 40};
    int width = 2 * MARGIN + ADDRESS_WIDTH + BOX_WIDTH;
    int height = total_height(map);

    bw_buffer_printf(out,
                     "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n",
                     width, height, width, height);
    bw_buffer_text(out, "<style>text{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px;fill:#222}"
                        ".h{font-size:18px;font-weight:bold}.t{font-weight:bold}.r{text-anchor:end}.s{font-size:11px}"
                        ".g{fill:#777;font-style:italic}.w{fill:#b00020;font-weight:bold}</style>\n");
    bw_buffer_printf(out, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", width, height);
    put_text(&s, MARGIN, MARGIN + 14, "h", title);
    for (uint32_t i = 0; i < map->count; i++) {
        const bw_map_region *r = &map->regions[i];
        const bw_map_region *next = i + 1 < map->count ? r + 1 : NULL;

        put_region(&s, r);
        if (next && r->last != UINT64_MAX && next->address == r->last + 1)
            continue;
        if (r->last != UINT64_MAX)
            put_text(&s, MARGIN, s.y + 5, "a", bw_arena_printf(s.arena, "0x%0*" PRIx64, map->digits, r->last + 1));
        if (next && next->address > r->last)
            put_text(&s, MARGIN + ADDRESS_WIDTH + 10, s.y + GAP / 2 + 4, "g",
                     bw_arena_printf(s.arena, "%s free", bw_size_about(s.arena, next->address - r->last - 1)));
        else if (next)
            put_text(&s, MARGIN + ADDRESS_WIDTH + 10, s.y + GAP / 2 + 4, "w", "overlaps the next");
        s.y += GAP;
    }
    bw_buffer_text(out, "</svg>\n");
}
