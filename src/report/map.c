/* SPDX-License-Identifier: Apache-2.0 */
#include "report/map.h"

#include "report/json_out.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Devices with less than this between them are drawn as one box. */
#define CLOSE_TOGETHER ((uint64_t)16 << 20)

const char *bw_map_kind_name(bw_map_kind kind)
{
    static const char *const names[] = {"RAM",     "SRAM",      "flash",    "ROM",    "window",
                                        "devices", "partition", "reserved", "device", "guest"};

    return names[kind];
}

/* Something to place: a region of its own, or a part of the one that it lies in. */
typedef struct item {
    bw_map_part as;
    uint32_t order; /* as found: decides between equals */
} item;

typedef struct layout {
    const bw_board *board;
    bw_arena *arena;
    const bw_map_plan *plan; /* or NULL */
    bool all;
    GArray *items;   /* of item */
    GArray *regions; /* of bw_map_region */
    GArray *parts;   /* of bw_map_part: of the last region */
} layout;

/* @return what was added, valid until the next one. */
static bw_map_part *add(layout *l, bw_map_kind kind, const char *name, const bw_node *node, uint64_t address,
                        uint64_t size)
{
    item i = {.as = {.kind = kind, .name = name, .node = node, .address = address}, .order = l->items->len};

    i.as.last = address + (size - 1);
    if (i.as.last < address)
        i.as.last = UINT64_MAX; /* runs out of the address space: a check says so */
    g_array_append_val(l->items, i);
    return &g_array_index(l->items, item, l->items->len - 1).as;
}

static const char *short_name(const bw_node *node)
{
    const bw_label *label = bw_live_label(node->labels);

    return label ? label->name->text : node->name->text;
}

/* A reserved region that lies across memories is a part of each; one that lies in none stands for itself. */
static void add_reserved(layout *l, const bw_reserved *r)
{
    uint64_t last = r->address + (r->size - 1);
    bool in_memory = false;

    for (uint32_t i = 0; i < l->board->memory_count; i++) {
        const bw_block *m = &l->board->memories[i].block;
        uint64_t end = m->address + (m->size - 1);

        if (m->size == 0 || end < m->address || last < r->address || m->address > last || end < r->address ||
            (l->board->memories[i].unavailable && !l->all))
            continue;
        uint64_t from = r->address > m->address ? r->address : m->address;
        uint64_t to = last < end ? last : end;
        bool repeated = in_memory && from == r->address && to == last; /* memories that overlap */
        if (!repeated)
            add(l, BW_MAP_RESERVED, r->name, r->node, from, to - from + 1);
        in_memory = true;
    }
    if (!in_memory)
        add(l, BW_MAP_RESERVED, r->name, r->node, r->address, r->size);
}

static void add_memories(layout *l)
{
    static const bw_map_kind kinds[] = {
        [BW_MEMORY_RAM] = BW_MAP_RAM,
        [BW_MEMORY_SRAM] = BW_MAP_SRAM,
        [BW_MEMORY_FLASH] = BW_MAP_FLASH,
        [BW_MEMORY_ROM] = BW_MAP_ROM,
    };

    for (uint32_t i = 0; i < l->board->memory_count; i++) {
        const bw_memory *m = &l->board->memories[i];

        if (m->block.size && (l->all || !m->unavailable))
            add(l, kinds[m->kind], m->name, m->node, m->block.address, m->block.size);
    }
    for (uint32_t i = 0; i < l->board->reserved_count; i++) {
        const bw_reserved *r = &l->board->reserved[i];

        if (r->is_static && r->size && (l->all || !r->unavailable))
            add_reserved(l, r);
    }
}

static void add_partitions(layout *l)
{
    for (uint32_t i = 0; i < l->board->flash_count; i++) {
        const bw_flash *f = &l->board->flashes[i];

        for (uint32_t k = 0; k < f->partition_count; k++) {
            const bw_partition *p = &f->partitions[k];

            if (p->mapped && p->size && p->depth == 0 && (l->all || (!p->unavailable && !f->unavailable)))
                add(l, BW_MAP_PARTITION, p->name, p->node, p->address, p->size);
        }
    }
}

/* What a PCI host bridge maps: the parent side of its ranges. */
static void add_windows(layout *l, const bw_device *d)
{
    static const char *const spaces[] = {"PCI configuration", "PCI I/O", "PCI memory", "PCI 64-bit memory"};
    const bw_tree *tree = l->board->tree;
    bw_rows rows = bw_range_rows(tree, d->node, tree->unit->n->ranges);

    if (rows.child_cells != 3 || rows.state != BW_STATE_OK)
        return;
    for (uint32_t i = 0; i < rows.count; i++) {
        bw_row row = bw_rows_get(&rows, i);

        if (!row.known || row.size.wide || row.size.high || row.size.value == 0)
            continue;
        bw_translation t = bw_translate_from_bus(tree, d->node->parent, row.parent, 0);
        if (t.state == BW_TRANSLATED)
            add(l, BW_MAP_WINDOW, short_name(d->node), d->node, t.address, row.size.value)->detail =
                spaces[row.child.high >> 24 & 3];
    }
}

/* A controller's window in which flash is seen is drawn as the flash. */
static bool holds_memory(const layout *l, const bw_block *b)
{
    for (uint32_t i = 0; i < l->board->memory_count; i++) {
        const bw_block *m = &l->board->memories[i].block;

        if (m->size && m->address >= b->address && m->address - b->address < b->size)
            return true;
    }
    return false;
}

/* "uart0 (vm0)" of a device that is given away. */
static const char *device_name(const layout *l, const bw_node *node)
{
    const char *name = short_name(node);

    for (uint32_t i = 0; l->plan && i < l->plan->owner_count; i++)
        if (l->plan->owners[i].node == node)
            name = bw_arena_printf(l->arena, "%s (%s)", name, l->plan->owners[i].name);
    return name;
}

static void add_plan(layout *l)
{
    for (uint32_t i = 0; l->plan && i < l->plan->part_count; i++) {
        const bw_map_part *p = &l->plan->parts[i];

        add(l, p->kind, p->name, NULL, p->address, p->last - p->address + 1);
    }
}

static void add_devices(layout *l)
{
    for (uint32_t i = 0; i < l->board->device_count; i++) {
        const bw_device *d = &l->board->devices[i];

        if (d->unavailable && !l->all)
            continue;
        for (uint32_t k = 0; k < d->block_count; k++) {
            const bw_block *b = &d->blocks[k];

            if (b->mapped && b->size && !holds_memory(l, b))
                add(l, BW_MAP_DEVICE, device_name(l, d->node), d->node, b->address, b->size);
        }
        add_windows(l, d);
    }
}

/* ---- from items to boxes ---- */

/* By address; what holds others before what it holds. */
static int compare_items(gconstpointer x, gconstpointer y)
{
    const item *a = x, *b = y;

    if (a->as.address != b->as.address)
        return a->as.address < b->as.address ? -1 : 1;
    if (a->as.last != b->as.last)
        return a->as.last > b->as.last ? -1 : 1;
    if (a->as.kind != b->as.kind)
        return a->as.kind < b->as.kind ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static bw_map_region *last_region(const layout *l)
{
    return l->regions->len ? &g_array_index(l->regions, bw_map_region, l->regions->len - 1) : NULL;
}

/* "12 devices", or the name of the only one. */
static void name_devices(const layout *l, bw_map_region *r)
{
    GHashTable *seen = g_hash_table_new(NULL, NULL);

    for (uint32_t i = 0; i < r->part_count; i++)
        g_hash_table_add(seen, (gpointer)(uintptr_t)r->parts[i].node);
    guint count = g_hash_table_size(seen);
    r->name = count == 1 ? r->parts[0].name : bw_arena_printf(l->arena, "%u devices", count);
    g_hash_table_destroy(seen);
}

static void close_region(layout *l)
{
    bw_map_region *r = last_region(l);

    if (!r)
        return;
    r->part_count = l->parts->len;
    r->parts = bw_arena_dup(l->arena, l->parts->data, l->parts->len * sizeof(bw_map_part));
    g_array_set_size(l->parts, 0);
    if (r->kind == BW_MAP_DEVICES)
        name_devices(l, r);
}

static void open_region(layout *l, const bw_map_part *as, bw_map_kind kind)
{
    bw_map_region r = {.kind = kind, .name = as->name, .detail = as->detail, .node = as->node};

    r.address = as->address;
    r.last = as->last;

    close_region(l);
    g_array_append_val(l->regions, r);
}

static void place(layout *l, const bw_map_part *as)
{
    bw_map_region *r = last_region(l);
    bool within = r && as->last <= r->last;
    bool has_box = as->kind < BW_MAP_DEVICES;

    if (within && !(has_box && r->kind >= BW_MAP_DEVICES)) {
        g_array_append_vals(l->parts, as, 1);
        return;
    }
    if (has_box) {
        open_region(l, as, as->kind);
        return;
    }
    if (as->kind != BW_MAP_DEVICE) {
        open_region(l, as, as->kind); /* reserved or a partition, but in no memory: shown, a check speaks of it */
        return;
    }
    if (!r || r->kind != BW_MAP_DEVICES || (as->address > r->last && as->address - r->last > CLOSE_TOGETHER))
        open_region(l, as, BW_MAP_DEVICES);
    r = last_region(l);
    if (as->last > r->last)
        r->last = as->last;
    g_array_append_vals(l->parts, as, 1);
}

bw_map *bw_map_of(const bw_board *board, const bw_map_plan *plan, bool all)
{
    bw_arena *arena = &board->tree->unit->arena;
    bw_map *map = bw_arena_new(arena, bw_map);
    layout l = {.board = board, .arena = arena, .plan = plan, .all = all};

    l.items = g_array_new(FALSE, FALSE, sizeof(item));
    l.regions = g_array_new(FALSE, FALSE, sizeof(bw_map_region));
    l.parts = g_array_new(FALSE, FALSE, sizeof(bw_map_part));
    add_memories(&l);
    add_partitions(&l);
    add_devices(&l);
    add_plan(&l);
    g_array_sort(l.items, compare_items);
    for (guint i = 0; i < l.items->len; i++)
        place(&l, &g_array_index(l.items, item, i).as);
    close_region(&l);
    map->count = l.regions->len;
    map->regions = bw_arena_dup(arena, l.regions->data, l.regions->len * sizeof(bw_map_region));
    map->digits = 8;
    for (uint32_t i = 0; i < map->count; i++)
        while (map->digits < 16 && (map->regions[i].last + 1) >> (4 * map->digits) > 0)
            map->digits += 2;
    g_array_free(l.parts, TRUE);
    g_array_free(l.regions, TRUE);
    g_array_free(l.items, TRUE);
    return map;
}

/* ---- JSON ---- */

static json_t *extent(const char *name, bw_map_kind kind, const bw_tree *tree, const bw_node *node, uint64_t address,
                      uint64_t last)
{
    json_t *o = json_object();
    char text[24];

    json_object_set_new(o, "name", bw_json_text(name));
    json_object_set_new(o, "kind", json_string(bw_map_kind_name(kind)));
    snprintf(text, sizeof text, "0x%" PRIx64, address);
    json_object_set_new(o, "address", json_string(text));
    snprintf(text, sizeof text, "0x%" PRIx64, last);
    json_object_set_new(o, "last", json_string(text));
    if (last - address < INT64_MAX)
        json_object_set_new(o, "size", json_integer((json_int_t)(last - address + 1)));
    if (node)
        json_object_set_new(o, "path", bw_json_text(bw_node_path(tree, node)));
    return o;
}

json_t *bw_map_json(const bw_board *board, const bw_map *map, const bw_target *target)
{
    json_t *o = json_object();
    json_t *regions = json_array();

    json_object_set_new(o, "target", bw_json_text(target->name));
    json_object_set_new(o, "file", bw_json_text(target->path));
    json_object_set_new(o, "regions", regions);
    for (uint32_t i = 0; i < map->count; i++) {
        const bw_map_region *r = &map->regions[i];
        json_t *region = extent(r->name, r->kind, board->tree, r->node, r->address, r->last);
        json_t *parts = json_array();

        for (uint32_t k = 0; k < r->part_count; k++) {
            const bw_map_part *p = &r->parts[k];

            json_array_append_new(parts, extent(p->name, p->kind, board->tree, p->node, p->address, p->last));
        }
        json_object_set_new(region, "parts", parts);
        json_array_append_new(regions, region);
    }
    return o;
}
