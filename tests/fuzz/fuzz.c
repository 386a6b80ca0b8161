/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "board/board.h"
#include "check/check.h"
#include "dts/print.h"
#include "report/map.h"
#include "report/report.h"
#include "report/show.h"
#include "systems/bare/bare.h"

#include <stdio.h>
#include <stdlib.h>

#define FINDINGS_MAX 30 /* rendering thousands only costs time */
#define INPUTS_PER_CONTEXT 2000

/* Making a context costs more than reading a small board: only its sources are new each time. */
static bw_context *context(void)
{
    static bw_context *ctx;
    static unsigned used;

    if (ctx && ++used < INPUTS_PER_CONTEXT) {
        bw_sources_free(ctx->sources);
        ctx->sources = bw_sources_new();
        return ctx;
    }
    bw_context_free(ctx);
    used = 0;
    return ctx = bw_context_new();
}

void fuzz_begin(fuzz_run *run, unsigned options)
{
    memset(run, 0, sizeof *run);
    run->options = options;
    run->ctx = context();
    run->unit = bw_unit_new(run->ctx);
    run->generate.symbols = (options & 1) != 0;
    run->generate.fixups = (options & 6) == 6;
    run->generate.aliases = (options & 24) == 24;
    run->resolve.keep_labelled = run->generate.symbols;
    run->resolve.fixups = run->generate.fixups;
    bw_findings_init(&run->findings, run->ctx);
    run->findings.limit = FINDINGS_MAX;
    bw_unit_begin(run->unit, &run->findings);
}

static void render(fuzz_run *run)
{
    bw_buffer out = {0};
    const bw_totals totals = {.boards = 1, .seconds = -1};

    if (!run->findings.first)
        return;
    bw_report_text(&out, &run->findings, false);
    bw_report_github(&out, &run->findings);
    if (run->options % 8 == 0)
        bw_report_json(&out, &run->findings, &totals);
    if (run->options % 64 == 0) /* it lists all codes: slow, and always the same */
        bw_report_sarif(&out, &run->findings);
    bw_buffer_free(&out);
}

void fuzz_again(fuzz_run *run)
{
    render(run);
    bw_findings_free(&run->findings);
    bw_findings_init(&run->findings, run->ctx);
    run->findings.limit = FINDINGS_MAX;
    bw_unit_begin(run->unit, &run->findings);
}

void fuzz_end(fuzz_run *run)
{
    render(run);
    bw_findings_free(&run->findings);
    bw_unit_free(run->unit);
}

unsigned fuzz_choice(const uint8_t *data, size_t size)
{
    unsigned sum = (unsigned)size;

    for (size_t i = 0; i < size; i++)
        sum = (sum ^ data[i]) * 16777619U;
    return sum >> 13;
}

bool fuzz_compile(fuzz_run *run, bw_tree *tree, bw_buffer *blob)
{
    bw_check_set checks;

    if (!tree || tree->broken)
        return false;
    bw_check_set_init(&checks);
    bw_check_set_apply(&checks, run->ctx);
    return bw_check_run_dtc(tree, &checks, &run->resolve) && bw_fdt_generate(tree, &run->generate) &&
           bw_fdt_write(tree, NULL, blob) && run->findings.counts[BW_ERROR] == 0;
}

/* Regions begin in order, parts lie in their region, and every picture can be drawn. */
static void draw_map(const bw_board *board, const bw_target *target, bw_buffer *out)
{
    const bw_map *map = bw_map_of(board, NULL, true);
    const bw_map_options options = {.style = {.utf8 = true, .width = 60}, .each = board->device_count % 2 == 1};

    for (uint32_t i = 0; i < map->count; i++) {
        const bw_map_region *r = &map->regions[i];

        fuzz_promise(r->address <= r->last && (i == 0 || r[-1].address <= r->address), "regions are in order", NULL);
        for (uint32_t k = 0; k < r->part_count; k++)
            fuzz_promise(r->parts[k].address >= r->address && r->parts[k].last <= r->last, "parts lie in their region",
                         NULL);
    }
    bw_map_text(board, map, &options, out);
    bw_map_svg(board, map, "board", out);
    json_decref(bw_map_json(board, map, target));
}

static void show(const bw_tree *tree)
{
    const bw_board *board = bw_board_of(tree);
    const bw_target target = {.name = "board", .path = "board.dts"};
    const bw_show_options options = {.all = true};
    bw_buffer out = {0};

    bw_show_text(board, &target, &options, &out);
    BW_FOR_NODES (tree, node)
        bw_show_node(board, node, &options, &out);
    json_t *json = bw_show_json(board, &target);
    fuzz_promise(json != NULL, "a board has a JSON form", NULL);
    json_decref(json);
    draw_map(board, &target, &out);
    bw_buffer_free(&out);
}

/* Printable characters, and comments that end where they should: no name can break out of one. */
static bool is_tidy(const bw_plan_file *file)
{
    const char *text = file->bytes;
    bool in_comment = false;
    bool in_string = false;

    for (size_t i = 0; i < file->len; i++) {
        bool pair = i + 1 < file->len;

        if ((text[i] < 0x20 || text[i] == 0x7f) && text[i] != '\n' && (unsigned char)text[i] < 0x80)
            return false;
        if (text[i] == '\n' && in_string)
            return false;
        if (in_comment && pair && text[i] == '*' && text[i + 1] == '/')
            in_comment = false;
        else if (in_comment && pair && text[i] == '/' && text[i + 1] == '*')
            return false;
        else if (!in_comment && !in_string && pair && text[i] == '/' && text[i + 1] == '*')
            in_comment = true, i++;
        else if (!in_comment && text[i] == '"' && (i == 0 || text[i - 1] != '\\'))
            in_string = !in_string;
    }
    return !in_comment && !in_string;
}

/* As boardwright build, without writing. */
static void build_bare(fuzz_run *run, const bw_board *board)
{
    bw_target target = {.name = "fuzz", .path = "fuzz"};
    bw_plan *plan = bw_plan_new("fuzz");
    bw_system_job job = {.board = board, .target = &target, .folder = "bare", .plan = plan};
    uint32_t count;

    bw_bare_build(&job);
    const bw_plan_file *files = bw_plan_files(plan, &count);
    fuzz_promise(count >= 2, "bare writes a header and a README", run);
    for (uint32_t i = 0; i < count; i++)
        fuzz_promise(g_str_has_suffix(files[i].path, ".md") || is_tidy(&files[i]), "no name breaks out of its comment",
                     run);
    bw_plan_free(plan);
}

void fuzz_check(fuzz_run *run, bw_tree *tree)
{
    if (!tree || tree->broken)
        return;
    for (int i = 0; i < BW_CODE_COUNT; i++)
        run->ctx->levels[i] = bw_codes[i].severity;
    if (bw_check_run(tree, &run->resolve)) {
        show(tree);
        build_bare(run, bw_board_of(tree));
    }
}

static bool same(const bw_buffer *a, const bw_buffer *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

void fuzz_fixed_point(fuzz_run *run, const bw_buffer *blob)
{
    bw_buffer again = {0};
    bw_buffer text = {0};

    fuzz_again(run);
    bw_source *source = bw_source_from_memory(run->ctx->sources, "again.dtb", (const char *)blob->data, blob->len);
    bw_tree *tree = bw_fdt_read(run->unit, source);
    fuzz_promise(tree && !tree->broken, "a blob that was written can be read", run);
    if (!fuzz_compile(run, tree, &again)) {
        /* Generated nodes hold names like linux,phandle, of which dtc's checks then speak. */
        bw_buffer_free(&again);
        return;
    }
    fuzz_promise(same(blob, &again), "a blob that was written reads to the same bytes", run);
    bw_dts_print(tree, BW_ANNOTATE_NONE, &text);

    fuzz_again(run);
    const bw_dts_options plain = {.preprocess = false};
    bw_source_add(run->ctx->sources, "again.dts", text.data, text.len);
    tree = bw_dts_read(run->unit, "again.dts", &plain);
    if (getenv("FUZZ_SHOW"))
        fwrite(text.data, 1, text.len, stderr);
    fuzz_promise(tree && !tree->broken, "a tree that was printed can be read", run);
    fuzz_promise(fuzz_compile(run, tree, &again), "a tree that was printed passes the checks that it passed", run);
    fuzz_promise(same(blob, &again), "a tree that was printed compiles to the same bytes", run);
    bw_buffer_free(&again);
    bw_buffer_free(&text);
}

void fuzz_promise(bool kept, const char *promise, const fuzz_run *run)
{
    if (kept)
        return;
    fprintf(stderr, "broken promise: %s\n", promise);
    if (run) {
        bw_buffer out = {0};

        bw_report_text(&out, &run->findings, false);
        fwrite(out.data, 1, out.len, stderr);
    }
    abort();
}
