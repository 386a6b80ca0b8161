/* SPDX-License-Identifier: Apache-2.0 */
#include "report/disk_map.h"
#include "report/xml.h"

#include <inttypes.h>

/* Pixels. */
#define MARGIN 24
#define WIDTH 960
#define BAR 46
#define LINE 18
#define TITLE 26
#define GAP 14

typedef struct svg {
    const bw_disk_map *map;
    bw_arena *arena;
    bw_buffer *out;
    int y;
} svg;

static const char *const fills[] = {"#e3d4f0", "#ffffff", "#f3b95f", "#d3e5f5",
                                    "#cfe8cf", "#fbe3b0", "#dcefc8", "none"};

static void put_text(const svg *s, int x, int y, const char *class, const char *text)
{
    bw_buffer_printf(s->out, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, class);
    bw_xml_text(s->out, s->arena, text);
    bw_buffer_text(s->out, "</text>\n");
}

static const char *sectors_of(const svg *s, const bw_piece *p)
{
    return bw_arena_printf(s->arena, "%" PRIu64 "–%" PRIu64, p->begin / BW_BALENA_SECTOR,
                           (p->end - 1) / BW_BALENA_SECTOR);
}

/* The bytes [0, end) of the disk, to scale; what is too thin to see gets two pixels. */
static void put_bar(svg *s, uint64_t end)
{
    bw_buffer_printf(s->out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#f4f4f4\" stroke=\"#888\"/>\n",
                     MARGIN, s->y, WIDTH, BAR);
    for (uint32_t i = 0; i < s->map->count; i++) {
        const bw_piece *p = &s->map->pieces[i];
        int inset = p->within ? BAR / 3 : 0;

        if (p->begin >= end || p->kind == BW_PIECE_FREE)
            continue;
        double x = (double)p->begin / (double)end * WIDTH;
        double width = (double)(MIN(p->end, end) - p->begin) / (double)end * WIDTH;
        width = MAX(width, 2.0);
        x = MIN(x, WIDTH - width);
        bw_buffer_printf(s->out,
                         "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\" stroke=\"%s\" "
                         "stroke-width=\"0.5\"%s><title>",
                         MARGIN + x, s->y + inset, width, BAR - inset, fills[p->kind],
                         p->kind == BW_PIECE_EXTENDED ? "#b00020" : "#555",
                         p->at_most ? " stroke-dasharray=\"3 2\" fill-opacity=\"0.5\"" : "");
        bw_xml_text(s->out, s->arena, bw_arena_printf(s->arena, "%s %s", p->name, sectors_of(s, p)));
        bw_buffer_text(s->out, "</title></rect>\n");
        const char *name = bw_clean_text(s->arena, p->name, 0);
        if (width > 7.0 * bw_text_width(name) + 6 && p->kind != BW_PIECE_EXTENDED)
            put_text(s, MARGIN + (int)x + 4, s->y + (inset ? BAR - 4 : 16), "s", name);
    }
    s->y += BAR + GAP;
}

static void put_list(svg *s)
{
    static const int columns[] = {0, 190, 330, 360, 600};

    for (uint32_t i = 0; i < s->map->count; i++) {
        const bw_piece *p = &s->map->pieces[i];

        bw_buffer_printf(s->out, "<rect x=\"%d\" y=\"%d\" width=\"9\" height=\"9\" fill=\"%s\" stroke=\"#888\"/>\n",
                         MARGIN, s->y + 4, fills[p->kind]);
        put_text(s, MARGIN + 16 + columns[0], s->y + 13, "s", sectors_of(s, p));
        put_text(s, MARGIN + 16 + columns[1], s->y + 13, "s",
                 bw_arena_join(s->arena, p->at_most ? "≤ " : "", bw_size_words(s->arena, p->end - p->begin), ""));
        if (p->number)
            put_text(s, MARGIN + 16 + columns[2], s->y + 13, "s", bw_arena_printf(s->arena, "%u", p->number));
        put_text(s, MARGIN + 16 + columns[3], s->y + 13, "s", bw_clean_text(s->arena, p->name, 32));
        put_text(s, MARGIN + 16 + columns[4], s->y + 13, "g", bw_clean_text(s->arena, p->detail, 0));
        s->y += LINE;
    }
}

static bool has_head(const bw_disk_map *map)
{
    for (uint32_t i = 0; i < map->count; i++) {
        if ((map->pieces[i].kind == BW_PIECE_WRITE || map->pieces[i].kind == BW_PIECE_SPECIFIC) &&
            map->pieces[i].begin < map->head)
            return true;
    }
    return false;
}

static void put_disk(svg *s)
{
    put_text(s, MARGIN, s->y + 16, "h", s->map->title);
    s->y += TITLE;
    put_text(s, MARGIN, s->y + 10, "s", s->map->summary);
    s->y += LINE;
    if (s->map->count) {
        put_bar(s, s->map->size);
        if (has_head(s->map)) {
            put_text(s, MARGIN, s->y, "g",
                     bw_arena_join(s->arena, "the first ", bw_size_words(s->arena, s->map->head), ""));
            s->y += GAP / 2;
            put_bar(s, s->map->head);
        }
        put_list(s);
    }
    for (uint32_t i = 0; s->map->notes[i]; i++) {
        put_text(s, MARGIN, s->y + 13, "g", s->map->notes[i]);
        s->y += LINE;
    }
    s->y += MARGIN;
}

void bw_disk_map_svg(bw_disk_map *const *maps, uint32_t count, bw_arena *arena, bw_buffer *out)
{
    bw_buffer body = {0};
    svg s = {.arena = arena, .out = &body, .y = MARGIN};

    for (uint32_t i = 0; i < count; i++) {
        s.map = maps[i];
        put_disk(&s);
    }
    bw_buffer_printf(out,
                     "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n",
                     WIDTH + 2 * MARGIN, s.y, WIDTH + 2 * MARGIN, s.y);
    bw_buffer_text(out, "<style>text{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px;fill:#222}"
                        ".h{font-size:16px;font-weight:bold}.s{font-size:11px}.g{font-size:11px;fill:#777}</style>\n");
    bw_buffer_printf(out, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", WIDTH + 2 * MARGIN, s.y);
    bw_buffer_add(out, body.data, body.len);
    bw_buffer_text(out, "</svg>\n");
    bw_buffer_free(&body);
}
