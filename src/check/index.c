/* SPDX-License-Identifier: Apache-2.0 */
#include "check/engine.h"

#include <glib.h>
#include <inttypes.h>

/* Known names are the first that a context interns, so their numbers are small and dense. */
static uint32_t known_end(const bw_known_names *n)
{
    const bw_name *const *names = (const bw_name *const *)(const void *)n;
    uint32_t end = 0;

    for (size_t i = 0; i < sizeof *n / sizeof *names; i++)
        end = MAX(end, names[i]->id + 1);
    return end;
}

static bool is_okay(const bw_prop *status)
{
    return !status || bw_prop_equals(status, "okay") || bw_prop_equals(status, "ok");
}

static void add_use(bw_run *run, uint32_t info, bw_prop *prop)
{
    uint32_t id = prop->name->id;
    uint32_t plus_one = ++run->use_count;

    run->uses[plus_one - 1] = (bw_use){info, 0, prop};
    if (run->use_last[id])
        run->uses[run->use_last[id] - 1].next = plus_one;
    else
        run->use_first[id] = plus_one;
    run->use_last[id] = plus_one;
}

static void fill_info(bw_run *run, uint32_t i)
{
    const bw_known_names *n = run->n;
    bw_info *info = &run->nodes[i];

    info->addr_cells = info->size_cells = -1;
    BW_FOR_PROPS (info->node, p) {
        if (p->name->id >= run->known_count)
            continue;
        add_use(run, i, p);
        if (p->name == n->reg)
            info->reg = p;
        else if (p->name == n->ranges)
            info->ranges = p;
        else if (p->name == n->compatible)
            info->compatible = p;
        else if (p->name == n->status)
            info->status = p;
    }
    info->enabled = is_okay(info->status) && (i == 0 || run->nodes[info->parent].enabled);
}

void bw_run_index(bw_run *run)
{
    bw_arena *arena = &run->unit->arena;
    uint32_t nodes = 0;
    uint32_t known_props = 0;

    run->known_count = known_end(run->n);
    BW_FOR_NODES (run->tree, node) {
        node->number = nodes++;
        BW_FOR_PROPS (node, p)
            known_props += p->name->id < run->known_count;
    }
    run->nodes = bw_arena_array(arena, bw_info, nodes ? nodes : 1);
    run->uses = bw_arena_array(arena, bw_use, known_props ? known_props : 1);
    run->use_first = bw_arena_array(arena, uint32_t, run->known_count);
    run->use_last = bw_arena_array(arena, uint32_t, run->known_count);
    run->use_count = 0;
    run->node_count = nodes;

    uint32_t i = 0;
    BW_FOR_NODES (run->tree, node) {
        bw_info *info = &run->nodes[i];

        info->node = node;
        info->parent = node->parent ? node->parent->number : 0;
        fill_info(run, i++);
    }
    /* From the back, each node hands its end to its parent. */
    for (i = nodes; i-- > 0;) {
        bw_info *info = &run->nodes[i];

        info->end = MAX(info->end, i + 1);
        if (i)
            run->nodes[info->parent].end = MAX(run->nodes[info->parent].end, info->end);
    }
    run->indexed = true;
}

bool bw_prop_has_references(const bw_prop *prop)
{
    for (uint32_t i = 0; i < prop->value.mark_count; i++)
        if (prop->value.marks[i].kind == BW_MARK_REF_PHANDLE)
            return true;
    return false;
}

uint32_t bw_prop_reference_in(const bw_prop *prop, uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; i < prop->value.mark_count; i++) {
        const bw_mark *m = &prop->value.marks[i];

        if (m->kind == BW_MARK_REF_PHANDLE && m->offset >= from && m->offset < to)
            return m->offset;
    }
    return 0;
}

bool bw_prop_is_string(const bw_prop *prop)
{
    const bw_value *v = &prop->value;

    return v->len && memchr(v->data, 0, v->len) == v->data + v->len - 1;
}

bool bw_prop_equals(const bw_prop *prop, const char *text)
{
    size_t len = strlen(text);

    return prop->value.len == len + 1 && memcmp(prop->value.data, text, len + 1) == 0;
}

bool bw_info_compatible(const bw_info *info, const char *text)
{
    return info->compatible && bw_prop_string_index(info->compatible, text) >= 0;
}

bool bw_ends(const bw_name *name, const char *tail)
{
    size_t len = strlen(tail);

    return name->len >= len && memcmp(name->text + name->len - len, tail, len) == 0;
}

const char *bw_path(const bw_run *run, const bw_node *node)
{
    return bw_node_path(run->tree, node);
}

const char *bw_path_of_parent(const bw_run *run, const bw_info *info)
{
    return bw_path(run, bw_info_parent(run, info)->node);
}

const char *bw_size_text(const bw_run *run, uint64_t bytes)
{
    static const char *const units[] = {"byte", "KiB", "MiB", "GiB", "TiB"};
    unsigned u = 0;
    uint64_t n = bytes;

    while (n && n % 1024 == 0 && u < 4) {
        n /= 1024;
        u++;
    }
    return bw_arena_printf(&run->unit->arena, "0x%" PRIx64 " (%" PRIu64 " %s%s)", bytes, n, units[u],
                           u == 0 && n != 1 ? "s" : "");
}

bw_target bw_run_target(const bw_run *run, const bw_prop *prop, uint32_t offset)
{
    bw_target t = {.phandle = bw_cell(prop, offset)};

    for (uint32_t i = 0; i < prop->value.mark_count && prop->value.marks[i].offset <= offset; i++) {
        const bw_mark *m = &prop->value.marks[i];

        if (m->offset != offset)
            continue;
        if (m->kind == BW_MARK_REF_PHANDLE) {
            t.ref = m->ref;
            t.node = m->node && !m->node->deleted ? m->node : NULL;
            t.unresolved = !t.node;
            return t;
        }
        if (m->kind == BW_MARK_UNKNOWN) {
            t.unresolved = true;
            return t;
        }
    }
    if (t.phandle == 0 || t.phandle == 0xffffffffU)
        t.empty = true;
    else
        t.node = bw_tree_by_phandle(run->tree, t.phandle);
    return t;
}

const char *bw_range_text(const bw_run *run, uint64_t first, uint64_t last)
{
    return bw_arena_printf(&run->unit->arena, "0x%" PRIx64 "–0x%" PRIx64, first, last);
}
