/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json_out.h"
#include "report/needs.h"

static json_t *hex(const bw_needs *needs, uint64_t value)
{
    return json_string(bw_arena_printf(&needs->board->tree->unit->arena, "0x%llx", (unsigned long long)value));
}

static json_t *grants_json(const bw_needs *needs, const bw_needed *needed)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < needed->grant_count; i++) {
        const bw_grant *grant = &needed->grants[i];
        json_t *bits = json_array();

        for (uint32_t k = 0; k < grant->count; k++)
            json_array_append_new(bits, json_integer(grant->bits[k]));
        json_array_append_new(list, json_pack("{s:o, s:I, s:o}", "address", hex(needs, grant->address), "size",
                                              (json_int_t)grant->size, "size_bits", bits));
    }
    return list;
}

static json_t *interrupts_json(const bw_needed *needed)
{
    json_t *list = json_array();

    for (uint32_t i = 0; needed->device && !needed->controller && i < needed->device->line_count; i++) {
        const bw_line *line = &needed->device->lines[i];

        json_array_append_new(list, line->number_known ? json_integer(line->number) : json_null());
    }
    return list;
}

static json_t *others_json(const bw_needs *needs, const bw_needed *needed)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < needed->other_count; i++)
        json_array_append_new(list, bw_json_text(bw_node_path(needs->board->tree, needed->others[i])));
    return list;
}

static json_t *node_json(const bw_needs *needs, uint32_t index)
{
    const bw_needed *needed = &needs->nodes[index];
    json_t *object = json_object();

    json_object_set_new(object, "path", bw_json_text(needed->path));
    json_object_set_new(object, "class", json_string(bw_need_class_name(needed->class)));
    json_object_set_new(object, "seed", json_boolean(needed->seed));
    json_object_set_new(object, "why", bw_json_text(bw_needed_chain(needs, index)));
    json_object_set_new(object, "stays", json_boolean(needed->stays));
    json_object_set_new(object, "disabled", json_boolean(needed->disabled));
    json_object_set_new(object, "dma", json_boolean(needed->dma));
    json_object_set_new(object, "grants", grants_json(needs, needed));
    json_object_set_new(object, "interrupts", interrupts_json(needed));
    json_object_set_new(object, "needed_by_others", others_json(needs, needed));
    return object;
}

json_t *bw_needs_json(const bw_needs *needs)
{
    json_t *nodes = json_array(), *edges = json_array();

    for (uint32_t i = 0; i < needs->count; i++)
        json_array_append_new(nodes, node_json(needs, i));
    for (uint32_t i = 0; i < needs->edge_count; i++) {
        const bw_need *edge = &needs->edges[i];

        json_array_append_new(
            edges, json_pack("{s:o, s:o, s:o, s:s}", "from", bw_json_text(needs->nodes[edge->from].path), "to",
                             bw_json_text(needs->nodes[edge->to].path), "by", bw_json_text(bw_need_words(needs, edge)),
                             "class", bw_need_class_name(edge->class)));
    }
    return json_pack("{s:o, s:o}", "nodes", nodes, "edges", edges);
}
