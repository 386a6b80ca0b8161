/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/check_ocre.h"

#include "check/check.h"
#include "report/report.h"

#include <string.h>

const bw_ocre_app *const *bw_ocre_apps_of(const bw_ocre_sdk *sdk, bw_context *ctx, bw_zephyr_lookup *zephyr,
                                          const bw_target *target, const bw_load_options *load, bool with_files,
                                          bw_arena *arena, bw_findings *findings)
{
    const bw_ocre_app **apps = bw_arena_array(arena, const bw_ocre_app *, BW_OCRE_SAMPLES + 1);
    uint32_t count = 0;
    bw_zephyr_choice choice;
    bw_zephyr_files files;
    const bool known = bw_zephyr_files_of(zephyr, target, arena, &choice, &files);

    for (bw_ocre_sample s = 0; s < BW_OCRE_SAMPLES; s++) {
        const bw_ocre_app *app = sdk->samples[s].folder
                                     ? bw_ocre_app_of(sdk, s, ctx, target, known ? &choice : NULL,
                                                      known ? &files : NULL, load->overlays, arena, findings)
                                     : NULL;

        if (app && (!with_files || app->conf || app->overlay))
            apps[count++] = app;
    }
    return apps;
}

/* ---- which findings count ---- */

static bool is_of(const bw_place *place, const char *folder, size_t len)
{
    return place->file && strncmp(place->file, folder, len) == 0 && place->file[len] == '/';
}

static bool is_ocres(bw_code code)
{
    const char *name = bw_codes[code].name;

    return g_str_has_prefix(name, "ocre-") || g_str_has_prefix(name, "fstab-") || g_str_has_prefix(name, "littlefs-") ||
           strcmp(name, "native-flash-offset-zero") == 0;
}

/* Ocre's fstab names the partition that is missing: that is said already. */
static bool is_consequence(const bw_findings *findings, const bw_finding *f)
{
    if (f->code != BW_CODE_phandle_references || !strstr(f->text, BW_OCRE_STORAGE_LABEL))
        return false;
    for (const bw_finding *o = findings->first; o; o = o->next)
        if (o->code == BW_CODE_ocre_storage_missing)
            return true;
    return false;
}

/* What is wrong with the board whatever the sample is not for who looks at a tree of Ocre. */
static bool is_kept(const bw_finding *f, const char *folder)
{
    const size_t len = strlen(folder);
    bool kept = is_ocres(f->code) || is_of(&f->place, folder, len);

    for (const bw_related *r = f->related; r && !kept; r = r->next)
        kept = is_of(&r->place, folder, len);
    for (const bw_trail *t = f->trail; t && !kept; t = t->next)
        kept = is_of(&t->place, folder, len);
    return kept;
}

/* An overlay that adds to a node moves what is said of the whole node to itself. */
static bool is_among(const bw_findings *others, const bw_finding *f)
{
    for (const bw_finding *o = others->first; o; o = o->next)
        if (o->code == f->code && strcmp(o->text, f->text) == 0 && g_strcmp0(o->node, f->node) == 0)
            return true;
    return false;
}

static void keep(bw_findings *findings, const char *folder, const bw_findings *without)
{
    bw_finding **next = &findings->first;

    findings->last = NULL;
    while (*next) {
        bw_finding *f = *next;

        if (is_ocres(f->code) || (is_kept(f, folder) && !is_among(without, f) && !is_consequence(findings, f))) {
            findings->last = f;
            next = &f->next;
            continue;
        }
        findings->counts[f->severity]--;
        *next = f->next;
    }
}

/* ---- passes ---- */

/* @param app NULL: the target as it is. @return false if the target cannot be read */
static uint64_t count_nodes(const bw_tree *tree)
{
    uint64_t count = 0;

    BW_FOR_NODES (tree, node) {
        (void)node;
        count++;
    }
    return count;
}

static bool check_one(bw_unit *unit, const bw_ocre_pass *pass, const bw_ocre_app *app, bw_findings *findings,
                      uint64_t *nodes)
{
    bw_load_options load = *pass->load;

    if (app)
        load.overlays = app->overlays;
    bw_unit_begin(unit, findings);
    bw_tree *tree = bw_target_parse(unit, pass->target, &load, pass->roots);
    if (!tree || tree->broken)
        return false;
    *nodes = count_nodes(tree);
    bw_check_run(tree, &load.resolve);
    bw_zephyr_check_tree(pass->trees, pass->target, pass->roots, tree);
    if (app && !tree->broken)
        bw_ocre_check_sample(tree, pass->section, app);
    return true;
}

uint64_t bw_ocre_check_apps(bw_unit *unit, const bw_ocre_pass *pass, const bw_ocre_app *const *apps,
                            bw_findings *findings)
{
    static const bw_ocre_app *const none = NULL;
    bw_join *join = bw_join_new(findings);
    uint64_t nodes = 0, of_sample;
    bw_findings alone;

    bw_findings_init(&alone, findings->ctx);
    if (!check_one(unit, pass, NULL, &alone, &nodes)) {
        /* Without the target there is nothing to check; of one that was asked for itself this comes once. */
        bw_join_add(join, &alone);
        apps = &none;
    }
    for (; *apps; apps++) {
        bw_findings own;

        bw_findings_init(&own, findings->ctx);
        check_one(unit, pass, *apps, &own, &of_sample);
        keep(&own, (*apps)->sdk->path, &alone);
        bw_join_add(join, &own);
        bw_findings_free(&own);
    }
    bw_findings_free(&alone);
    bw_join_free(join);
    return nodes;
}

/* ---- the targets of a tree ---- */

void bw_ocre_targets_of(const bw_ocre_sdk *sdk, bw_context *ctx, bw_zephyr_lookup *zephyr, const bw_load_options *load,
                        bw_arena *arena, bw_findings *findings, GArray *targets)
{
    bw_findings unheard;

    bw_findings_init(&unheard, ctx);
    const bw_zephyr *z = bw_zephyr_lookup_model(zephyr, &unheard);
    if (!z || !z->board_count) {
        bw_finding *f = bw_findings_add(findings, BW_CODE_board_unknown, bw_file_place(sdk->path),
                                        "no board is known, so nothing can be said of the samples' board files");

        bw_finding_cure(f, "name Zephyr's tree with --board-root, or in the environment as ZEPHYR_BASE");
        bw_findings_free(&unheard);
        return;
    }
    GPtrArray *names = g_ptr_array_new();
    bw_ocre_check_sdk(sdk, z, arena, names, findings);
    for (guint i = 0; i < names->len; i++) {
        bw_targets found = {0};

        if (bw_targets_find(ctx, names->pdata[i], load, arena, findings, &found) && found.count == 1)
            g_array_append_val(targets, found.items[0]);
    }
    g_ptr_array_free(names, TRUE);
    bw_findings_free(&unheard);
}
