/* SPDX-License-Identifier: Apache-2.0 */
#include "board/parts.h"

#include <stdlib.h>
#include <string.h>

const char *bw_trigger_name(bw_trigger trigger)
{
    static const char *const names[] = {"", "rising edge", "falling edge", "both edges", "level high", "level low"};

    return names[trigger];
}

bool bw_is_one_of(const bw_maker *m, const bw_node *node, const char *const *list)
{
    const bw_prop *prop = bw_node_prop(node, m->n->compatible);
    uint32_t offset = 0;
    const char *text;

    while ((text = bw_prop_next_string(prop, &offset)))
        for (const char *const *one = list; *one; one++)
            if (strcmp(text, *one) == 0)
                return true;
    return false;
}

uint32_t bw_make_blocks(const bw_maker *m, const bw_node *node, bw_block **blocks)
{
    bw_rows rows = bw_reg_rows(m->tree, node);
    const bw_prop *names = bw_node_prop(node, m->n->reg_names);
    uint32_t count = 0;
    uint32_t name = 0;

    *blocks = NULL;
    if (rows.count == 0)
        return 0;
    *blocks = bw_arena_array(m->arena, bw_block, rows.count);
    for (uint32_t i = 0; i < rows.count; i++) {
        bw_row row = bw_rows_get(&rows, i);
        bw_block *b = &(*blocks)[count];

        if (!row.known)
            break;
        count++;
        b->node = node;
        b->prop = rows.prop;
        b->offset = row.offset;
        b->len = row.len;
        b->name = bw_prop_next_string(names, &name);
        b->bus_address = row.child;
        b->has_size = row.size.cells > 0 && !row.size.wide && !row.size.high;
        b->size = b->has_size ? row.size.value : 0;
        b->translation = bw_translate(m->tree, node, row.child, b->size);
        b->mapped = b->has_size && (b->translation.state == BW_TRANSLATED || b->translation.state == BW_TRANSLATE_CUT);
        b->address = b->mapped ? b->translation.address : 0;
    }
    return count;
}

/* ---- what is what ---- */

static bool is_container(const bw_maker *m, const bw_node *node)
{
    const bw_known_names *n = m->n;

    return node->parent == m->tree->root &&
           (node->name == n->chosen || node->name == n->aliases || node->name == n->symbols ||
            node->name == n->fixups || node->name == n->local_fixups);
}

static bool is_mapped(const bw_maker *m, const bw_node *node)
{
    bw_rows rows = bw_reg_rows(m->tree, node);

    if (rows.count == 0 || rows.size_cells == 0)
        return false;
    bw_row row = bw_rows_get(&rows, 0);
    return row.known && bw_translate(m->tree, node, row.child, 0).state == BW_TRANSLATED;
}

static bool is_cpu(const bw_maker *m, const bw_node *node)
{
    const char *type = bw_node_string(node, m->n->device_type);

    return (type && strcmp(type, "cpu") == 0) || bw_is_named(node, "cpu");
}

/* The next node in pre-order that is not below @p node. */
static const bw_node *after(const bw_node *node)
{
    for (; node; node = node->parent) {
        const bw_node *next = bw_live_node(node->next);

        if (next)
            return next;
    }
    return NULL;
}

/* Tables and properties of CPUs that have a compatible string but are nothing to drive. */
static bool is_table(const bw_maker *m, const bw_node *node)
{
    static const char *const tables[] = {"cache",
                                         "operating-points-v2",
                                         "arm,idle-state",
                                         "riscv,idle-state",
                                         "domain-idle-state",
                                         "system-idle-state",
                                         "zephyr,power-state",
                                         "fixed-layout",
                                         "fixed-partitions",
                                         NULL};

    return bw_is_one_of(m, node, tables);
}

/* Decides what a node is and makes it. @return whether to look below it too. */
static bool visit(bw_maker *m, const bw_node *node)
{
    const bw_node *parent = node->parent;
    bool top = parent->parent == m->tree->root;
    bw_memory_kind kind;

    if (is_container(m, node))
        return false;
    if (top && parent->name == m->n->cpus) {
        if (is_cpu(m, node))
            bw_make_cpu(m, node);
        return true;
    }
    if (top && parent->name == m->n->reserved_memory) {
        bw_make_reserved(m, node);
        return true;
    }
    if (bw_is_flash(m, node)) {
        bw_make_flash(m, node);
        return false; /* its partitions are no devices */
    }
    if (bw_is_memory(m, node, &kind))
        bw_make_memory(m, node, kind);
    else if (is_mapped(m, node) || (bw_node_prop(node, m->n->compatible) && !is_table(m, node)))
        bw_make_device(m, node);
    return true;
}

static void visit_all(bw_maker *m)
{
    for (const bw_node *n = bw_live_node(m->tree->root->first_child); n;)
        n = visit(m, n) ? bw_node_following(n) : after(n);
    BW_FOR_NODES (m->tree, counted)
        m->board->node_count++;
}

/* ---- order ---- */

static int compare(bool a_first, bool b_first, uint64_t a, uint64_t b, const char *a_path, const char *b_path)
{
    if (a_first != b_first)
        return a_first ? -1 : 1;
    if (a_first && a != b)
        return a < b ? -1 : 1;
    return strcmp(a_path ? a_path : "", b_path ? b_path : "");
}

static int compare_cpus(gconstpointer x, gconstpointer y)
{
    const bw_cpu *a = x, *b = y;

    return compare(a->number_known, b->number_known, a->number, b->number, a->path, b->path);
}

static int compare_memories(gconstpointer x, gconstpointer y)
{
    const bw_memory *a = x, *b = y;

    return compare(a->block.mapped, b->block.mapped, a->block.address, b->block.address, a->path, b->path);
}

static int compare_reserved(gconstpointer x, gconstpointer y)
{
    const bw_reserved *a = x, *b = y;

    return compare(a->is_static, b->is_static, a->address, b->address, a->path, b->path);
}

static int compare_devices(gconstpointer x, gconstpointer y)
{
    const bw_device *a = x, *b = y;

    return compare(a->mapped, b->mapped, a->mapped ? a->blocks[0].address : 0, b->mapped ? b->blocks[0].address : 0,
                   a->path, b->path);
}

static int compare_flashes(gconstpointer x, gconstpointer y)
{
    const bw_flash *a = x, *b = y;

    return compare(a->mapped, b->mapped, a->address, b->address, a->path, b->path);
}

static void *finish(const bw_maker *m, GArray *array, int (*order)(gconstpointer, gconstpointer), uint32_t *count)
{
    g_array_sort(array, order);
    *count = array->len;
    void *list = bw_arena_dup(m->arena, array->data, (size_t)array->len * g_array_get_element_size(array));
    g_array_free(array, TRUE);
    return list;
}

/* ---- finding a device again ---- */

static int compare_by_node(const void *x, const void *y)
{
    uintptr_t a = (uintptr_t)(*(const bw_device *const *)x)->node;
    uintptr_t b = (uintptr_t)(*(const bw_device *const *)y)->node;

    return a < b ? -1 : a > b;
}

static void index_devices(bw_board *board, bw_arena *arena)
{
    board->by_node = bw_arena_array(arena, const bw_device *, board->device_count);
    for (uint32_t i = 0; i < board->device_count; i++)
        board->by_node[i] = &board->devices[i];
    if (board->device_count)
        qsort(board->by_node, board->device_count, sizeof *board->by_node, compare_by_node);
}

const bw_device *bw_board_device(const bw_board *board, const bw_node *node)
{
    bw_device wanted = {.node = node};
    const bw_device *key = &wanted;

    if (board->device_count == 0)
        return NULL;
    const bw_device **found =
        bsearch(&key, board->by_node, board->device_count, sizeof *board->by_node, compare_by_node);
    return found ? *found : NULL;
}

const bw_node *bw_board_node(const bw_board *board, const char *text)
{
    const bw_node *node = bw_tree_by_ref(board->tree, text);

    for (uint32_t i = 0; !node && i < board->alias_count; i++)
        if (strcmp(board->aliases[i].name, text) == 0)
            node = board->aliases[i].node;
    return node;
}

/* ---- the whole ---- */

static void identify(bw_maker *m)
{
    const bw_prop *compatible = bw_node_prop(m->tree->root, m->n->compatible);
    uint32_t count = 0;
    uint32_t offset = 0;
    const char *text;

    m->board->model = bw_node_string(m->tree->root, m->n->model);
    while (bw_prop_next_string(compatible, &offset))
        count++;
    m->board->compatible = bw_arena_array(m->arena, const char *, count);
    offset = 0;
    while ((text = bw_prop_next_string(compatible, &offset)))
        m->board->compatible[m->board->compatible_count++] = text;
}

bw_board *bw_board_of(const bw_tree *tree)
{
    bw_arena *arena = &tree->unit->arena;
    bw_board *board = bw_arena_new(arena, bw_board);
    bw_maker m = {.board = board, .tree = tree, .arena = arena, .n = tree->unit->n};

    board->tree = tree;
    m.cpus = g_array_new(FALSE, FALSE, sizeof(bw_cpu));
    m.memories = g_array_new(FALSE, FALSE, sizeof(bw_memory));
    m.reserved = g_array_new(FALSE, FALSE, sizeof(bw_reserved));
    m.devices = g_array_new(FALSE, FALSE, sizeof(bw_device));
    m.flashes = g_array_new(FALSE, FALSE, sizeof(bw_flash));
    if (!tree->root->deleted) {
        identify(&m);
        visit_all(&m);
        bw_make_memreserves(&m);
        bw_make_choices(&m);
    }
    board->cpus = finish(&m, m.cpus, compare_cpus, &board->cpu_count);
    board->memories = finish(&m, m.memories, compare_memories, &board->memory_count);
    board->reserved = finish(&m, m.reserved, compare_reserved, &board->reserved_count);
    board->devices = finish(&m, m.devices, compare_devices, &board->device_count);
    board->flashes = finish(&m, m.flashes, compare_flashes, &board->flash_count);
    index_devices(board, arena);
    return board;
}
