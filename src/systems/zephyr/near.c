/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/near.h"

#include "systems/zephyr/stem.h"
#include "systems/zephyr/walk.h"

#include <string.h>

typedef struct looker {
    const bw_zephyr_choice *choice;
    const bw_zephyr_stems *all; /* of every board of the folder */
    const char *own[5];         /* the target's, NULL-terminated */
    const GArray *used;
    GArray *unused;
    bw_arena *arena;
} looker;

const bw_zephyr_board *const *bw_zephyr_boards_of(const bw_zephyr *z, const bw_board_yml *file, bw_arena *arena)
{
    const bw_zephyr_board **boards = bw_arena_array(arena, const bw_zephyr_board *, file->count + 1);
    uint32_t count = 0;

    for (uint32_t i = 0; i < file->count; i++) {
        const bw_yml_board *yml = &file->boards[i];
        const bw_zephyr_board *board = bw_zephyr_board_called(z, yml->name ? yml->name : yml->extend);

        if (board)
            boards[count++] = board;
    }
    return boards;
}

bool bw_zephyr_has_kconfig(const char *dir)
{
    GPtrArray *names = bw_zephyr_names_in(dir);
    bool found = false;

    for (guint i = 0; names && i < names->len && !found; i++)
        found = g_str_has_prefix(names->pdata[i], "Kconfig");
    if (names)
        g_ptr_array_free(names, TRUE);
    return found;
}

bool bw_zephyr_is_to_be_written(const char *dir, bw_arena *arena)
{
    return bw_zephyr_is_file(bw_zephyr_path(arena, dir, "support.yml")) && !bw_zephyr_has_kconfig(dir);
}

bool bw_zephyr_has_file(const bw_zephyr_target *t, const char *ending, bw_arena *arena)
{
    const bw_zephyr_board *board = t->board;

    for (uint32_t i = 0; i < board->dir_count; i++)
        for (int s = 0; s < 2; s++) {
            const char *stem = s ? bw_zephyr_short_stem(arena, board->name, t->qualifiers, NULL)
                                 : bw_zephyr_long_stem(arena, board->name, t->qualifiers, NULL);

            if (bw_zephyr_is_file(
                    bw_arena_printf(arena, "%s%s", bw_zephyr_path(arena, board->dirs[i]->path, stem), ending)))
                return true;
        }
    return false;
}

static bool is_listed(const GArray *files, const char *path)
{
    for (guint i = 0; i < files->len; i++)
        if (strcmp(g_array_index(files, bw_zephyr_file, i).path, path) == 0)
            return true;
    return false;
}

/* "2_0_0" of "plank_2_0_0": what follows one of the target's own stems, if it looks like a revision. */
static const char *revision_of(const looker *l, const char *stem)
{
    for (const char *const *own = l->own; *own; own++) {
        size_t len = strlen(*own);
        const char *rest = stem + len + 1;

        if (strncmp(stem, *own, len) == 0 && stem[len] == '_' && *rest &&
            (rest[strspn(rest, "0123456789_")] == '\0' || (g_ascii_isupper(*rest) && !rest[1])))
            return rest;
    }
    return NULL;
}

static bool is_own(const looker *l, const char *text)
{
    for (const char *const *own = l->own; text && *own; own++)
        if (strcmp(*own, text) == 0)
            return true;
    return false;
}

static bw_zephyr_use use_of(bw_zephyr_ending ending)
{
    return ending == BW_ZEPHYR_DTS || ending == BW_ZEPHYR_OVERLAY ? BW_ZEPHYR_USE_DEVICETREE : BW_ZEPHYR_USE_KCONFIG;
}

static const char *why_not(const looker *l, const char *stem, bw_zephyr_ending ending)
{
    const bw_zephyr_stem *known = bw_zephyr_stem_called(l->all, stem);

    if (known && known->target == l->choice->target && ending == BW_ZEPHYR_DTS && known->revision)
        return "a .dts is never looked for with a revision; an overlay is";
    if (known && known->target == l->choice->target && ending == BW_ZEPHYR_CONF && !known->revision)
        return "a .conf in a board's folder is for revisions only; a _defconfig is the target's";
    if (known)
        return NULL;
    const char *near = bw_nearest(stem, l->all->texts[ending]);
    const char *revision = revision_of(l, stem);
    if (revision && l->choice->board->yml->revision_format)
        return bw_arena_printf(l->arena, "'%s' is no listed revision%s%s%s", revision, near ? "; " : "",
                               near ? near : "",
                               near ? bw_arena_printf(l->arena, "%s is near", bw_zephyr_endings[ending]) : "");
    if (is_own(l, near))
        return bw_arena_printf(l->arena, "no target has this name; %s%s is near", near, bw_zephyr_endings[ending]);
    return NULL;
}

static void look_at(looker *l, const char *dir, const char *name)
{
    size_t len;
    bw_zephyr_ending ending = bw_zephyr_ending_of(name, &len);
    const char *path = bw_zephyr_path(l->arena, dir, name);

    if (ending == BW_ZEPHYR_NO_ENDING || is_listed(l->used, path) || is_listed(l->unused, path))
        return;
    const char *why = why_not(l, bw_arena_strndup(l->arena, name, len), ending);
    if (why) {
        bw_zephyr_file file = {use_of(ending), path, why, false};
        g_array_append_val(l->unused, file);
    }
}

/* A variant without a devicetree: its parent's is not taken instead. */
static void look_at_parents(looker *l)
{
    const bw_zephyr_board *board = l->choice->board;

    for (const bw_zephyr_target *t = l->choice->target ? l->choice->target->parent : NULL; t; t = t->parent)
        for (int s = 0; s < 2; s++) {
            const char *stem = s ? bw_zephyr_short_stem(l->arena, board->name, t->qualifiers, NULL)
                                 : bw_zephyr_long_stem(l->arena, board->name, t->qualifiers, NULL);
            const char *path =
                bw_arena_printf(l->arena, "%s.dts", bw_zephyr_path(l->arena, board->dirs[0]->path, stem));

            if (!bw_zephyr_is_file(path) || is_listed(l->unused, path))
                continue;
            bw_zephyr_file file = {
                BW_ZEPHYR_USE_DEVICETREE, path,
                bw_arena_printf(l->arena, "of %s; a variant takes nothing from the target it varies", t->name), false};
            g_array_append_val(l->unused, file);
        }
}

static bool has_dts(const GArray *used)
{
    for (guint i = 0; i < used->len; i++)
        if (g_str_has_suffix(g_array_index(used, bw_zephyr_file, i).path, ".dts"))
            return true;
    return false;
}

void bw_zephyr_near_misses(const bw_zephyr *z, const bw_zephyr_choice *choice, const GArray *used, bw_arena *arena,
                           GArray *unused)
{
    const bw_zephyr_board *board = choice->board;
    bw_zephyr_stems all = bw_zephyr_stems_of(arena, bw_zephyr_boards_of(z, board->file, arena));
    looker l = {.choice = choice, .all = &all, .used = used, .unused = unused, .arena = arena};
    int count = 0;

    for (int r = 0; r < (choice->revision && *choice->revision ? 2 : 1); r++) {
        const char *revision = r ? choice->revision : NULL;

        l.own[count++] = bw_zephyr_long_stem(arena, board->name, choice->qualifiers, revision);
        if (choice->single_soc)
            l.own[count++] = bw_zephyr_short_stem(arena, board->name, choice->qualifiers, revision);
    }
    for (uint32_t i = 0; i < board->dir_count; i++) {
        GPtrArray *names = bw_zephyr_names_in(board->dirs[i]->path);

        for (guint n = 0; names && n < names->len; n++)
            look_at(&l, board->dirs[i]->path, names->pdata[n]);
        if (names)
            g_ptr_array_free(names, TRUE);
    }
    if (!has_dts(used) && !(choice->target && choice->target->parent_dts))
        look_at_parents(&l);
    bw_zephyr_stems_free(&all);
}
