/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/name.h"

#include <string.h>

bool bw_zephyr_name_parse(bw_arena *arena, const char *text, bw_zephyr_name *name, const char **problem)
{
    size_t len = strcspn(text, "@/");
    const char *rest = text + len;

    *name = (bw_zephyr_name){.board = bw_arena_strndup(arena, text, len)};
    *problem = len ? NULL : "it begins with the board's name";
    if (!*problem && *rest == '@') {
        size_t revision = strcspn(rest + 1, "@/");

        if (revision == 0)
            *problem = "a revision belongs behind '@'";
        name->revision = bw_arena_strndup(arena, rest + 1, revision);
        rest += 1 + revision;
    }
    if (!*problem && *rest == '/') {
        if (!rest[1])
            *problem = "qualifiers belong behind '/'";
        else if (strchr(rest, '@'))
            *problem = "the revision stands behind the board's name";
        name->qualifiers = bw_arena_strdup(arena, rest);
    } else if (!*problem && *rest) {
        *problem = "it has one '@'";
    }
    return !*problem;
}

/* ---- messages ---- */

static void list_targets(bw_finding *f, const bw_zephyr_board *board)
{
    GString *all = g_string_new(NULL);

    for (uint32_t i = 0; i < board->target_count; i++)
        g_string_append_printf(all, "%s%s", i ? ", " : "", board->targets[i]->name);
    bw_finding_note(f, bw_yaml_place(board->yml->at), "%s has the target%s %s", board->name,
                    board->target_count == 1 ? "" : "s", all->str);
    g_string_free(all, TRUE);
}

static void list_revisions(bw_finding *f, const bw_yml_board *yml)
{
    GString *all = g_string_new(NULL);

    for (uint32_t i = 0; i < yml->revision_count; i++)
        g_string_append_printf(all, "%s%s", i ? ", " : "", yml->revisions[i].name);
    if (yml->revision_count)
        bw_finding_note(f, bw_yaml_place(yml->revisions[0].at), "%s has the revision%s %s", yml->name,
                        yml->revision_count == 1 ? "" : "s", all->str);
    g_string_free(all, TRUE);
}

static const char *near_target(const bw_zephyr_board *board, const char *name)
{
    const char **names = g_new0(const char *, board->target_count + 1);

    for (uint32_t i = 0; i < board->target_count; i++)
        names[i] = board->targets[i]->name;
    const char *near = bw_nearest(name, names);
    g_free(names);
    return near;
}

/* ---- choosing ---- */

typedef struct chooser {
    const bw_zephyr *z;
    bw_place place;
    bw_arena *arena;
    bw_findings *findings;
    bw_zephyr_choice *choice;
} chooser;

static bool parse(chooser *c, const char *text, bw_zephyr_name *name)
{
    const char *problem;

    if (bw_zephyr_name_parse(c->arena, text, name, &problem))
        return true;
    bw_finding *f =
        bw_findings_add(c->findings, BW_CODE_zephyr_target_format, c->place, "'%s' names no target: %s", text, problem);
    bw_finding_cure(f, "write board@revision/soc/cluster/variant, or less of it");
    return false;
}

static bool replace_deprecated(chooser *c, const bw_zephyr_deprecated *deprecated, bw_zephyr_name *name)
{
    const char *old = bw_arena_printf(c->arena, "%s%s", name->board, name->qualifiers ? name->qualifiers : "");
    const bw_zephyr_renamed *r = bw_zephyr_renamed_from(deprecated, old);
    const char *asked = name->revision;

    if (!r)
        return true;
    bw_finding *f =
        bw_findings_add(c->findings, BW_CODE_zephyr_target_deprecated, c->place, "%s is now called %s", old, r->now);
    bw_finding_note(f, r->old_at, "it was renamed here");
    c->choice->replaced = old;
    if (!parse(c, r->now, name))
        return false;
    if (name->revision && asked) {
        f = bw_findings_add(c->findings, BW_CODE_zephyr_revision_unknown, c->place,
                            "%s is now the revision %s of %s, so the revision %s does not apply", old, name->revision,
                            name->board, asked);
        bw_finding_note(f, r->now_at, "it was renamed here");
        return false;
    }
    if (asked)
        name->revision = asked;
    return true;
}

static bool choose_board(chooser *c, const char *name)
{
    c->choice->board = bw_zephyr_board_called(c->z, name);
    if (c->choice->board)
        return true;
    const char *near = bw_zephyr_near_board(c->z, name);
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_board_unknown, c->place,
                                    "no board under the board roots is called %s", name);
    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
    return false;
}

static void refuse_revision(chooser *c, bw_zephyr_revision_answer answer, const char *revision)
{
    const bw_yml_board *yml = c->choice->board->yml;
    bw_finding *f = NULL;

    if (!yml->revision_format) {
        f = bw_findings_add(c->findings, BW_CODE_zephyr_revision_unknown, c->place, "the board %s has no revisions",
                            yml->name);
        bw_finding_note(f, bw_yaml_place(yml->at), "it is defined here");
        return;
    }
    if (answer == BW_ZEPHYR_REVISION_SPELLING)
        f = bw_findings_add(c->findings, BW_CODE_zephyr_revision_unknown, c->place,
                            "%s is no revision of the format %s, which %s has", revision, yml->revision_format,
                            yml->name);
    else if (!revision)
        f = bw_findings_add(c->findings, BW_CODE_zephyr_revision_unknown, c->place, "%s has no default revision",
                            yml->name);
    else
        f = bw_findings_add(c->findings, BW_CODE_zephyr_revision_unknown, c->place, "%s has no revision %s%s",
                            yml->name, revision,
                            yml->revision_exact                           ? ", and takes the listed ones only"
                            : strcmp(yml->revision_format, "number") == 0 ? "; numbers have to be listed"
                                                                          : ", and none below it to take");
    list_revisions(f, yml);
}

/* What revision.cmake makes of a revision is not known; that board.yml does not list it is. */
static void note_custom(chooser *c, const char *asked)
{
    const bw_yml_board *yml = c->choice->board->yml;
    const char **names = g_new0(const char *, yml->revision_count + 1);
    bool listed = false;

    for (uint32_t i = 0; i < yml->revision_count; i++) {
        names[i] = yml->revisions[i].name;
        listed |= strcmp(names[i], asked) == 0;
    }
    if (!listed && yml->revision_count) {
        const char *near = bw_nearest(asked, names);
        bw_finding *f = bw_findings_add(
            c->findings, BW_CODE_zephyr_revision_custom, c->place,
            "revision %s of %s is not in the list of board.yml; it is taken as it is, and %s "
            "decides whether Zephyr takes it",
            asked, yml->name, bw_arena_printf(c->arena, "%s/revision.cmake", c->choice->board->dirs[0]->path));
        list_revisions(f, yml);
        if (near)
            bw_finding_cure(f, "did you mean '%s'?", near);
    }
    g_free(names);
}

static bool choose_revision(chooser *c, const char *asked)
{
    bw_zephyr_choice *choice = c->choice;
    const char *padded;
    bw_zephyr_revision_answer answer =
        bw_zephyr_revision(choice->board->yml, asked, c->arena, &padded, &choice->revision);

    choice->requested = asked ? padded : NULL;
    if (answer == BW_ZEPHYR_REVISION_CUSTOM && asked)
        note_custom(c, asked);
    if (answer != BW_ZEPHYR_REVISION_SPELLING && answer != BW_ZEPHYR_REVISION_UNKNOWN)
        return true;
    refuse_revision(c, answer, padded ? padded : asked);
    return false;
}

static void complete_qualifiers(bw_zephyr_choice *choice, bw_arena *arena, const char *given)
{
    const bw_yml_board *yml = choice->board->yml;

    choice->single_soc = yml->soc_count == 1 && choice->board->target_count > 0;
    choice->qualifiers = given;
    if (!choice->single_soc)
        return;
    if (!given)
        choice->qualifiers = bw_arena_printf(arena, "/%s", yml->socs[0].name);
    else if (g_str_has_prefix(given, "//"))
        choice->qualifiers = bw_arena_printf(arena, "/%s/%s", yml->socs[0].name, given + 2);
    /* Another SoC comes from an extension. */
    size_t len = strcspn(choice->qualifiers + 1, "/");
    choice->single_soc =
        strlen(yml->socs[0].name) == len && strncmp(choice->qualifiers + 1, yml->socs[0].name, len) == 0;
}

static unsigned soc_count(const bw_zephyr_board *board)
{
    unsigned count = 0;

    for (const bw_zephyr_target *t = board->first; t; t = t->next)
        count++;
    return count;
}

static bool choose_target(chooser *c)
{
    bw_zephyr_choice *choice = c->choice;
    const bw_zephyr_board *board = choice->board;

    if (board->target_count == 0)
        return true;
    if (choice->qualifiers)
        choice->target = bw_zephyr_target_called(board, choice->qualifiers + 1);
    if (choice->target)
        return true;
    const char *wanted = bw_arena_printf(c->arena, "%s%s", board->name, choice->qualifiers ? choice->qualifiers : "");
    bw_finding *f =
        choice->qualifiers
            ? bw_findings_add(c->findings, BW_CODE_zephyr_target_unknown, c->place, "there is no target %s", wanted)
            : bw_findings_add(c->findings, BW_CODE_zephyr_target_unknown, c->place,
                              "%s has %u SoC%s, so a target has to name one", board->name, soc_count(board),
                              soc_count(board) == 1 ? " that an extension brings" : "s");
    list_targets(f, board);
    const char *near = choice->qualifiers ? near_target(board, wanted) : NULL;
    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
    return false;
}

static void name_choice(bw_zephyr_choice *choice, bw_arena *arena)
{
    choice->name =
        bw_arena_printf(arena, "%s%s%s%s", choice->board->name, choice->revision ? "@" : "",
                        choice->revision ? choice->revision : "", choice->qualifiers ? choice->qualifiers : "");
}

bool bw_zephyr_choose(const bw_zephyr *z, const bw_zephyr_deprecated *deprecated, const char *text, bw_place place,
                      bw_arena *arena, bw_findings *findings, bw_zephyr_choice *choice)
{
    chooser c = {z, place, arena, findings, choice};
    bw_zephyr_name name;

    *choice = (bw_zephyr_choice){0};
    if (!parse(&c, text, &name) || !replace_deprecated(&c, deprecated, &name) || !choose_board(&c, name.board) ||
        !choose_revision(&c, name.revision))
        return false;
    complete_qualifiers(choice, arena, name.qualifiers);
    if (!choose_target(&c))
        return false;
    name_choice(choice, arena);
    return true;
}

bool bw_zephyr_choose_default(const bw_zephyr_target *target, bw_arena *arena, bw_zephyr_choice *choice)
{
    const char *padded;

    *choice = (bw_zephyr_choice){.board = target->board, .target = target};
    bw_zephyr_revision_answer answer = bw_zephyr_revision(target->board->yml, NULL, arena, &padded, &choice->revision);
    complete_qualifiers(choice, arena, bw_arena_printf(arena, "/%s", target->qualifiers));
    name_choice(choice, arena);
    return answer != BW_ZEPHYR_REVISION_SPELLING && answer != BW_ZEPHYR_REVISION_UNKNOWN;
}
