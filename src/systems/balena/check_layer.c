/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf/layer.conf and the samples of the repository's own layer: 19 to 24 of the list in docs/balena.md.
 *
 * Source: bitbake, lib/bb/cookerdata.py; OE-core, scripts/oe-setup-builddir; balena-yocto-scripts, build/barys.
 */
#include "systems/balena/words.h"

static const bw_bb_statement *find(const bw_bb_file *file, const char *prefix)
{
    for (uint32_t i = 0; i < file->count; i++)
        if (file->statements[i].kind == BW_BB_ASSIGN && g_str_has_prefix(file->statements[i].written, prefix))
            return &file->statements[i];
    return NULL;
}

/* ---- 19: layer.conf ---- */

static void check_conf(const bw_balena_repo *repo)
{
    const bw_balena_layer *layer = repo->layer;
    bw_unit *unit = repo->unit;

    if (!layer->conf) {
        const char *path = bw_arena_join(&unit->arena, layer->path, "/conf/layer.conf", "");
        if (!g_file_test(path, G_FILE_TEST_EXISTS)) /* else it is said why it cannot be read */
            bw_findings_add(unit->findings, BW_CODE_balena_layer_conf, bw_file_place(path),
                            "%s has no conf/layer.conf: BitBake stops where bblayers.conf names it", layer->name);
        return;
    }
    const bw_bb_statement *collection = find(layer->conf, "BBFILE_COLLECTIONS");
    const bw_place place = collection ? collection->name_place : bw_file_place(layer->conf->path);
    const char *name = layer->collection ? layer->collection : "NAME";
    if (!collection)
        bw_findings_add(unit->findings, BW_CODE_balena_layer_conf, place,
                        "BBFILE_COLLECTIONS is not set: BitBake knows no name, priority or release of %s", layer->name);
    if (!find(layer->conf, "BBFILES"))
        bw_findings_add(unit->findings, BW_CODE_balena_layer_conf, place,
                        "BBFILES is not set: BitBake sees no recipe and no append of %s", layer->name);
    if (collection && !find(layer->conf, "BBFILE_PATTERN_"))
        bw_findings_add(unit->findings, BW_CODE_balena_layer_conf, place,
                        "BBFILE_PATTERN_%s is not set: BitBake refuses the collection", name);
    char *compat = g_strconcat("LAYERSERIES_COMPAT_", layer->collection ? layer->collection : "", NULL);
    if (collection && !find(layer->conf, compat)) {
        bw_finding *f = bw_findings_add(unit->findings, BW_CODE_balena_layer_compat, place,
                                        "LAYERSERIES_COMPAT_%s is not set: the layer is for any release", name);
        const bw_balena_release *release = bw_balena_release_of(repo);
        if (release && layer->collection)
            bw_finding_cure(f, "add LAYERSERIES_COMPAT_%s = \"%s\"", name, release->name);
    }
    g_free(compat);
}

/* ---- 20, 21: bblayers.conf.sample ---- */

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static const bw_balena_release *release_of_entry(const bw_balena_stacked *l)
{
    const char *name = last_part(l->path);
    static const char *const prefixes[] = {"meta-balena-", "meta-resin-"};

    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(name, prefixes[i]) && !l->own)
            return bw_balena_release_find(name + strlen(prefixes[i]));
    return NULL;
}

static bool fits(const bw_balena_layer *layer, const char *release)
{
    for (const char *const *c = layer->compat; c && *c; c++)
        if (strcmp(*c, release) == 0)
            return true;
    return false;
}

static void check_releases(const bw_balena_repo *repo, const bw_balena_stack *stack)
{
    const bw_balena_layer *layer = repo->layer;

    for (uint32_t i = 0; i < stack->count; i++) {
        const bw_balena_release *release = release_of_entry(&stack->layers[i]);
        if (!release || !layer->compat || !layer->compat[0] || fits(layer, release->name))
            continue;
        bw_finding *f = bw_findings_add(repo->unit->findings, BW_CODE_balena_release_mismatch, stack->layers[i].place,
                                        "%s is for %s, but the layer says it is for %s",
                                        last_part(stack->layers[i].path), release->name, layer->compat[0]);
        bw_finding_note(f, layer->compat_place, "LAYERSERIES_COMPAT is here");
    }
}

/* "layers/poky" of ROOT/layers/poky/meta: the submodule or folder that must be there. */
static char *top_folder(const bw_balena_repo *repo, const char *path)
{
    const size_t root = strlen(repo->root);

    if (strncmp(path, repo->root, root) != 0 || !g_str_has_prefix(path + root, "/layers/"))
        return NULL;
    const char *name = path + root + strlen("/layers/");
    return g_strndup(path + root + 1, strlen("layers/") + strcspn(name, "/"));
}

static void check_entry(const bw_balena_repo *repo, const bw_balena_stacked *l)
{
    char *top = l->known ? top_folder(repo, l->path) : NULL;
    char *folder = top ? g_strconcat(repo->root, "/", top, NULL) : NULL;
    const bw_balena_submodule *sub = top ? bw_balena_submodule_of(repo, top) : NULL;

    if (top && !sub && !g_file_test(folder, G_FILE_TEST_IS_DIR))
        bw_findings_add(repo->unit->findings, BW_CODE_balena_bblayers_missing, l->place,
                        "%s is neither a folder nor a submodule of this repository", top);
    else if (top && !l->conf && !l->own && (!sub || sub->present) && g_file_test(folder, G_FILE_TEST_IS_DIR))
        bw_findings_add(repo->unit->findings, BW_CODE_balena_bblayers_missing, l->place,
                        "there is no conf/layer.conf in %s", l->path + strlen(repo->root) + 1);
    g_free(folder);
    g_free(top);
}

static bool is_balena(const bw_balena_stacked *l)
{
    const char *name = last_part(l->path);

    return l->own || g_str_has_prefix(name, "meta-balena-") || g_str_has_prefix(name, "meta-resin-");
}

/* One finding: of layers of balena behind poky the first is named, the others are notes. */
static void check_order(const bw_balena_repo *repo, const bw_balena_stack *stack)
{
    const bw_balena_stacked *poky = NULL;
    bw_finding *f = NULL;

    for (uint32_t i = 0; i < stack->count; i++) {
        const bw_balena_stacked *l = &stack->layers[i];
        if (!poky && strstr(l->path, "/poky/meta"))
            poky = l;
        if (!poky || !is_balena(l) || l->unlisted)
            continue;
        if (f) {
            bw_finding_note(f, l->place, "%s stands behind it too", last_part(l->path));
            continue;
        }
        f = bw_findings_add(repo->unit->findings, BW_CODE_balena_bblayers_order, l->place,
                            "%s stands behind poky: poky's classes and configuration hide those of the same name",
                            last_part(l->path));
        bw_finding_note(f, poky->place, "poky is here");
        if (!f)
            return;
    }
}

static void check_bblayers(const bw_balena_repo *repo)
{
    const bw_balena_stack *stack = bw_balena_stack_of(repo);

    if (!repo->layer->bblayers)
        return;
    check_releases(repo, stack);
    for (uint32_t i = 0; i < stack->count; i++) {
        if (stack->layers[i].unlisted)
            bw_findings_add(repo->unit->findings, BW_CODE_balena_bblayers_missing,
                            bw_file_place(repo->layer->bblayers->path),
                            "%s, the repository's own layer, is not among the layers", repo->layer->name);
        else
            check_entry(repo, &stack->layers[i]);
    }
    check_order(repo, stack);
}

/* ---- 23: where the samples lie ---- */

static void check_folder(const bw_balena_repo *repo)
{
    const bw_balena_layer *layer = repo->layer;
    bool any_samples = false, any_templates = false;

    if (!layer->samples && layer->conf)
        bw_findings_add(repo->unit->findings, BW_CODE_balena_samples_folder, bw_file_place(layer->path),
                        "%s has no bblayers.conf.sample and local.conf.sample: barys has nothing to make build/conf of",
                        layer->name);
    if (!layer->samples || !layer->compat)
        return;
    for (const char *const *c = layer->compat; *c; c++) {
        const bw_balena_release *r = bw_balena_release_find(*c);
        any_samples |= r && !r->templates;
        any_templates |= r && r->templates;
    }
    const bool templates = g_str_has_suffix(layer->samples, "conf/templates/default");
    if (templates && any_samples && !any_templates)
        bw_findings_add(repo->unit->findings, BW_CODE_balena_samples_folder, bw_file_place(layer->samples),
                        "%s reads conf/samples, but the samples lie in conf/templates/default", layer->release->name);
    if (!templates && any_templates && !any_samples)
        bw_findings_add(repo->unit->findings, BW_CODE_balena_samples_folder, bw_file_place(layer->samples),
                        "%s reads conf/templates/default only, but the samples lie in conf/samples",
                        layer->release->name);
}

/* ---- 24: machines of local.conf.sample ---- */

/* `#MACHINE ?= "x"` and `# MACHINE ??= "x"`: @return where the name begins, NULL when the line is none. */
static const char *machine_of(const char *line, uint32_t len, size_t *name_len)
{
    const char *p = line, *end = line + len;

    while (p < end && strchr("# \t", *p))
        p++;
    if (end - p < 7 || strncmp(p, "MACHINE", 7) != 0 || !strchr("?= \t", p[7]))
        return NULL;
    p = memchr(p, '"', (size_t)(end - p));
    const char *close = p ? memchr(p + 1, '"', (size_t)(end - p - 1)) : NULL;
    if (!close || close == p + 1)
        return NULL;
    *name_len = (size_t)(close - p - 1);
    return p + 1;
}

static bool has_ending(const char *name, size_t len)
{
    return len > 5 && strncmp(name + len - 5, ".conf", 5) == 0;
}

static void check_machines(const bw_balena_repo *repo)
{
    const bw_bb_file *local = repo->layer->local;
    GHashTable *listed, *known;
    GString *unknown = g_string_new(NULL), *absent = g_string_new(NULL);
    const char *line;
    uint32_t len;
    bw_place first = {0}, first_unknown = {0};

    if (!local) {
        g_string_free(unknown, TRUE);
        g_string_free(absent, TRUE);
        return;
    }
    listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (uint32_t i = 0; i < repo->device_count; i++)
        if (repo->devices[i].machine)
            g_hash_table_add(known, g_strdup(repo->devices[i].machine));
    for (uint32_t n = 1; bw_source_line(local->source, n, &line, &len); n++) {
        size_t name_len = 0;
        const char *name = machine_of(line, len, &name_len);
        if (!name)
            continue;
        const uint32_t at = (uint32_t)(name - local->source->text);
        const bw_place place = bw_source_place(local->source, at, at + (uint32_t)name_len);
        if (!first.file)
            first = place;
        if (has_ending(name, name_len)) {
            bw_finding *f = bw_findings_add(repo->unit->findings, BW_CODE_balena_local_machine_name, place,
                                            "%.*s is the name of a file, not of a machine", (int)name_len, name);
            bw_finding_cure(f, "write %.*s", (int)name_len - 5, name);
            name_len -= 5;
        }
        char *copy = g_strndup(name, name_len);
        if (!g_hash_table_contains(known, copy) && unknown->len < 512) {
            if (!first_unknown.file)
                first_unknown = place;
            g_string_append_printf(unknown, "%s%s", unknown->len ? ", " : "", copy);
        }
        g_hash_table_add(listed, copy);
    }
    for (uint32_t i = 0; i < repo->device_count && g_hash_table_size(listed); i++) {
        const char *machine = repo->devices[i].machine;
        if (machine && !g_hash_table_contains(listed, machine) && absent->len < 512) {
            g_string_append_printf(absent, "%s%s", absent->len ? ", " : "", machine);
            g_hash_table_add(listed, g_strdup(machine));
        }
    }
    if (absent->len)
        bw_findings_add(repo->unit->findings, BW_CODE_balena_local_machines, first, "The list of machines lacks %s",
                        absent->str);
    if (unknown->len)
        bw_findings_add(repo->unit->findings, BW_CODE_balena_local_machines, first_unknown,
                        "No device type has the machine %s", unknown->str);
    g_hash_table_destroy(listed);
    g_hash_table_destroy(known);
    g_string_free(unknown, TRUE);
    g_string_free(absent, TRUE);
}

void bw_balena_check_layer(const bw_balena_repo *repo)
{
    if (!repo->layer)
        return;
    check_conf(repo);
    check_bblayers(repo);
    check_folder(repo);
    check_machines(repo);
}
