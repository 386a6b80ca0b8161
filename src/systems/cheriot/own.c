/* SPDX-License-Identifier: Apache-2.0 */
/* Building boards: those that CHERIoT's own files describe, and those of a devicetree. */
#include "systems/cheriot/devicetree.h"
#include "systems/cheriot/write.h"

char **bw_cheriot_own_boards(bw_context *ctx, const char *argument, const char *sdk)
{
    GPtrArray *boards = g_ptr_array_new();
    bw_arena arena;

    bw_arena_init(&arena);
    const char *const *found = bw_cheriot_find(ctx, argument, sdk, &arena);
    bool alone = found && !found[1]; /* a mixin in a folder is no board; reading one by itself says so */
    for (const char *const *path = found; path && *path; path++)
        if (alone || bw_cheriot_kind_of(ctx, *path) == BW_CHERIOT_IS_BOARD)
            g_ptr_array_add(boards, g_strdup(*path));
    bw_arena_free(&arena);
    bool any = boards->len > 0;
    g_ptr_array_add(boards, NULL);
    char **list = (char **)g_ptr_array_free(boards, FALSE);
    if (any)
        return list;
    g_strfreev(list);
    return NULL;
}

bool bw_cheriot_is_own(bw_context *ctx, const char *argument, const char *sdk)
{
    char **boards = bw_cheriot_own_boards(ctx, argument, sdk);
    bool is_own = boards != NULL;

    g_strfreev(boards);
    return is_own;
}

static void say_many(const char *argument, char **boards, bw_findings *findings)
{
    char *first = g_path_get_basename(boards[0]);

    bw_finding_cure(bw_findings_add(findings, BW_CODE_board_unknown, bw_file_place(argument),
                                    "the folder holds %u boards of CHERIoT RTOS, and one is wanted",
                                    g_strv_length(boards)),
                    "name one of them: %s%s%s, …", argument, g_str_has_suffix(argument, "/") ? "" : "/", first);
    g_free(first);
}

const bw_cheriot_board *bw_cheriot_read_one(bw_context *ctx, const char *argument, const bw_cheriot_options *options,
                                            bw_arena *arena, bw_findings *findings)
{
    char **boards = bw_cheriot_own_boards(ctx, argument, options->sdk);
    const bw_cheriot_board *board = NULL;

    if (boards && boards[1])
        say_many(argument, boards, findings);
    else
        board = bw_cheriot_read(ctx, boards ? boards[0] : argument, options, arena, findings);
    g_strfreev(boards);
    return board;
}

bool bw_cheriot_build_own(const bw_system_own *own)
{
    bw_cheriot_options options = {.sdk = own->sdk, .mixins = own->mixins};
    bw_arena arena;

    bw_arena_init(&arena);
    const bw_cheriot_board *board = bw_cheriot_read(own->ctx, own->board, &options, &arena, own->findings);
    if (board)
        bw_cheriot_check(board, own->ctx, own->findings);
    bool ok = board && !own->findings->counts[BW_ERROR];
    ok = ok && bw_cheriot_write(board, own->folder, own->plan, own->findings);
    bw_arena_free(&arena);
    return ok;
}

static void add_input(GArray *files, bw_source *source)
{
    bw_cheriot_file file = {.kind = BW_CHERIOT_BASE, .path = source->path, .source = source};

    for (guint i = 0; i < files->len; i++)
        if (g_array_index(files, bw_cheriot_file, i).source == source)
            return;
    g_array_append_val(files, file);
}

/* All texts that the tree was read from, and what support.yml says. @return to be freed. */
static GArray *inputs_of(const bw_system_job *job)
{
    const bw_locs *locs = &job->board->tree->unit->locs;
    bw_source *support = job->section ? bw_yaml_place(job->section).source : NULL;
    GArray *files = g_array_new(FALSE, FALSE, sizeof(bw_cheriot_file));

    for (uint32_t i = 0; i < locs->visit_count; i++)
        if (locs->visits[i].source && *locs->visits[i].source->path != '<') /* "<command line>" */
            add_input(files, locs->visits[i].source);
    if (support)
        add_input(files, support);
    return files;
}

static bool write_tree(const bw_cheriot_board *board, const bw_system_job *job, bw_findings *findings)
{
    GArray *files = inputs_of(job);
    bw_cheriot_board whole = *board;

    whole.files = (const bw_cheriot_file *)(void *)files->data;
    whole.file_count = files->len;
    bool ok = bw_cheriot_write(&whole, job->folder, job->plan, findings);
    g_array_free(files, TRUE);
    return ok;
}

bool bw_cheriot_build(const bw_system_job *job)
{
    bw_unit *unit = job->board->tree->unit;
    bw_findings *findings = unit->findings;
    bw_cheriot_options options = {.sdk = job->sdk};

    unit->findings = job->described;
    const bw_cheriot_board *board = bw_cheriot_from_tree(job->board, job->target, job->section, &options);
    if (board)
        bw_cheriot_check(board, unit->ctx, job->described);
    unit->findings = findings;
    bool ok = board && !job->described->counts[BW_ERROR];
    return ok && write_tree(board, job, findings);
}
