/* SPDX-License-Identifier: Apache-2.0 */
#include "report/needs.h"

#include <inttypes.h>

static void put_quoted(bw_buffer *out, bw_arena *arena, const char *text)
{
    bw_buffer_byte(out, '"');
    for (const char *p = bw_clean_text(arena, text, 0); *p; p++) {
        if (*p == '"' || *p == '\\')
            bw_buffer_byte(out, '\\');
        bw_buffer_byte(out, (uint8_t)*p);
    }
    bw_buffer_byte(out, '"');
}

void bw_needs_dot(const bw_needs *needs, bw_buffer *out)
{
    static const char *const lines[] = {"solid", "dashed", "dotted"};
    bw_arena *arena = &needs->board->tree->unit->arena;

    bw_buffer_text(out, "digraph needs {\n    rankdir=LR;\n    node [shape=box, fontname=monospace];\n"
                        "    edge [fontname=monospace, fontsize=10];\n");
    for (uint32_t i = 0; i < needs->count; i++) {
        bw_buffer_printf(out, "    n%" PRIu32 " [label=", i);
        put_quoted(out, arena, needs->nodes[i].path);
        bw_buffer_printf(out, ", style=%s%s];\n", lines[needs->nodes[i].class],
                         needs->nodes[i].seed ? ", penwidth=2" : "");
    }
    for (uint32_t i = 0; i < needs->edge_count; i++) {
        const bw_need *edge = &needs->edges[i];

        bw_buffer_printf(out, "    n%" PRIu32 " -> n%" PRIu32 " [label=", edge->from, edge->to);
        put_quoted(out, arena, bw_need_words(needs, edge));
        bw_buffer_printf(out, ", style=%s];\n", lines[edge->class]);
    }
    bw_buffer_text(out, "}\n");
}
