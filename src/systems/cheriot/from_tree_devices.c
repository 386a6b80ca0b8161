/* SPDX-License-Identifier: Apache-2.0 */
/* Devices of a devicetree, with the names that CHERIoT knows them by. */
#include "systems/cheriot/bounds.h"
#include "systems/cheriot/from_tree.h"

#include "tree/strings.h"

/* Names with a fixed meaning; of such a device the first block has the name as it is. */
static const char *const fixed[] = {"uart", "clint", "plic", "shadow", "revoker", NULL};

/* Letters, digits and '_', not beginning with a digit. */
static const char *as_name(bw_arena *arena, const char *text, size_t len)
{
    char *name = bw_arena_strndup(arena, text, len);

    for (char *c = name; *c; c++)
        if (!g_ascii_isalnum(*c))
            *c = '_';
    return g_ascii_isdigit(*name) ? bw_arena_printf(arena, "_%s", name) : name;
}

static const char *name_of(bw_cheriot_maker *m, const bw_device *device, const bw_yaml *said)
{
    if (said)
        return said->text;
    if (device == m->console)
        return "uart";
    if (device == m->clint)
        return "clint";
    if (device == m->plic)
        return "plic";
    if (device->label)
        return device->label;
    return as_name(m->arena, device->node->name->text, device->node->name->base_len);
}

static bool is_exported(const bw_cheriot_maker *m, const bw_device *device)
{
    if (device->unavailable || bw_node_is_compatible(m->tree, device->node, BW_CHERIOT_INTERRUPTS) ||
        g_hash_table_contains(m->omit, device->node))
        return false;
    for (uint32_t i = 0; i < device->block_count; i++)
        if (device->blocks[i].mapped && device->blocks[i].size)
            return true;
    return false;
}

GArray *bw_cheriot_name_devices(bw_cheriot_maker *m)
{
    GArray *named = g_array_new(FALSE, FALSE, sizeof(bw_cheriot_named));

    for (uint32_t i = 0; i < m->board->device_count; i++) {
        const bw_device *device = &m->board->devices[i];

        if (device->unavailable) {
            bw_find_node(m->tree, BW_CODE_cheriot_left_out, device->node, "%s is not okay and is left out",
                         device->path);
        } else if (is_exported(m, device)) {
            const bw_yaml *said = g_hash_table_lookup(m->names, device->node);
            bw_cheriot_named one = {device, name_of(m, device, said), said};

            g_array_append_val(named, one);
        }
    }
    return named;
}

/* -- their ranges --------------------------------------------------------------------------------- */

static bool is_fixed(const char *name)
{
    return g_strv_contains(fixed, name);
}

/* The name of one of several blocks: NAME_<reg-name>, or NAME_<number>. */
static const char *block_name(bw_cheriot_maker *m, const bw_cheriot_named *one, uint32_t index)
{
    const bw_block *block = &one->device->blocks[index];

    if (one->device->block_count == 1 || (index == 0 && is_fixed(one->name)))
        return one->name;
    if (block->name)
        return bw_arena_printf(m->arena, "%s_%s", one->name, as_name(m->arena, block->name, strlen(block->name)));
    return bw_arena_printf(m->arena, "%s_%u", one->name, index);
}

static uint64_t shrunk(const bw_block *block)
{
    uint64_t largest = bw_cheriot_largest(block->address, MIN(block->size, BW_CHERIOT_MAX_DEVICE - 1));

    return largest ? largest : block->size;
}

static const bw_json *extent_of(bw_cheriot_maker *m, const bw_block *block, bool shrink)
{
    GArray *members = g_array_new(FALSE, FALSE, sizeof(bw_json_member));
    uint64_t size = shrink ? shrunk(block) : block->size;
    bw_place place = {0};

    bw_cheriot_put_in(members, "start", place,
                      bw_cheriot_address(m, block->address, block, bw_cheriot_first_cell(block)));
    bw_cheriot_put_in(members, "length", place, bw_cheriot_address(m, size, block, bw_cheriot_size_cell(block)));
    bw_json *object = bw_json_new_object(m->arena, (const bw_json_member *)(void *)members->data, members->len);
    if (m->tree->from_source)
        bw_json_locate(object, bw_cheriot_span_place(m, bw_prop_range_span(block->prop, block->offset, block->len)));
    g_array_unref(members);
    return object;
}

static void say_same_name(bw_cheriot_maker *m, const bw_cheriot_named *one, const bw_cheriot_named *other,
                          const char *name)
{
    const char *called = other->device == m->console && !other->said ? " as the console" : "";
    bw_finding *f;

    m->failed = true;
    if (one->said)
        f = bw_findings_add(m->findings, BW_CODE_cheriot_same_name, bw_yaml_place(one->said),
                            "%s cannot be called %s: %s has that name%s", one->device->path, name, other->device->path,
                            called);
    else
        f = bw_find_node(m->tree, BW_CODE_cheriot_same_name, one->device->node,
                         "%s would be called %s, but %s has that name%s", one->device->path, name, other->device->path,
                         called);
    bw_find_note_node(m->tree, f, other->device->node, "%s is here", other->device->path);
    bw_finding_cure(
        f, "give one of them another name under names: of cheriot: in support.yml, or leave one out with omit:");
}

void bw_cheriot_put_devices(bw_cheriot_maker *m, const GArray *named)
{
    GArray *members = g_array_new(FALSE, FALSE, sizeof(bw_json_member));
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < named->len; i++) {
        const bw_cheriot_named *one = &g_array_index(named, bw_cheriot_named, i);
        bool shrink = g_hash_table_contains(m->shrink, one->device->node);

        for (uint32_t j = 0; j < one->device->block_count; j++) {
            const bw_block *block = &one->device->blocks[j];
            const char *name = block_name(m, one, j);
            const bw_cheriot_named *other = g_hash_table_lookup(seen, name);

            if (!block->mapped || !block->size)
                continue;
            if (other) {
                say_same_name(m, one, other, name);
                continue;
            }
            g_hash_table_insert(seen, (gpointer)(uintptr_t)name, (gpointer)(uintptr_t)one);
            bw_cheriot_put_in(members, name, bw_cheriot_span_place(m, bw_node_span(one->device->node)),
                              extent_of(m, block, shrink));
        }
    }
    g_hash_table_unref(seen);
    bw_cheriot_put(m, "devices", (bw_place){0}, bw_cheriot_object(m, members));
}
