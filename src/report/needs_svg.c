/* SPDX-License-Identifier: Apache-2.0 */
#include "report/needs.h"
#include "report/xml.h"

#include <inttypes.h>

/* Pixels. */
#define MARGIN 24
#define TITLE 40
#define BOX_HEIGHT 34
#define ROW 58
#define GAP 150
#define CHARACTER 7

typedef struct svg {
    const bw_needs *needs;
    bw_arena *arena;
    bw_buffer *out;
    uint32_t *columns; /* of each node */
    uint32_t *rows;
    uint32_t column_count, row_count;
    int *lefts;  /* of each column */
    int *widths; /* likewise */
} svg;

static const char *name_of(const bw_needed *needed)
{
    return needed->node->parent ? needed->node->name->text : "/";
}

/* Steps from a seed along the reasons. Each is shorter than its own, so this ends. */
static uint32_t steps_of(const bw_needs *needs, uint32_t node)
{
    uint32_t steps = 0;

    for (int32_t reason = needs->nodes[node].reason; reason >= 0; reason = needs->nodes[node].reason) {
        node = needs->edges[reason].from;
        steps++;
    }
    return steps;
}

static void place(svg *s)
{
    const uint32_t count = s->needs->count;
    uint32_t *filled = bw_arena_array(s->arena, uint32_t, (size_t)count + 1);

    s->columns = bw_arena_array(s->arena, uint32_t, count);
    s->rows = bw_arena_array(s->arena, uint32_t, count);
    s->widths = bw_arena_array(s->arena, int, (size_t)count + 1);
    s->lefts = bw_arena_array(s->arena, int, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t column = steps_of(s->needs, i);
        const int width = (int)bw_text_width(name_of(&s->needs->nodes[i])) * CHARACTER + 20;

        s->columns[i] = column;
        s->rows[i] = filled[column]++;
        s->widths[column] = MAX(s->widths[column], width);
        s->column_count = MAX(s->column_count, column + 1);
        s->row_count = MAX(s->row_count, filled[column]);
    }
    for (uint32_t column = 0, left = MARGIN; column <= s->column_count && column <= count; column++) {
        s->lefts[column] = (int)left;
        left += (uint32_t)s->widths[column] + GAP;
    }
}

static int top_of(const svg *s, uint32_t node)
{
    return MARGIN + TITLE + (int)s->rows[node] * ROW;
}

static void put_text(const svg *s, int x, int y, const char *class, const char *text)
{
    bw_buffer_printf(s->out, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, class);
    bw_xml_text(s->out, s->arena, text);
    bw_buffer_text(s->out, "</text>\n");
}

static const char *const dashes[] = {"", " stroke-dasharray=\"6 3\"", " stroke-dasharray=\"2 3\""};

/* Only the ways that are reasons: a picture of all edges is a knot. */
static void put_reason(const svg *s, uint32_t node)
{
    const bw_need *edge = &s->needs->edges[s->needs->nodes[node].reason];
    const int x1 = s->lefts[s->columns[edge->from]] + s->widths[s->columns[edge->from]];
    const int x2 = s->lefts[s->columns[node]];
    const int y1 = top_of(s, edge->from) + BOX_HEIGHT / 2, y2 = top_of(s, node) + BOX_HEIGHT / 2;

    bw_buffer_printf(s->out,
                     "<path d=\"M%d %d C%d %d %d %d %d %d\" fill=\"none\" stroke=\"#555\"%s "
                     "marker-end=\"url(#end)\"/>\n",
                     x1, y1, x1 + 60, y1, x2 - 60, y2, x2, y2, dashes[edge->class]);
    put_text(s, x2 - 8, y2 - 5, "e", bw_need_words(s->needs, edge));
}

static void put_node(const svg *s, uint32_t node)
{
    static const char *const fills[] = {"#cfe8cf", "#fbe3b0", "#e3d4f0"};
    const bw_needed *needed = &s->needs->nodes[node];
    const int x = s->lefts[s->columns[node]], y = top_of(s, node);

    bw_buffer_printf(s->out,
                     "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"#333\"%s%s><title>", x, y,
                     s->widths[s->columns[node]], BOX_HEIGHT, fills[needed->class],
                     needed->seed ? " stroke-width=\"2\"" : "", dashes[needed->class]);
    bw_xml_text(s->out, s->arena, needed->path);
    bw_buffer_text(s->out, "</title></rect>\n");
    put_text(s, x + 10, y + 21, "n", name_of(needed));
}

void bw_needs_svg(const bw_needs *needs, const char *title, bw_buffer *out)
{
    svg s = {.needs = needs, .arena = &needs->board->tree->unit->arena, .out = out};

    place(&s);
    const int width = s.lefts[s.column_count - 1] + s.widths[s.column_count - 1] + MARGIN;
    const int height = MARGIN + TITLE + (int)s.row_count * ROW + MARGIN;

    bw_buffer_printf(out,
                     "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n",
                     width, height, width, height);
    bw_buffer_text(out,
                   "<style>text{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:11px;fill:#222}"
                   ".h{font-size:18px;font-weight:bold}.e{text-anchor:end;fill:#555;font-size:10px;paint-order:stroke;stroke:#fff;stroke-width:3px}</style>\n"
                   "<defs><marker id=\"end\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" "
                   "markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\" fill=\"#555\"/></marker></defs>\n");
    bw_buffer_printf(out, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", width, height);
    put_text(&s, MARGIN, MARGIN + 14, "h", title);
    for (uint32_t i = 0; i < needs->count; i++)
        if (needs->nodes[i].reason >= 0)
            put_reason(&s, i);
    for (uint32_t i = 0; i < needs->count; i++)
        put_node(&s, i);
    bw_buffer_text(out, "</svg>\n");
}
