/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/cheriot/from_tree.h"

#include "tree/strings.h"

/* -- the document --------------------------------------------------------------------------------- */

void bw_cheriot_put_in(GArray *members, const char *name, bw_place place, const bw_json *value)
{
    bw_json_member member = {name, place, value};

    g_array_append_val(members, member);
}

void bw_cheriot_put(bw_cheriot_maker *m, const char *name, bw_place place, const bw_json *value)
{
    bw_cheriot_put_in(m->members, name, place, value);
}

const bw_json *bw_cheriot_object(bw_cheriot_maker *m, GArray *members)
{
    const bw_json *object = bw_json_new_object(m->arena, (const bw_json_member *)(void *)members->data, members->len);

    g_array_unref(members);
    return object;
}

bw_place bw_cheriot_span_place(const bw_cheriot_maker *m, bw_span span)
{
    return span.begin ? bw_locs_place(&m->tree->unit->locs, span) : bw_file_place(m->tree->path);
}

const bw_json *bw_cheriot_address(bw_cheriot_maker *m, uint64_t value, const bw_block *block, uint32_t offset)
{
    bw_json *number =
        bw_json_new_number(m->arena, (double)value, bw_arena_printf(m->arena, "0x%" G_GINT64_MODIFIER "x", value));

    if (m->tree->from_source)
        bw_json_locate(number, bw_cheriot_span_place(m, bw_prop_elem_span(block->prop, offset)));
    return number;
}

const bw_json *bw_cheriot_said_number(bw_cheriot_maker *m, uint64_t value, const bw_yaml *said)
{
    bw_json *number = bw_json_new_number(m->arena, (double)value, NULL);

    bw_json_locate(number, bw_yaml_place(said));
    return number;
}

const bw_json *bw_cheriot_said_text(bw_cheriot_maker *m, const bw_yaml *said)
{
    bw_json *text = bw_json_new_text(m->arena, said->text);

    bw_json_locate(text, bw_yaml_place(said));
    return text;
}

/* -- what support.yml says ------------------------------------------------------------------------ */

const bw_yaml *bw_cheriot_say(const bw_cheriot_maker *m, const char *key)
{
    return m->section ? bw_yaml_get(m->section, key) : NULL;
}

const bw_node *bw_cheriot_said_node(bw_cheriot_maker *m, const bw_yaml *said)
{
    const bw_node *node = bw_board_node(m->board, said->text);

    if (node)
        return node;
    const char *near = bw_tree_nearest_label(m->tree, said->text);
    bw_finding *f = bw_findings_add(m->findings, BW_CODE_cheriot_no_node, bw_yaml_place(said),
                                    "the devicetree has no node \"%s\"", said->text);
    if (near)
        bw_finding_cure(f, "did you mean %s?", near);
    m->failed = true;
    return NULL;
}

/* The nodes that a list names. */
static GHashTable *nodes_of(bw_cheriot_maker *m, const char *key)
{
    const bw_yaml *list = bw_cheriot_say(m, key);
    GHashTable *nodes = g_hash_table_new(NULL, NULL);

    for (uint32_t i = 0; list && i < list->count; i++) {
        const bw_node *node = bw_cheriot_said_node(m, list->items[i]);

        if (node)
            g_hash_table_add(nodes, (gpointer)(uintptr_t)node);
    }
    return nodes;
}

static GHashTable *names_of(bw_cheriot_maker *m)
{
    const bw_yaml *map = bw_cheriot_say(m, "names");
    GHashTable *names = g_hash_table_new(NULL, NULL);

    for (uint32_t i = 0; map && i < map->count; i++) {
        const bw_node *node = bw_cheriot_said_node(m, map->entries[i].key);

        if (node)
            g_hash_table_insert(names, (gpointer)(uintptr_t)node, (gpointer)(uintptr_t)map->entries[i].value);
    }
    return names;
}

/* -- the board ------------------------------------------------------------------------------------ */

static const bw_device *find_compatible(const bw_cheriot_maker *m, const char *const *compatibles)
{
    for (uint32_t i = 0; i < m->board->device_count; i++)
        for (const char *const *c = compatibles; *c; c++)
            if (!m->board->devices[i].unavailable && bw_node_is_compatible(m->tree, m->board->devices[i].node, *c))
                return &m->board->devices[i];
    return NULL;
}

static const char *stem_of(bw_arena *arena, const char *path)
{
    char *base = g_path_get_basename(path);
    char *dot = strrchr(base, '.');
    const char *stem = bw_arena_strndup(arena, base, dot && dot > base ? (size_t)(dot - base) : strlen(base));

    g_free(base);
    return stem;
}

static const char *folder_of(bw_arena *arena, const char *path)
{
    char *folder = g_path_get_dirname(path);
    const char *copy = bw_arena_strdup(arena, folder);

    g_free(folder);
    return copy;
}

static bw_cheriot_board *start_board(const bw_cheriot_maker *m, const bw_target *target,
                                     const bw_cheriot_options *options)
{
    bw_cheriot_board *made = bw_arena_new(m->arena, bw_cheriot_board);
    bw_cheriot_file *file = bw_arena_new(m->arena, bw_cheriot_file);

    file->kind = BW_CHERIOT_BASE;
    file->path = target->path;
    made->name = target->board ? target->board : stem_of(m->arena, target->path);
    made->directory = made->base_directory = folder_of(m->arena, target->path);
    made->sdk = options ? options->sdk : NULL;
    made->project = options && options->project ? options->project : ".";
    made->files = file;
    made->file_count = 1;
    made->of_devicetree = true;
    return made;
}

const bw_cheriot_board *bw_cheriot_from_tree(const bw_board *board, const bw_target *target, const bw_yaml *section,
                                             const bw_cheriot_options *options)
{
    static const char *const clints[] = {"riscv,clint0", "sifive,clint0", NULL};
    static const char *const plics[] = {"riscv,plic0", "sifive,plic-1.0.0", "thead,c900-plic", "andestech,nceplic100",
                                        NULL};
    bw_unit *unit = board->tree->unit;
    bw_cheriot_maker m = {.board = board,
                          .tree = board->tree,
                          .section = section && section->kind == BW_YAML_MAP ? section : NULL,
                          .arena = &unit->arena,
                          .findings = unit->findings};

    m.members = g_array_new(FALSE, FALSE, sizeof(bw_json_member));
    m.console = board->console ? bw_board_device(board, board->console->node) : NULL;
    m.clint = find_compatible(&m, clints);
    m.plic = find_compatible(&m, plics);
    m.omit = nodes_of(&m, "omit");
    m.shrink = nodes_of(&m, "shrink");
    m.names = names_of(&m);
    GArray *named = bw_cheriot_name_devices(&m);
    bw_cheriot_put_devices(&m, named);
    bw_cheriot_put_memories(&m);
    bw_cheriot_put_interrupts(&m, named);
    bw_cheriot_put_clocks(&m);
    bw_cheriot_put_section(&m);
    g_array_unref(named);
    g_hash_table_unref(m.omit);
    g_hash_table_unref(m.shrink);
    g_hash_table_unref(m.names);
    const bw_json *document = bw_cheriot_object(&m, m.members);
    if (m.failed)
        return NULL;
    document = bw_cheriot_merge(&m, document, bw_cheriot_say(&m, "board"));
    bw_cheriot_board *made = start_board(&m, target, options);
    bw_cheriot_fill(made, document, unit->ctx, m.arena, m.findings);
    return made;
}
