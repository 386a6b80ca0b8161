/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/cheriot/check.h"

#include "base/text.h"

void bw_cheriot_check(const bw_cheriot_board *board, bw_context *ctx, bw_findings *findings)
{
    bw_cheriot_run run = {.board = board, .ctx = ctx, .findings = findings};

    bw_arena_init(&run.arena);
    run.bad = bw_arena_array(&run.arena, bool, board->device_count);
    bw_cheriot_check_bounds(&run);
    bw_cheriot_check_overlaps(&run);
    bw_cheriot_check_heap(&run);
    bw_cheriot_check_devices(&run);
    bw_cheriot_check_revoker(&run);
    bw_cheriot_check_names(&run);
    bw_cheriot_check_interrupts(&run);
    bw_cheriot_check_clocks(&run);
    bw_cheriot_check_drivers(&run);
    bw_cheriot_check_defines(&run);
    bw_cheriot_check_running(&run);
    bw_arena_free(&run.arena);
}

/* -- places --------------------------------------------------------------------------------------- */

bw_place bw_cheriot_some_place(const bw_cheriot_run *run, bw_place place)
{
    return place.file ? place : bw_cheriot_home(run->board);
}

bw_place bw_cheriot_place(const bw_cheriot_run *run, const bw_json *value)
{
    return value && value->source ? bw_json_place(value) : bw_cheriot_home(run->board);
}

uint32_t bw_cheriot_file_of(const bw_cheriot_board *board, const bw_json *value)
{
    for (uint32_t i = board->file_count; value && value->source && i-- > 0;)
        if (board->files[i].source == value->source)
            return i;
    return 0;
}

/* The number of an extent that the last file set. */
static const bw_json *newest_of(const bw_cheriot_board *board, const bw_cheriot_extent *extent)
{
    const bw_json *parts[] = {extent->value, extent->start.where, extent->end.where, extent->length.where};
    const bw_json *newest = extent->value;

    for (size_t i = 1; i < G_N_ELEMENTS(parts); i++)
        if (bw_cheriot_file_of(board, parts[i]) > bw_cheriot_file_of(board, newest))
            newest = parts[i];
    return newest;
}

bw_place bw_cheriot_extent_place(const bw_cheriot_run *run, const bw_cheriot_extent *extent)
{
    const bw_json *newest = newest_of(run->board, extent);

    if (newest == extent->value && extent->place.file)
        return extent->place;
    return bw_cheriot_place(run, newest);
}

bool bw_cheriot_is_later(const bw_cheriot_board *board, const bw_cheriot_extent *a, const bw_cheriot_extent *b)
{
    uint32_t file_a = bw_cheriot_file_of(board, newest_of(board, a));
    uint32_t file_b = bw_cheriot_file_of(board, newest_of(board, b));

    if (file_a != file_b)
        return file_a > file_b;
    if (a->value->source != b->value->source || !a->value->source)
        return a->first > b->first;
    return a->value->begin > b->value->begin;
}

/* -- texts ---------------------------------------------------------------------------------------- */

const char *bw_cheriot_range(bw_cheriot_run *run, const bw_cheriot_extent *extent)
{
    return bw_arena_printf(&run->arena, "0x%" PRIx64 "–0x%" PRIx64, extent->first, extent->past - 1);
}

const char *bw_cheriot_bytes(bw_cheriot_run *run, uint64_t bytes)
{
    GString *size = g_string_new(NULL);

    bw_text_size(size, bytes);
    const char *text = bw_arena_printf(&run->arena, "0x%" PRIx64 " (%s)", bytes, size->str);
    g_string_free(size, TRUE);
    return text;
}

const char *bw_cheriot_path(bw_cheriot_run *run, const bw_cheriot_word *word, bw_cheriot_use use)
{
    const bw_cheriot_board *board = run->board;
    const char *path = bw_cheriot_expand(board, word, use, &run->arena, NULL);

    if (strstr(path, "${") || strstr(path, "$("))
        return NULL;
    while (g_str_has_prefix(path, "./"))
        path += 2;
    /* What a variable stands for is a path from here already. */
    if (word->text[0] == '$' || g_path_is_absolute(path) || strcmp(board->directory, ".") == 0)
        return path;
    return bw_arena_printf(&run->arena, "%s/%s", board->directory, path);
}

/* -- defines -------------------------------------------------------------------------------------- */

bool bw_cheriot_defines(const bw_cheriot_board *board, const char *name)
{
    size_t len = strlen(name);

    for (uint32_t i = 0; i < board->defines.count; i++) {
        const char *text = board->defines.items[i].text;

        if (strncmp(text, name, len) == 0 && (text[len] == '\0' || text[len] == '='))
            return true;
    }
    return false;
}
