/* SPDX-License-Identifier: Apache-2.0 */
/* The shields of a tree. */
#include "systems/zephyr/checks.h"
#include "systems/zephyr/gaps.h"
#include "systems/zephyr/shield.h"
#include "systems/zephyr/walk.h"

#include <string.h>

typedef struct checker {
    bw_context *ctx;
    const bw_zephyr_shields *shields;
    const char *dir;        /* of the shields that are looked at */
    guint begin, end;       /* they, in shields */
    GPtrArray *names;       /* of the files in dir, sorted */
    GHashTable *overlooked; /* set: overlays that another finding has named */
    bw_arena *arena;
    bw_findings *findings;
} checker;

static bw_source *source_of(const checker *c, const char *name)
{
    const char *path = bw_zephyr_path(c->arena, c->dir, name);

    return bw_zephyr_is_file(path) ? bw_source_open(c->ctx->sources, path, NULL) : NULL;
}

static bool is_declared(const checker *c, const char *stem)
{
    for (guint i = c->begin; i < c->end; i++)
        if (strcmp(c->shields->items[i].name, stem) == 0)
            return true;
    return false;
}

/* An overlay that no shield of the folder has, and of nearly the name; else the only one. */
static const char *overlay_meant(const checker *c, const char *shield)
{
    const char *only = NULL;
    guint count = 0;

    for (guint i = 0; i < c->names->len; i++) {
        const char *name = c->names->pdata[i];

        if (!g_str_has_suffix(name, ".overlay"))
            continue;
        const char *stem = bw_arena_strndup(c->arena, name, strlen(name) - strlen(".overlay"));
        if (is_declared(c, stem))
            continue;
        if (bw_zephyr_distance(stem, shield, 2) <= 2)
            return stem;
        only = stem;
        count++;
    }
    return count == 1 ? only : NULL;
}

/* @return false after a finding. */
static bool check_overlay(checker *c, const bw_zephyr_shield *s)
{
    const char *name = bw_arena_printf(c->arena, "%s.overlay", s->name);

    if (bw_zephyr_is_file(bw_zephyr_path(c->arena, c->dir, name)))
        return true;
    const char *meant = overlay_meant(c, s->name);
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_shield_overlay, bw_yaml_place(s->at),
                                    "there is no %s beside this file", name);
    if (meant) {
        bw_finding_cure(f, "did you mean '%s'?", meant);
        g_hash_table_add(c->overlooked, (gpointer)(uintptr_t)meant);
    } else {
        bw_finding_cure(f, "add it");
    }
    return false;
}

static bool has_word(const char *text, const char *word)
{
    size_t len = strlen(word);

    for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
        if (!g_ascii_isalnum(p[len]) && p[len] != '_')
            return true;
    return false;
}

/* Any Kconfig file of the folder that asks for the shield by its name, or defines its symbol. */
static void check_symbol(checker *c, const bw_zephyr_shield *s)
{
    char *symbol = bw_arena_printf(c->arena, "SHIELD_%s", s->name);
    const char *asked = bw_arena_printf(c->arena, ",%s)", s->name);

    for (char *p = symbol; *p; p++)
        *p = (char)(g_ascii_isalnum(*p) ? g_ascii_toupper(*p) : '_');
    for (guint i = 0; i < c->names->len; i++) {
        bw_source *source = g_str_has_prefix(c->names->pdata[i], "Kconfig") ? source_of(c, c->names->pdata[i]) : NULL;

        if (source && (strstr(source->text, asked) || has_word(source->text, symbol)))
            return;
    }
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_shield_symbol, bw_yaml_place(s->at),
                                    "no Kconfig file beside this one asks for the shield %s", s->name);
    bw_finding_cure(f, "add 'config %s' with 'def_bool $(shields_list_contains,%s)' to Kconfig.shield", symbol,
                    s->name);
}

static bool is_named(const checker *c, const char *name, bool in_overlays)
{
    for (guint i = 0; i < c->names->len; i++) {
        const char *other = c->names->pdata[i];
        bool read = g_str_has_prefix(other, "Kconfig") || strcmp(other, "CMakeLists.txt") == 0 ||
                    (in_overlays && (g_str_has_suffix(other, ".overlay") || g_str_has_suffix(other, ".dtsi")));
        bw_source *source = read && strcmp(other, name) != 0 ? source_of(c, other) : NULL;

        if (source && strstr(source->text, name))
            return true;
    }
    return false;
}

static void check_undeclared(checker *c, const char *name)
{
    const char *stem = bw_arena_strndup(c->arena, name, strlen(name) - strlen(".overlay"));

    if (is_declared(c, stem) || g_hash_table_contains(c->overlooked, stem) || is_named(c, name, true))
        return;
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_shield_undeclared,
                                    bw_file_place(bw_zephyr_path(c->arena, c->dir, name)),
                                    "%s is of no shield of the shield.yml beside it, so nobody can ask for it", name);
    bw_finding_cure(f, "add the shield %s to shield.yml", stem);
}

/* hat.defconfig, boards/plank.defconfig */
static void check_defconfigs(checker *c, const char *folder)
{
    const char *dir = folder ? bw_zephyr_path(c->arena, c->dir, folder) : c->dir;
    GPtrArray *names = bw_zephyr_names_in(dir);

    for (guint i = 0; names && i < names->len; i++) {
        const char *name = names->pdata[i];

        if (!g_str_has_suffix(name, ".defconfig") || g_str_has_prefix(name, "Kconfig") || is_named(c, name, false) ||
            is_named(c, "/*.defconfig", false))
            continue;
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_shield_defconfig,
                                        bw_file_place(bw_zephyr_path(c->arena, dir, name)),
                                        "%s is read by no Kconfig file of the shield", name);
        bw_finding_cure(f, "source it from Kconfig.defconfig");
    }
    if (names)
        g_ptr_array_free(names, TRUE);
}

static void check_hidden(checker *c, const bw_zephyr_shield *s)
{
    const bw_zephyr_shield *taken = bw_zephyr_shield_called(c->shields, s->name);

    if (taken == s)
        return;
    bw_place place = s->at ? bw_yaml_place(s->at) : bw_file_place(s->dir);
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_shield_hidden, place,
                                    "another shield called %s is taken in place of this one", s->name);
    bw_finding_note(f, taken->at ? bw_yaml_place(taken->at) : bw_file_place(taken->dir), "it is here");
    bw_finding_cure(f, "rename this one");
}

static void check_dir(checker *c)
{
    bool declared = c->shields->items[c->begin].at != NULL;

    c->names = bw_zephyr_names_in(c->dir);
    if (!c->names)
        return;
    c->overlooked = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = c->begin; i < c->end; i++) {
        const bw_zephyr_shield *s = &c->shields->items[i];

        if (s->at && check_overlay(c, s))
            check_symbol(c, s);
        check_hidden(c, s);
    }
    for (guint i = 0; declared && i < c->names->len; i++)
        if (g_str_has_suffix(c->names->pdata[i], ".overlay"))
            check_undeclared(c, c->names->pdata[i]);
    check_defconfigs(c, NULL);
    check_defconfigs(c, "boards");
    g_hash_table_destroy(c->overlooked);
    g_ptr_array_free(c->names, TRUE);
}

void bw_zephyr_check_shields(bw_context *ctx, const char *const *board_roots, bw_arena *arena, bw_findings *findings)
{
    const bw_zephyr_shields shields = bw_zephyr_shields_load(ctx, board_roots, arena, findings);
    checker c = {.ctx = ctx, .shields = &shields, .arena = arena, .findings = findings};

    for (c.begin = 0; c.begin < shields.count; c.begin = c.end) {
        c.dir = shields.items[c.begin].dir;
        for (c.end = c.begin; c.end < shields.count && strcmp(shields.items[c.end].dir, c.dir) == 0;)
            c.end++;
        check_dir(&c);
    }
}
