/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a board's qualifiers: SoCs, CPU clusters, variants. */
#include "systems/zephyr/model.h"

#include "systems/zephyr/walk.h"

#include <string.h>

typedef bw_zephyr_grower grower;

/* For no more SoCs than this a nearer name is looked for: who has more has no misspelt one. */
#define UNKNOWN_MAX 100

int bw_zephyr_compare_nodes(gconstpointer a, gconstpointer b, gpointer unused)
{
    const bw_zephyr_target *x = a;
    const bw_zephyr_target *y = b;

    (void)unused;
    if (x->board != y->board)
        return (uintptr_t)x->board < (uintptr_t)y->board ? -1 : 1;
    if (x->parent != y->parent)
        return (uintptr_t)x->parent < (uintptr_t)y->parent ? -1 : 1;
    return strcmp(x->segment, y->segment);
}

bw_zephyr_target *bw_zephyr_child(const bw_zephyr *z, const bw_zephyr_board *board, bw_zephyr_target *parent,
                                  const char *segment)
{
    const bw_zephyr_target key = {.board = board, .parent = parent, .segment = segment};

    return g_tree_lookup(z->nodes, &key);
}

bw_zephyr_target *bw_zephyr_add_node(grower *g, bw_zephyr_target *parent, const char *segment, const bw_yaml *at)
{
    bw_zephyr_target **first = parent ? &parent->first : &g->board->first;
    bw_zephyr_target **last = parent ? &parent->last : &g->board->last;
    const bw_zephyr_target *twin = bw_zephyr_child(g->z, g->board, parent, segment);
    bw_zephyr_target *t = bw_arena_new(&g->z->arena, bw_zephyr_target);

    t->board = g->board;
    t->segment = segment;
    t->name = bw_arena_join(&g->z->arena, parent ? parent->name : g->board->name, "/", segment);
    t->qualifiers = t->name + strlen(g->board->name) + 1;
    t->soc = g->soc;
    t->at = at;
    t->folder = g->folder;
    t->turn = g->turn;
    t->buildable = true;
    t->parent = parent;
    if (twin) {
        bw_finding *f = bw_findings_add(g->findings, BW_CODE_duplicate_name, bw_yaml_place(at),
                                        "the target %s is there twice", t->name);
        bw_finding_note(f, bw_yaml_place(twin->at), "the other one comes from here");
        g->ok = false;
        return NULL;
    }
    if (*last)
        (*last)->next = t;
    else
        *first = t;
    *last = t;
    g_tree_insert(g->z->nodes, t, t);
    return t;
}

static void add_variants(grower *g, bw_zephyr_target *parent, const bw_yml_variant *variants, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        bw_zephyr_add_variant(g, parent, &variants[i]);
}

bw_zephyr_target *bw_zephyr_add_variant(grower *g, bw_zephyr_target *parent, const bw_yml_variant *variant)
{
    bw_zephyr_target *t = bw_zephyr_add_node(g, parent, variant->name, variant->at);

    if (!t)
        return NULL;
    t->parent_dts = variant->parent_dts;
    t->parent_kconfig = variant->parent_kconfig;
    /* Below a variant a cpucluster is not looked at. */
    add_variants(g, t, variant->variants, variant->variant_count);
    return t;
}

/* "a, b and c" of a SoC's clusters. Freed by the caller. */
static char *clusters_of(const bw_zephyr_soc *soc)
{
    GString *list = g_string_new(NULL);

    for (uint32_t i = 0; i < soc->cluster_count; i++)
        g_string_append_printf(list, "%s%s",
                               i == 0                       ? ""
                               : i + 1 < soc->cluster_count ? ", "
                                                            : " and ",
                               soc->clusters[i]->text);
    return g_string_free(list, FALSE);
}

/* Zephyr's script ends here with a KeyError. */
static void need_cluster(grower *g, const bw_zephyr_soc *soc, const bw_yml_variant *variant)
{
    char *clusters = clusters_of(soc);
    bw_finding *f =
        bw_findings_add(g->findings, BW_CODE_zephyr_cluster_missing, bw_yaml_place(variant->at),
                        "the variant %s does not say which CPU cluster of %s it is for", variant->name, soc->name);

    bw_finding_note(f, bw_yaml_place(soc->clusters[0]), "%s has %s", soc->name, clusters);
    if (soc->cluster_count == 1)
        bw_finding_cure(f, "add 'cpucluster: %s'", soc->clusters[0]->text);
    else
        bw_finding_cure(f, "add 'cpucluster:' with one of %s", clusters);
    g->ok = false;
    g_free(clusters);
}

static bool has_cluster(const bw_zephyr_soc *soc, const char *name)
{
    for (uint32_t i = 0; i < soc->cluster_count; i++)
        if (strcmp(soc->clusters[i]->text, name) == 0)
            return true;
    return false;
}

static void add_clusters(grower *g, bw_zephyr_target *soc_node, const bw_yml_soc *yml)
{
    const bw_zephyr_soc *soc = g->soc;

    soc_node->buildable = false;
    for (uint32_t i = 0; i < yml->variant_count; i++) {
        if (!yml->variants[i].cpucluster)
            need_cluster(g, soc, &yml->variants[i]);
        else if (!has_cluster(soc, yml->variants[i].cpucluster))
            bw_zephyr_doubt(g->z, g->file); /* the check of metadata says so */
    }
    for (uint32_t c = 0; c < soc->cluster_count; c++) {
        const char *name = soc->clusters[c]->text;
        bw_zephyr_target *node = bw_zephyr_child(g->z, g->board, soc_node, name);

        /* An extension adds variants to a SoC that has them already; twice in one soc.yml is a mistake. */
        if (!node || node->folder == g->folder)
            node = bw_zephyr_add_node(g, soc_node, name, soc->clusters[c]);
        for (uint32_t i = 0; node && i < yml->variant_count; i++)
            if (yml->variants[i].cpucluster && strcmp(yml->variants[i].cpucluster, name) == 0)
                add_variants(g, node, &yml->variants[i], 1);
    }
}

/* A soc.yaml, which is none for Zephyr: when a SoC is not known, this is the one mistake to speak of. */
static void seek_misnamed(grower *g)
{
    static const char *const names[] = {"soc.yaml", "Soc.yml", "Soc.yaml", "SOC.yml", "socs.yml", NULL};
    bw_zephyr *z = g->z;

    for (const char *const *name = names; *name && !z->misnamed_sought; name++) {
        GArray *parts = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_part));
        GArray *found = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_found));

        bw_zephyr_split(&z->arena, z->roots.soc_roots, "soc", *name, BW_ZEPHYR_BY_PATH, parts);
        for (guint i = 0; i < parts->len; i++)
            bw_zephyr_walk(&z->arena, &g_array_index(parts, bw_zephyr_part, i), *name, BW_ZEPHYR_BY_PATH, found);
        for (guint i = 0; i < found->len; i++) {
            bw_finding *f = bw_findings_add(g->findings, BW_CODE_zephyr_metadata_name,
                                            bw_file_place(g_array_index(found, bw_zephyr_found, i).path),
                                            "Zephyr looks for soc.yml, so this file does not exist for it");
            bw_finding_cure(f, "rename it to soc.yml");
            z->socs_incomplete = true;
            g->ok = false;
        }
        g_array_free(parts, TRUE);
        g_array_free(found, TRUE);
    }
    z->misnamed_sought = true;
}

static void unknown_soc(grower *g, const bw_yml_soc *yml)
{
    seek_misnamed(g);
    /* Which SoCs a broken soc.yml would have had, nobody knows. */
    if (g->z->socs_incomplete)
        return;
    bw_finding *f = bw_findings_add(g->findings, BW_CODE_zephyr_soc_unknown, bw_yaml_place(yml->at),
                                    "no soc.yml under the SoC roots has a SoC called %s", yml->name);
    const char **names = g_new0(const char *, g->z->soc_count + 1);

    for (uint32_t i = 0; i < g->z->soc_count; i++)
        names[i] = g->z->socs[i]->name;
    const char *near = g->z->unknown_socs++ < UNKNOWN_MAX ? bw_nearest(yml->name, names) : NULL;
    if (near) {
        bw_finding_note(f, bw_yaml_place(bw_zephyr_soc_called(g->z, near)->at), "%s is here", near);
        bw_finding_cure(f, "did you mean '%s'?", near);
    } else if (g->z->soc_count == 0) {
        bw_finding_cure(f, "name the Zephyr tree with --soc-root");
    }
    g->ok = false;
    g_free(names);
}

const bw_zephyr_soc *bw_zephyr_soc_of(const bw_zephyr *z, const char *board, const char *name, bool loose)
{
    const bw_zephyr_soc *soc = bw_zephyr_soc_called(z, name);

    if (!soc && loose) {
        char *key = g_strdup_printf("%s/%s", board, name);

        soc = g_tree_lookup(z->made_up_socs, key);
        g_free(key);
    }
    return soc;
}

void bw_zephyr_add_soc(grower *g, const bw_yml_soc *yml)
{
    bw_zephyr_target *node = bw_zephyr_child(g->z, g->board, NULL, yml->name);

    g->soc = bw_zephyr_soc_of(g->z, g->board->name, yml->name, g->loose);
    if (!g->soc) {
        unknown_soc(g, yml);
        bw_zephyr_doubt(g->z, g->file);
    }
    /* An extension adds variants to a SoC that is there; without any it adds what is there. */
    if (!node || node->folder == g->folder || !yml->variant_count)
        node = bw_zephyr_add_node(g, NULL, yml->name, yml->at);
    if (node && g->soc && g->soc->cluster_count)
        add_clusters(g, node, yml);
    else if (node)
        add_variants(g, node, yml->variants, yml->variant_count);
    g->soc = NULL;
}

bool bw_zephyr_grow(bw_zephyr *z, bw_zephyr_board *board, bw_findings *findings)
{
    const bw_yml_board *yml = board->yml;
    grower g = {
        .z = z, .board = board, .file = board->file, .findings = findings, .loose = board->dirs[0]->loose, .ok = true};

    for (uint32_t i = 0; i < yml->soc_count; i++)
        bw_zephyr_add_soc(&g, &yml->socs[i]);
    add_variants(&g, NULL, yml->variants, yml->variant_count);
    if (!g.ok)
        bw_zephyr_doubt(z, board->file);
    return g.ok;
}

/* ---- SoCs that no soc.yml has ---- */

static void add_cluster(bw_zephyr *z, bw_zephyr_soc *soc, const bw_yaml *cluster)
{
    const bw_yaml **longer;

    if (has_cluster(soc, cluster->text))
        return;
    longer = bw_arena_array(&z->arena, const bw_yaml *, soc->cluster_count + 1);
    if (soc->cluster_count)
        memcpy(longer, soc->clusters, soc->cluster_count * sizeof *longer);
    longer[soc->cluster_count++] = cluster;
    soc->clusters = longer;
}

void bw_zephyr_make_up_socs(bw_zephyr *z, const bw_board_yml *file)
{
    for (uint32_t i = 0; i < file->count; i++) {
        const bw_yml_board *yml = &file->boards[i];
        const char *board = yml->name ? yml->name : yml->extend;

        for (uint32_t s = 0; s < yml->soc_count; s++) {
            const bw_yml_soc *of = &yml->socs[s];
            const char *key = bw_arena_printf(&z->arena, "%s/%s", board, of->name);
            bw_zephyr_soc *soc = g_tree_lookup(z->made_up_socs, key);

            if (bw_zephyr_soc_called(z, of->name))
                continue;
            if (!soc) {
                soc = bw_arena_new(&z->arena, bw_zephyr_soc);
                *soc = (bw_zephyr_soc){.name = of->name, .at = of->at, .made_up = true};
                g_tree_insert(z->made_up_socs, (gpointer)(uintptr_t)key, soc);
            }
            for (uint32_t v = 0; v < of->variant_count; v++)
                if (of->variants[v].cpucluster)
                    add_cluster(z, soc, of->variants[v].cpucluster_at);
        }
    }
}

/* ---- the list ---- */

static void collect(GPtrArray *targets, bw_zephyr_target *first)
{
    for (bw_zephyr_target *t = first; t; t = t->next) {
        if (t->buildable)
            g_ptr_array_add(targets, t);
        collect(targets, t->first);
    }
}

void bw_zephyr_flatten(bw_zephyr *z, bw_zephyr_board *board)
{
    GPtrArray *targets = g_ptr_array_new();

    collect(targets, board->first);
    board->target_count = targets->len;
    board->targets = (const bw_zephyr_target *const *)bw_zephyr_keep(z, targets);
}
