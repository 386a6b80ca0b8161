/* SPDX-License-Identifier: Apache-2.0 */
/* JSON as CHERIoT writes it, a patch for it behind the first byte 0xff, and the board that it makes. */
#include "fuzz.h"

#include "json/patch.h"
#include "json/write.h"
#include "systems/cheriot/probe_tree.h"
#include "systems/cheriot/run.h"
#include "systems/cheriot/write.h"

static bool is_finite(const bw_json *value)
{
    bool finite = value->kind != BW_JSON_NUMBER || value->number - value->number == 0;

    for (uint32_t i = 0; value->kind == BW_JSON_ARRAY && i < value->count && finite; i++)
        finite = is_finite(value->items[i]);
    for (uint32_t i = 0; value->kind == BW_JSON_OBJECT && i < value->count && finite; i++)
        finite = is_finite(value->members[i].value);
    return finite;
}

/* What is written is strict JSON, and the same again. */
static void write_again(fuzz_run *run, const bw_json *value, bw_arena *arena)
{
    static const bw_json_format format = {.sorted = true, .compact = true};
    char *text = bw_json_text_of(value, &format);
    bw_findings findings;

    bw_findings_init(&findings, run->ctx);
    bw_source *source = bw_source_from_memory(run->ctx->sources, "again.json", text, strlen(text));
    const bw_json *again = bw_json_read(source, BW_JSON_STRICT, arena, &findings);
    fuzz_promise(again != NULL, "JSON that was written can be read", run);
    char *text_again = bw_json_text_of(again, &format);
    if (is_finite(value))
        fuzz_promise(strcmp(text, text_again) == 0, "JSON that was written reads the same", run);
    g_free(text_again);
    g_free(text);
    bw_findings_free(&findings);
}

static const bw_json *read_part(fuzz_run *run, const char *name, const uint8_t *data, size_t size, bw_arena *arena)
{
    bw_source *source = bw_source_from_memory(run->ctx->sources, name, (const char *)data, size);
    bw_findings strict;

    bw_findings_init(&strict, run->ctx);
    const bw_json *narrow = bw_json_read(source, BW_JSON_STRICT, arena, &strict);
    const bw_json *value = bw_json_read(source, BW_JSON_CJSON, arena, &run->findings);
    fuzz_promise(!narrow || value, "the superset takes all that is JSON", run);
    fuzz_promise(!narrow || !value || bw_json_equal(narrow, value), "both dialects read the same", run);
    bw_findings_free(&strict);
    return value;
}

/* The files are made of any board, and of a right one there is a devicetree without a mistake. */
static void write_board(fuzz_run *run, const bw_cheriot_board *board, bw_arena *arena)
{
    bool right = !run->findings.counts[BW_ERROR];
    bw_plan *plan = bw_plan_new("out");
    bw_cheriot_probe_tree probe;
    bw_findings found;

    bw_findings_init(&found, run->ctx);
    fuzz_promise(bw_cheriot_write(board, "cheriot", plan, &found), "all files have their own names", run);
    g_strfreev(bw_cheriot_command(board, NULL, &found));
    bw_findings_free(&found);
    bw_plan_free(plan);
    bw_findings_init(&found, run->ctx);
    if (bw_cheriot_probe_tree_make(board, NULL, run->ctx, arena, &found, &probe)) {
        bw_unit *unit = bw_unit_new(run->ctx);
        bw_load_options options = {0};

        bw_unit_begin(unit, &found);
        bw_tree *tree = bw_target_read(unit, &probe.target, &options, NULL);
        fuzz_promise(!right || (tree && !tree->broken), "the devicetree of a right board can be read", run);
        bw_cheriot_probe_tree_move(&probe, &found);
        bw_unit_free(unit);
        bw_cheriot_probe_tree_free(&probe);
    }
    bw_findings_free(&found);
}

static void make_board(fuzz_run *run, const bw_json *document, bw_arena *arena)
{
    bw_cheriot_board *board = bw_arena_new(arena, bw_cheriot_board);

    board->name = board->directory = board->base_directory = board->project = "board";
    bw_cheriot_fill(board, document, run->ctx, arena, &run->findings);
    fuzz_promise(board->normalized->kind == BW_JSON_OBJECT, "a normalized board is an object", run);
    bw_cheriot_check(board, run->ctx, &run->findings);
    write_board(run, board, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *split = size ? memchr(data, 0xff, size) : NULL;
    size_t first = split ? (size_t)(split - data) : size;
    bw_arena arena;
    fuzz_run run;

    fuzz_begin(&run, fuzz_choice(data, size));
    bw_arena_init(&arena);
    const bw_json *document = read_part(&run, "board.json", data, first, &arena);
    const bw_json *patch = split ? read_part(&run, "x.json", split + 1, size - first - 1, &arena) : NULL;
    if (document && patch && patch->kind == BW_JSON_ARRAY) {
        bool ok = true;

        bw_json_patch_check(patch, BW_PATCH_CHERIOT, &run.findings);
        (void)bw_json_patch(document, patch, 0, &arena, &run.findings, &ok);
        document = bw_json_patch(document, patch, BW_PATCH_LENIENT | BW_PATCH_CHERIOT, &arena, &run.findings, &ok);
    }
    if (document)
        write_again(&run, document, &arena);
    if (document && document->kind == BW_JSON_OBJECT)
        make_board(&run, document, &arena);
    bw_arena_free(&arena);
    fuzz_end(&run);
    return 0;
}
