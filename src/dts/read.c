/* SPDX-License-Identifier: Apache-2.0 */
#include "dts/parser.h"

#include <glib.h>
#include <string.h>

/* What a worker keeps from board to board. */
typedef struct reader {
    bw_pp pp;
    GArray *bodies;
    GString *join;
    GPtrArray *unknown;
    bw_scratch scratch;
    bw_dts_size size;
    GPtrArray *paths; /* of the files of the last board, NULL-terminated */
} reader;

static void reader_free(void *data)
{
    reader *r = data;

    bw_pp_clear(&r->pp);
    g_array_free(r->bodies, TRUE);
    g_string_free(r->join, TRUE);
    g_ptr_array_free(r->unknown, TRUE);
    g_free(r->scratch.bytes);
    g_free(r->scratch.marks);
    g_free(r->scratch.elems);
    g_ptr_array_free(r->paths, TRUE);
    g_free(r);
}

static reader *reader_of(bw_unit *unit)
{
    reader *r = unit->reader;

    if (r)
        return r;
    r = g_new0(reader, 1);
    bw_pp_init(&r->pp, unit);
    r->bodies = g_array_new(FALSE, FALSE, sizeof(bw_open_body));
    r->join = g_string_new(NULL);
    r->unknown = g_ptr_array_new();
    r->paths = g_ptr_array_new();
    unit->reader = r;
    unit->reader_free = reader_free;
    return r;
}

/* The "reg" of the first child of /cpus, deleted or not (dtc's guess). */
static uint32_t guess_boot_cpuid(const bw_tree *tree)
{
    const bw_node *cpus = tree->root ? bw_node_child(tree->root, tree->unit->n->cpus) : NULL;
    const bw_node *cpu = cpus ? cpus->first_child : NULL;
    const bw_prop *reg = cpu ? bw_node_prop(cpu, tree->unit->n->reg) : NULL;
    uint32_t cell;

    if (!reg || reg->value.len != 4)
        return 0;
    memcpy(&cell, reg->value.data, 4);
    return GUINT32_FROM_BE(cell);
}

static void remember_paths(reader *r)
{
    g_ptr_array_set_size(r->paths, 0);
    for (guint i = 0; i < r->pp.files->len; i++)
        g_ptr_array_add(r->paths, (void *)(uintptr_t)((bw_source *)r->pp.files->pdata[i])->path);
    g_ptr_array_add(r->paths, NULL);
}

bw_tree *bw_dts_read(bw_unit *unit, const char *path, const bw_dts_options *options)
{
    reader *r = reader_of(unit);
    bw_tree *tree = bw_tree_new(unit, path);
    bw_parser p = {.unit = unit,
                   .tree = tree,
                   .pp = &r->pp,
                   .options = options,
                   .zephyr = options->dialect == BW_DIALECT_ZEPHYR,
                   .bodies = r->bodies,
                   .join = r->join,
                   .unknown = r->unknown,
                   .scratch = &r->scratch};

    tree->from_source = true;
    if (!bw_pp_begin(&r->pp, path, options))
        return NULL;
    g_array_set_size(r->bodies, 0);
    g_ptr_array_set_size(r->unknown, 0);
    bw_parse_file(&p);
    if (r->pp.faults > 0 && !(options->tolerate_missing && r->pp.faults == r->pp.missing))
        tree->broken = true;
    if (r->pp.missing)
        tree->has_unknown = true;
    tree->lacks_nodes = r->pp.missing_nodes;
    tree->boot_cpuid = guess_boot_cpuid(tree);
    r->size = (bw_dts_size){p.tokens, unit->locs.next - 1, r->pp.visits};
    remember_paths(r);
    bw_pp_end(&r->pp);
    return tree;
}

const char *const *bw_dts_files(const bw_unit *unit, uint32_t *count)
{
    static const char *const none[] = {NULL};
    const reader *r = unit->reader;

    if (count)
        *count = r && r->paths->len ? r->paths->len - 1 : 0;
    return r && r->paths->len ? (const char *const *)r->paths->pdata : none;
}

bw_dts_size bw_dts_size_of(const bw_unit *unit)
{
    const reader *r = unit->reader;

    return r ? r->size : (bw_dts_size){0};
}
