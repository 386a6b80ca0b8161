/* SPDX-License-Identifier: Apache-2.0 */
#include "board/needs.h"

#include "base/powers.h"
#include "tree/specifiers.h"
#include "tree/strings.h"

#include <string.h>

/* ---- classes ---- */

static const struct {
    const char *property;
    bw_need_class class;
} classes[] = {
#define BW_NEED(property, class) {property, BW_NEED_##class},
#include "board/needs.def"
#undef BW_NEED
};

const char *bw_need_class_name(bw_need_class class)
{
    static const char *const names[] = {"hard", "soft", "policy", "none"};

    return names[class];
}

static bool matches(const char *pattern, const char *property)
{
    if (*pattern == '*')
        return g_str_has_suffix(property, pattern + 1);
    return strcmp(pattern, property) == 0;
}

bw_need_class bw_need_class_of(const char *property)
{
    for (size_t i = 0; i < G_N_ELEMENTS(classes); i++)
        if (matches(classes[i].property, property))
            return classes[i].class;
    return BW_NEED_HARD;
}

/* ---- the graph ---- */

typedef struct walk {
    const bw_board *board;
    const bw_tree *tree;
    const bw_needs_options *options;
    GArray *nodes;     /* of bw_needed */
    GArray *edges;     /* of bw_need */
    GHashTable *where; /* node -> index + 1 */
} walk;

static bw_needed *at(const walk *w, uint32_t index)
{
    return &g_array_index(w->nodes, bw_needed, index);
}

static bool index_of(const walk *w, const bw_node *node, uint32_t *index)
{
    const guint found = GPOINTER_TO_UINT(g_hash_table_lookup(w->where, node));

    *index = found - 1;
    return found != 0;
}

static bool stops_at(const walk *w, const bw_node *node)
{
    for (const bw_node *const *stop = w->options->stops; stop && *stop; stop++)
        if (*stop == node)
            return true;
    return false;
}

/* The one at the end of all ways, as a GIC: a GPIO bank or a PMIC that hands interrupts on is a device. */
static bool is_root_controller(const bw_tree *tree, const bw_node *node)
{
    if (!bw_node_prop(node, tree->unit->n->interrupt_controller))
        return false;
    const bw_irq_parent parent = bw_interrupt_parent(tree, node);

    return !parent.parent || parent.parent == node;
}

static uint32_t add_node(walk *w, const bw_node *node)
{
    uint32_t index;

    if (index_of(w, node, &index))
        return index;
    const bw_needed fresh = {.node = node,
                             .path = bw_node_path(w->tree, node),
                             .class = BW_NEED_NONE,
                             .reason = -1,
                             .device = bw_board_device(w->board, node),
                             .controller = is_root_controller(w->tree, node),
                             .stays = stops_at(w, node),
                             .disabled = !bw_node_available(w->tree, node)};

    g_array_append_val(w->nodes, fresh);
    g_hash_table_insert(w->where, (void *)(uintptr_t)node, GUINT_TO_POINTER(w->nodes->len));
    return w->nodes->len - 1;
}

static void add_edge(walk *w, bw_need need, const bw_node *to)
{
    if (need.class == BW_NEED_NONE || (w->options->hard_only && need.class != BW_NEED_HARD))
        return;
    if (at(w, need.from)->node == to)
        return;
    need.to = add_node(w, to);
    g_array_append_val(w->edges, need);
}

/* The row that a reference stands in, and its name. */
static void find_row(const walk *w, const bw_node *node, const bw_prop *prop, bw_need *need)
{
    const bw_spec_kind *kind = bw_spec_kind_for(w->tree, node, prop);
    bw_spec spec;

    if (!kind)
        return;
    bw_spec_iter iter = bw_spec_begin(w->tree, node, prop, kind);

    while (bw_spec_next(&iter, &spec))
        if (spec.offset == need->offset)
            need->index = spec.index;
    const bw_prop *names = kind->names ? bw_node_prop_text(node, kind->names) : NULL;

    need->name = names ? bw_prop_string_at(names, need->index) : NULL;
}

static void add_references(walk *w, uint32_t from, const bw_prop *prop)
{
    const bw_node *node = at(w, from)->node;
    uint32_t count = 0;

    for (uint32_t i = 0; i < prop->value.mark_count; i++) {
        const bw_mark *mark = &prop->value.marks[i];

        if (mark->kind != BW_MARK_REF_PHANDLE || !mark->node || mark->node->deleted)
            continue;
        bw_need need = {.kind = BW_NEED_REFERENCE,
                        .class = bw_need_class_of(prop->name->text),
                        .from = from,
                        .prop = prop,
                        .offset = mark->offset,
                        .index = count++};

        find_row(w, node, prop, &need);
        add_edge(w, need, mark->node);
    }
}

static void add_interrupt_parent(walk *w, uint32_t from)
{
    const bw_node *node = at(w, from)->node;

    if (!bw_node_prop(node, w->tree->unit->n->interrupts) || bw_node_prop(node, w->tree->unit->n->interrupts_extended))
        return;
    const bw_irq_parent parent = bw_interrupt_parent(w->tree, node);

    /* One that names its own is a reference already. */
    if (parent.parent && parent.said_by != node)
        add_edge(w, (bw_need){.kind = BW_NEED_INTERRUPTS, .class = BW_NEED_HARD, .from = from}, parent.parent);
}

static void look_behind(walk *w, uint32_t from)
{
    const bw_node *node = at(w, from)->node;

    if (at(w, from)->stays)
        return;
    if (node->parent)
        add_edge(w, (bw_need){.kind = BW_NEED_BUS, .class = BW_NEED_HARD, .from = from}, node->parent);
    BW_FOR_PROPS (node, prop) {
        if (prop->value.has_refs)
            add_references(w, from, prop);
    }
    add_interrupt_parent(w, from);
}

/* ---- how strongly each node is needed, and why ---- */

static bw_need_class weaker(bw_need_class a, bw_need_class b)
{
    return a > b ? a : b;
}

/* Breadth first through the edges of each node, first along the strongest class alone: the shortest way of the class.
 */
static void find_reasons(walk *w)
{
    GQueue queue = G_QUEUE_INIT;

    for (bw_need_class class = BW_NEED_HARD; class < BW_NEED_NONE; class ++) {
        for (guint i = 0; i < w->nodes->len; i++)
            if (at(w, i)->class != BW_NEED_NONE)
                g_queue_push_tail(&queue, GUINT_TO_POINTER(i));
        while (!g_queue_is_empty(&queue)) {
            const uint32_t from = GPOINTER_TO_UINT(g_queue_pop_head(&queue));

            for (guint i = 0; i < w->edges->len; i++) {
                const bw_need *edge = &g_array_index(w->edges, bw_need, i);
                bw_needed *to = at(w, edge->to);

                if (edge->from != from || to->class != BW_NEED_NONE)
                    continue;
                const bw_need_class way = weaker(at(w, from)->class, edge->class);

                if (way > class)
                    continue;
                to->class = way;
                to->reason = (int32_t)i;
                g_queue_push_tail(&queue, GUINT_TO_POINTER(edge->to));
            }
        }
    }
}

/* ---- what is to be handed out ---- */

static void cut(bw_arena *arena, bw_grant *grant)
{
    uint8_t bits[128];
    uint64_t address = grant->address, size = grant->size;

    while (size && grant->count < G_N_ELEMENTS(bits)) {
        const unsigned power = bw_power_at(address, size, 63);

        bits[grant->count++] = (uint8_t)power;
        address += (uint64_t)1 << power;
        size -= (uint64_t)1 << power;
    }
    grant->bits = bw_arena_dup(arena, bits, grant->count);
}

static bool is_handed_out(const bw_needed *needed, const bw_block *block)
{
    return !needed->controller && !needed->stays && block->mapped && block->size &&
           block->address + block->size > block->address;
}

/* Blocks of a node that the model has as a device or as memory. */
static uint32_t blocks_of(const walk *w, const bw_node *node, const bw_block *found[], uint32_t room)
{
    const bw_board *board = w->board;
    const bw_device *device = bw_board_device(board, node);
    uint32_t count = 0;

    for (uint32_t i = 0; device && i < device->block_count && count < room; i++)
        found[count++] = &device->blocks[i];
    for (uint32_t i = 0; i < board->memory_count && count < room; i++)
        if (board->memories[i].node == node && board->memories[i].kind != BW_MEMORY_RAM)
            found[count++] = &board->memories[i].block;
    for (uint32_t i = 0; i < board->reserved_count && count < room; i++)
        if (board->reserved[i].node == node && board->reserved[i].is_static)
            found[count++] = &board->reserved[i].block;
    return count;
}

/* A node that was met only around others that have addresses of their own, as an SRAM whose parts were asked for one
 * by one, is no grant of its own. A pin controller around settings is one. */
static bool is_container(const walk *w, uint32_t index)
{
    const bw_block *block;
    bool parts = true;

    for (guint i = 0; i < w->edges->len; i++) {
        const bw_need *edge = &g_array_index(w->edges, bw_need, i);

        if (edge->to != index)
            continue;
        if (edge->kind != BW_NEED_BUS)
            return false;
        parts = parts && blocks_of(w, at(w, edge->from)->node, &block, 1) && block->mapped;
    }
    return !at(w, index)->seed && parts;
}

static void find_grants(walk *w, uint32_t index)
{
    enum { ROOM = 64 };
    bw_needed *needed = at(w, index);
    bw_arena *arena = &w->tree->unit->arena;
    const uint64_t page = (uint64_t)1 << (w->options->page_bits ? w->options->page_bits : 12);
    const bw_block *blocks[ROOM];
    const uint32_t count = is_container(w, index) ? 0 : blocks_of(w, needed->node, blocks, ROOM);

    needed->grants = bw_arena_array(arena, bw_grant, count);
    for (uint32_t i = 0; i < count; i++) {
        if (!is_handed_out(needed, blocks[i]))
            continue;
        const uint64_t first = blocks[i]->address & ~(page - 1);
        const uint64_t last = (blocks[i]->address + blocks[i]->size - 1) | (page - 1);
        bw_grant *grant = &needed->grants[needed->grant_count++];

        *grant = (bw_grant){.address = first, .size = last - first + 1, .block = blocks[i]};
        cut(arena, grant);
    }
}

static bool does_dma(const bw_node *node)
{
    static const char *const signs[] = {"iommus", "iommu-map", "dma-coherent", "dma-ranges"};

    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (bw_node_prop_text(node, signs[i]))
            return true;
    return false;
}

/* ---- who else needs it ---- */

static void add_other(GHashTable *others, const bw_node *provider, const bw_node *consumer)
{
    GPtrArray *list = g_hash_table_lookup(others, provider);

    if (!list || (list->len && list->pdata[list->len - 1] == consumer))
        return;
    g_ptr_array_add(list, (void *)(uintptr_t)consumer);
}

static void look_for_others(walk *w, GHashTable *others)
{
    BW_FOR_NODES (w->tree, node) {
        uint32_t index;

        if (!node->has_refs || index_of(w, node, &index) || !bw_node_available(w->tree, node))
            continue;
        BW_FOR_PROPS (node, prop) {
            if (!prop->value.has_refs || bw_need_class_of(prop->name->text) == BW_NEED_NONE)
                continue;
            for (uint32_t i = 0; i < prop->value.mark_count; i++)
                if (prop->value.marks[i].kind == BW_MARK_REF_PHANDLE && prop->value.marks[i].node)
                    add_other(others, prop->value.marks[i].node, node);
        }
    }
}

/* A fact that a guest's devicetree repeats, not a device that two would drive. */
static bool is_fact(const walk *w, const bw_node *node)
{
    return bw_node_is_compatible(w->tree, node, "fixed-clock") ||
           bw_node_is_compatible(w->tree, node, "fixed-factor-clock") ||
           bw_node_is_compatible(w->tree, node, "regulator-fixed");
}

/* Providers alone: everybody shares buses and interrupt controllers, and a guest has its own. */
static void find_others(walk *w)
{
    GHashTable *others = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; i < w->nodes->len; i++)
        if (!at(w, i)->controller && at(w, i)->node->parent && !is_fact(w, at(w, i)->node))
            g_hash_table_insert(others, (void *)(uintptr_t)at(w, i)->node, g_ptr_array_new());
    look_for_others(w, others);
    for (guint i = 0; i < w->nodes->len; i++) {
        const GPtrArray *list = g_hash_table_lookup(others, at(w, i)->node);

        if (!list || !list->len)
            continue;
        at(w, i)->others = bw_arena_dup(&w->tree->unit->arena, list->pdata, list->len * sizeof(void *));
        at(w, i)->other_count = list->len;
    }
    g_hash_table_unref(others);
}

/* ---- the whole ---- */

static const bw_needs *keep(walk *w)
{
    bw_arena *arena = &w->tree->unit->arena;
    bw_needs *needs = bw_arena_new(arena, bw_needs);

    *needs = (bw_needs){.board = w->board,
                        .nodes = bw_arena_dup(arena, w->nodes->data, w->nodes->len * sizeof(bw_needed)),
                        .count = w->nodes->len,
                        .edges = bw_arena_dup(arena, w->edges->data, w->edges->len * sizeof(bw_need)),
                        .edge_count = w->edges->len};
    for (uint32_t i = 0; i < needs->count; i++)
        needs->hard_count += needs->nodes[i].class == BW_NEED_HARD;
    g_array_free(w->nodes, TRUE);
    g_array_free(w->edges, TRUE);
    g_hash_table_unref(w->where);
    return needs;
}

const bw_needs *bw_needs_of(const bw_board *board, const bw_node *const *seeds, const bw_needs_options *options)
{
    walk w = {.board = board,
              .tree = board->tree,
              .options = options,
              .nodes = g_array_new(FALSE, FALSE, sizeof(bw_needed)),
              .edges = g_array_new(FALSE, FALSE, sizeof(bw_need)),
              .where = g_hash_table_new(NULL, NULL)};

    for (; *seeds; seeds++) {
        bw_needed *seed = at(&w, add_node(&w, *seeds));

        seed->seed = true;
        seed->class = BW_NEED_HARD;
    }
    for (uint32_t i = 0; i < w.nodes->len; i++)
        look_behind(&w, i);
    find_reasons(&w);
    for (uint32_t i = 0; i < w.nodes->len; i++) {
        find_grants(&w, i);
        at(&w, i)->dma = does_dma(at(&w, i)->node);
    }
    find_others(&w);
    return keep(&w);
}

const char *bw_need_words(const bw_needs *needs, const bw_need *need)
{
    bw_arena *arena = &needs->board->tree->unit->arena;

    if (need->kind == BW_NEED_BUS)
        return "bus";
    if (need->kind == BW_NEED_INTERRUPTS)
        return "interrupts";
    if (need->name)
        return bw_arena_printf(arena, "%s[%u] (%s)", need->prop->name->text, need->index, need->name);
    if (need->prop->value.len == 4)
        return need->prop->name->text;
    return bw_arena_printf(arena, "%s[%u]", need->prop->name->text, need->index);
}

static const char *short_name(const bw_needed *needed)
{
    return needed->node->parent ? needed->node->name->text : "/";
}

const char *bw_needed_chain(const bw_needs *needs, uint32_t node)
{
    bw_arena *arena = &needs->board->tree->unit->arena;
    const char *chain = short_name(&needs->nodes[node]);

    for (int32_t reason = needs->nodes[node].reason; reason >= 0; reason = needs->nodes[node].reason) {
        const bw_need *edge = &needs->edges[reason];

        node = edge->from;
        chain =
            bw_arena_printf(arena, "%s → %s → %s", short_name(&needs->nodes[node]), bw_need_words(needs, edge), chain);
    }
    return chain;
}
