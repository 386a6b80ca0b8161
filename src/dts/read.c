/* SPDX-License-Identifier: Apache-2.0 */
#include "dts/mend.h"

#include <glib.h>
#include <string.h>

/* What a worker keeps from board to board. */
typedef struct reader {
    bw_pp pp;
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

/* Reads the board once. @return NULL when the main file cannot be read. */
static bw_tree *read_once(bw_unit *unit, const char *path, const bw_dts_options *options, bw_parser *p)
{
    reader *r = unit->reader;
    bw_tree *tree = bw_tree_new(unit, path);

    *p = (bw_parser){.unit = unit,
                     .tree = tree,
                     .pp = &r->pp,
                     .options = options,
                     .zephyr = options->dialect == BW_DIALECT_ZEPHYR,
                     .mender = p->mender,
                     .join = r->join,
                     .unknown = r->unknown,
                     .scratch = &r->scratch};
    tree->from_source = true;
    tree->zephyr = p->zephyr;
    if (!bw_pp_begin(&r->pp, path, options))
        return NULL;
    g_ptr_array_set_size(r->unknown, 0);
    bw_parse_file(p);
    if (r->pp.faults > 0 && !(options->tolerate_missing && r->pp.faults == r->pp.missing))
        tree->broken = true;
    if (r->pp.unclosed && (r->pp.mend_comments || options->mend_comments))
        tree->broken = true;
    if (r->pp.missing)
        tree->has_unknown = true;
    tree->lacks_nodes = r->pp.missing_nodes;
    tree->boot_cpuid = guess_boot_cpuid(tree);
    return tree;
}

/* Where a unit was before a board was read. */
typedef struct mark {
    bw_findings findings;
    uint32_t visits, expansions;
    bw_loc next;
} mark;

static mark mark_of(const bw_unit *unit)
{
    return (mark){*unit->findings, unit->locs.visit_count, unit->locs.expansion_count, unit->locs.next};
}

static void go_back(bw_unit *unit, const mark *start)
{
    bw_findings *findings = unit->findings;

    findings->first = start->findings.first;
    findings->last = start->findings.last;
    memcpy(findings->counts, start->findings.counts, sizeof findings->counts);
    if (findings->last)
        findings->last->next = NULL;
    unit->locs.visit_count = start->visits;
    unit->locs.expansion_count = start->expansions;
    unit->locs.next = start->next;
    bw_slots_clear(&unit->macros);
    bw_slots_clear(&unit->labels);
    bw_pp_end(&((reader *)unit->reader)->pp);
}

bw_tree *bw_dts_read(bw_unit *unit, const char *path, const bw_dts_options *options)
{
    reader *r = reader_of(unit);
    const mark start = mark_of(unit);
    bw_parser p = {0};

    r->pp.mend_comments = false;
    bw_tree *tree = read_once(unit, path, options, &p);
    if (tree && tree->broken && r->pp.unclosed && !options->mend_comments) {
        r->pp.mend_comments = true;
        go_back(unit, &start);
        tree = read_once(unit, path, options, &p);
    }
    if (tree && p.unbalanced) { /* once more to see the braces, and again to read it as it was meant */
        p.mender = bw_mender_new();
        go_back(unit, &start);
        tree = read_once(unit, path, options, &p);
        if (tree && bw_mender_decide(p.mender, &p)) {
            go_back(unit, &start);
            tree = read_once(unit, path, options, &p);
        }
        bw_mender_free(p.mender);
    }
    if (!tree)
        return NULL;
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
