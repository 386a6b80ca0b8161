/* SPDX-License-Identifier: Apache-2.0 */
/* What board.yml says and Zephyr takes in another sense, or not at all. */
#include "systems/zephyr/checks.h"
#include "systems/zephyr/name.h"
#include "systems/zephyr/stem.h"
#include "systems/zephyr/walk.h"

#include <string.h>

typedef struct checker {
    const bw_zephyr_folder *folder;
    bw_arena *arena;
    bw_findings *findings;
} checker;

/* ---- revisions ---- */

static bool is_listed(const bw_yml_board *yml, const char *revision)
{
    for (uint32_t i = 0; i < yml->revision_count; i++)
        if (strcmp(yml->revisions[i].name, revision) == 0)
            return true;
    return false;
}

static void check_spelling(checker *c, const bw_yml_board *yml)
{
    for (uint32_t i = 0; i < yml->revision_count; i++) {
        const bw_yml_revision *r = &yml->revisions[i];

        if (!bw_zephyr_revision_is_spelled(yml->revision_format, r->name))
            bw_findings_add(c->findings, BW_CODE_zephyr_revision_format, bw_yaml_place(r->at),
                            "%s is no revision of the format %s, so nobody can ask for exactly it", r->name,
                            yml->revision_format);
    }
}

static void check_default(checker *c, const bw_yml_board *yml)
{
    const char *padded;
    const char *active;

    if (!yml->default_revision || is_listed(yml, yml->default_revision))
        return;
    bw_zephyr_revision_answer answer = bw_zephyr_revision(yml, NULL, c->arena, &padded, &active);
    if (answer == BW_ZEPHYR_REVISION_LISTED)
        return;
    bw_finding *f = bw_findings_add(
        c->findings, BW_CODE_zephyr_revision_default, bw_yaml_place(yml->default_at),
        "the default revision %s of %s is not listed, %s%s", yml->default_revision, yml->name,
        answer == BW_ZEPHYR_REVISION_LOWER ? "so another is taken: " : "so no build without a revision is possible",
        answer == BW_ZEPHYR_REVISION_LOWER ? active : "");
    if (yml->revision_count)
        bw_finding_note(f, bw_yaml_place(yml->revisions[0].at), "the list begins here");
}

static bool is_custom(const bw_yml_board *yml)
{
    return yml->revision_format && strcmp(yml->revision_format, "custom") == 0;
}

/* The script is for all boards of the folder. */
static bool has_custom_board(const bw_board_yml *file)
{
    for (uint32_t i = 0; i < file->count; i++)
        if (is_custom(&file->boards[i]))
            return true;
    return false;
}

/* Where a tree has its CMake files at all. */
static void check_script(checker *c, const bw_yml_board *yml)
{
    const char *script = bw_zephyr_path(c->arena, c->folder->dir, "revision.cmake");
    bool custom = is_custom(yml);
    bool there = bw_zephyr_is_file(script);

    if (there && !has_custom_board(c->folder->file)) {
        bw_findings_add(c->findings, BW_CODE_zephyr_revision_script, bw_file_place(script),
                        "revision.cmake is not used: the board %s has %s", yml->name,
                        yml->revision_format ? "revisions of another format than custom" : "no revisions");
    } else if (!there && custom && c->folder->zephyr_base &&
               bw_zephyr_is_dir(bw_zephyr_path(c->arena, c->folder->zephyr_base, "cmake"))) {
        bw_findings_add(c->findings, BW_CODE_zephyr_revision_script, bw_yaml_place(yml->at),
                        "%s has custom revisions, but there is no revision.cmake beside its board.yml", yml->name);
    }
}

static void check_revisions(checker *c, const bw_zephyr_board *board)
{
    const bw_yml_board *yml = board->yml;

    check_script(c, yml);
    if (!yml->revision_format || strcmp(yml->revision_format, "custom") == 0)
        return;
    check_spelling(c, yml);
    check_default(c, yml);
    if (strcmp(yml->revision_format, "number") == 0 && !yml->revision_exact)
        bw_findings_add(c->findings, BW_CODE_zephyr_revision_number, bw_yaml_place(yml->at),
                        "revisions of %s are numbers, of which Zephyr takes the listed ones only, though exact is not "
                        "said",
                        yml->name);
}

/* ---- variants ---- */

static bool has_cluster(const bw_zephyr_soc *soc, const char *name)
{
    for (uint32_t i = 0; i < soc->cluster_count; i++)
        if (strcmp(soc->clusters[i]->text, name) == 0)
            return true;
    return false;
}

static void check_variant(checker *c, const bw_zephyr_soc *soc, const bw_yml_variant *v)
{
    const char **names = g_new0(const char *, soc->cluster_count + 1);

    for (uint32_t i = 0; i < soc->cluster_count; i++)
        names[i] = soc->clusters[i]->text;
    if (v->cpucluster && soc->cluster_count && !has_cluster(soc, v->cpucluster)) {
        const char *near = bw_nearest(v->cpucluster, names);
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_variant_lost, bw_yaml_place(v->cpucluster_at),
                                        "%s has no CPU cluster %s, so the variant %s is dropped without a word",
                                        soc->name, v->cpucluster, v->name);
        bw_finding_note(f, bw_yaml_place(soc->clusters[0]), "the clusters of %s are here", soc->name);
        if (near)
            bw_finding_cure(f, "did you mean '%s'?", near);
    } else if (v->cpucluster && !soc->cluster_count) {
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_cluster_ignored, bw_yaml_place(v->cpucluster_at),
                                        "%s has no CPU clusters, so cpucluster is not looked at", soc->name);
        bw_finding_cure(f, "remove it");
    }
    g_free(names);
}

static void check_board(checker *c, const bw_zephyr_board *board)
{
    const bw_yml_board *yml = board->yml;

    check_revisions(c, board);
    for (uint32_t i = 0; i < yml->soc_count; i++) {
        const bw_zephyr_soc *soc = bw_zephyr_soc_called(c->folder->z, yml->socs[i].name);

        for (uint32_t v = 0; soc && v < yml->socs[i].variant_count; v++)
            check_variant(c, soc, &yml->socs[i].variants[v]);
    }
    if (!yml->full_name)
        bw_findings_add(c->findings, BW_CODE_zephyr_full_name, bw_yaml_place(yml->at),
                        "%s has no full_name, which later versions of Zephyr want", yml->name);
}

/* ---- extensions ---- */

/* One note for each construct that is boardwright's own, however often it is there. */
static void note_parent_keys(checker *c, const bw_yml_variant *variants, uint32_t count, bool *noted)
{
    for (uint32_t i = 0; i < count && !*noted; i++) {
        *noted = variants[i].parent_at != NULL;
        if (*noted)
            bw_findings_add(c->findings, BW_CODE_zephyr_extension_wide, bw_yaml_place(variants[i].parent_at),
                            "Zephyr refuses a board.yml with this key; 'boardwright build --system zephyr' writes the "
                            "variant with all it takes");
        note_parent_keys(c, variants[i].variants, variants[i].variant_count, noted);
    }
}

static void note_all_parent_keys(checker *c)
{
    bool noted = false;

    for (uint32_t i = 0; i < c->folder->file->count; i++) {
        const bw_yml_board *yml = &c->folder->file->boards[i];

        note_parent_keys(c, yml->variants, yml->variant_count, &noted);
        for (uint32_t s = 0; s < yml->soc_count; s++)
            note_parent_keys(c, yml->socs[s].variants, yml->socs[s].variant_count, &noted);
    }
}

static void note_socs(checker *c, const bw_yml_board *yml)
{
    const bw_zephyr_board *base = bw_zephyr_board_called(c->folder->z, yml->extend);
    bw_finding *f = bw_findings_add(
        c->findings, BW_CODE_zephyr_extension_wide, bw_yaml_place(yml->socs[0].at),
        "Zephyr ignores the SoCs of an extension; 'boardwright build --system zephyr' writes %s with all "
        "its SoCs as one board",
        yml->extend);

    if (base->yml->soc_count == 1)
        bw_finding_note(
            f, bw_yaml_place(base->yml->socs[0].at),
            "as one board %s has several SoCs, so for Zephyr its name alone is no target any more, and names "
            "of files need the SoC",
            yml->extend);
}

static void no_base(checker *c, const bw_yml_board *yml)
{
    const char *near = bw_zephyr_near_board(c->folder->z, yml->extend);
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_extension_base, bw_yaml_place(yml->at),
                                    "no board is called %s, so the extension is ignored", yml->extend);

    for (uint32_t i = 0; i < c->folder->z->extension_count; i++) {
        const bw_zephyr_extension *other = &c->folder->z->extensions[i];

        if (other->yml == yml || other->base || strcmp(other->yml->extend, yml->extend) != 0)
            continue;
        bw_finding_note(f, bw_yaml_place(other->yml->at),
                        "this extends it, too, but one board.yml has to say 'name: %s'", yml->extend);
        break;
    }
    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
}

/* Variants that Zephyr finds or not, as the file system has it. */
static void note_order(checker *c, const bw_zephyr_board *base, const bw_yml_board *yml)
{
    for (uint32_t i = 0; i < yml->variant_count; i++) {
        const bw_yml_variant *v = &yml->variants[i];
        const char *qualifiers = v->qualifier ? bw_arena_printf(c->arena, "%s/%s", v->qualifier, v->name) : "";
        const bw_zephyr_target *t = bw_zephyr_target_called(base, qualifiers);

        if (!t || t->at != v->at || !t->before_parent)
            continue;
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_extension_order, bw_yaml_place(v->qualifier_at),
                                        "Zephyr may read this before the file that adds %s, and stop", t->parent->name);
        bw_finding_note(f, bw_yaml_place(t->parent->at), "it is added here");
    }
}

static void check_extension(checker *c, const bw_yml_board *yml)
{
    const bw_zephyr_board *base = bw_zephyr_board_called(c->folder->z, yml->extend);

    if (!base) {
        no_base(c, yml);
        return;
    }
    if (yml->revision_format || yml->vendor || yml->full_name)
        bw_findings_add(c->findings, BW_CODE_zephyr_extension_key, bw_yaml_place(yml->at),
                        "of an extension the SoCs and variants are read; %s is %s",
                        yml->revision_format ? "revision"
                        : yml->vendor        ? "vendor"
                                             : "full_name",
                        yml->revision_format ? "the base's, and ignored" : "ignored");
    if (yml->soc_count)
        note_socs(c, yml);
    note_order(c, base, yml);
    for (uint32_t i = 0; i < yml->variant_count; i++) {
        const bw_yml_variant *v = &yml->variants[i];
        const bw_zephyr_soc *soc = v->qualifier ? bw_zephyr_soc_called(c->folder->z, v->qualifier) : NULL;

        if (!soc || !soc->cluster_count)
            continue;
        bw_finding *f =
            bw_findings_add(c->findings, BW_CODE_zephyr_variant_lost, bw_yaml_place(v->qualifier_at),
                            "%s has CPU clusters, so the variant %s is dropped without a word", soc->name, v->name);
        bw_finding_cure(f, "write '%s/%s', or another of its clusters", soc->name, soc->clusters[0]->text);
    }
}

void bw_zephyr_check_metadata(const bw_zephyr_folder *folder, bw_arena *arena, bw_findings *findings)
{
    checker c = {folder, arena, findings};

    for (uint32_t i = 0; i < folder->file->count; i++) {
        const bw_yml_board *yml = &folder->file->boards[i];
        const bw_zephyr_board *board = yml->name ? bw_zephyr_board_called(folder->z, yml->name) : NULL;

        if (board && board->yml == yml)
            check_board(&c, board);
        else if (!yml->name)
            check_extension(&c, yml);
    }
    note_all_parent_keys(&c);
}

/* ---- boards/deprecated.cmake ---- */

/* Whether something else was said that takes the target away. */
static bool is_lost_anyway(const bw_zephyr *z, const char *target, bw_arena *arena)
{
    bw_zephyr_name name;
    const char *problem;
    const bw_zephyr_board *board =
        bw_zephyr_name_parse(arena, target, &name, &problem) ? bw_zephyr_board_called(z, name.board) : NULL;

    return z->socs_incomplete || (board && board->contested);
}

void bw_zephyr_check_deprecated(const bw_zephyr *z, const bw_zephyr_deprecated *deprecated, bw_arena *arena,
                                bw_findings *findings)
{
    for (uint32_t i = 0; i < deprecated->count; i++) {
        const bw_zephyr_renamed *r = &deprecated->items[i];
        const bw_zephyr_renamed *last = bw_zephyr_renamed_from(deprecated, r->old);
        bw_zephyr_choice choice;
        bw_findings unheard;

        if (last != r) {
            bw_finding *f = bw_findings_add(findings, BW_CODE_zephyr_renamed_twice, last->old_at,
                                            "%s is replaced twice, and the last one counts", r->old);
            bw_finding_note(f, r->old_at, "the other one is here");
        }
        bw_findings_init(&unheard, z->ctx);
        bool leads = bw_zephyr_choose(z, NULL, r->now, r->now_at, arena, &unheard, &choice) || !unheard.first;
        if (!leads && !is_lost_anyway(z, r->now, arena)) {
            bw_finding *f = bw_findings_add(findings, BW_CODE_zephyr_renamed_nowhere, r->now_at,
                                            "%s is replaced by what cannot be built: %s", r->old, unheard.first->text);
            if (unheard.first->cure)
                bw_finding_cure(f, "%s", unheard.first->cure);
        } else if (leads && last == r && bw_zephyr_board_called(z, r->old)) {
            bw_findings_add(findings, BW_CODE_zephyr_renamed_default, r->old_at,
                            "%s is a board, so this makes %s what its bare name stands for", r->old, r->now);
        }
        bw_findings_free(&unheard);
    }
}
