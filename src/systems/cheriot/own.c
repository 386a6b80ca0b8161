/* SPDX-License-Identifier: Apache-2.0 */
/* Building boards: those that CHERIoT's own files describe, and those of a devicetree. */
#include "systems/cheriot/devicetree.h"
#include "systems/cheriot/write.h"

#include <string.h>

char *bw_cheriot_locate(bw_context *ctx, const char *argument, const char *sdk)
{
    bw_arena arena;
    char *found = NULL;
    unsigned count = 0;

    bw_arena_init(&arena);
    for (const char *const *path = bw_cheriot_find(ctx, argument, sdk, &arena); path && *path; path++)
        if (bw_cheriot_kind_of(ctx, *path) == BW_CHERIOT_IS_BOARD && count++ == 0)
            found = g_strdup(*path);
    bw_arena_free(&arena);
    if (count == 1)
        return found;
    g_free(found);
    return NULL;
}

char *bw_cheriot_own_name(bw_context *ctx, const char *argument, const char *sdk)
{
    char *path = bw_cheriot_locate(ctx, argument, sdk);
    char *name = path ? g_path_get_basename(path) : NULL;

    char *dot = name ? strrchr(name, '.') : NULL;

    if (dot)
        *dot = '\0';
    g_free(path);
    return name;
}

bool bw_cheriot_build_own(const bw_system_own *own)
{
    char *path = bw_cheriot_locate(own->ctx, own->argument, own->sdk);
    bw_cheriot_options options = {.sdk = own->sdk, .mixins = own->mixins};
    bw_arena arena;

    bw_arena_init(&arena);
    const bw_cheriot_board *board =
        bw_cheriot_read(own->ctx, path ? path : own->argument, &options, &arena, own->findings);
    if (board)
        bw_cheriot_check(board, own->ctx, own->findings);
    bool ok = board && !own->findings->counts[BW_ERROR];
    ok = ok && bw_cheriot_write(board, own->folder, own->plan, own->findings);
    bw_arena_free(&arena);
    g_free(path);
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
