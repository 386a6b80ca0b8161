/* SPDX-License-Identifier: Apache-2.0 */
/* YAML and JSON: values, board.yml, every conversion of every scalar. */
#include "fuzz.h"

#include "yaml/board_yml.h"
#include "yaml/simple.h"

static void convert(const bw_yaml *value, unsigned *left)
{
    bool truth;
    uint64_t number;

    if (*left == 0)
        return; /* aliases make small texts large */
    --*left;
    (void)bw_yaml_place(value);
    (void)bw_yaml_kind_name(value);
    (void)bw_yaml_is_null(value);
    (void)bw_yaml_get(value, "name");
    (void)bw_yaml_to_bool(value, &truth);
    (void)bw_yaml_to_int(value, &number);
    (void)bw_yaml_to_size(value, &number);
    (void)bw_yaml_to_rate(value, &number);
    if (value->kind == BW_YAML_SCALAR)
        (void)bw_yaml_not_string(value);
    for (uint32_t i = 0; value->kind == BW_YAML_LIST && i < value->count; i++)
        convert(value->items[i], left);
    for (uint32_t i = 0; value->kind == BW_YAML_MAP && i < value->count; i++) {
        convert(value->entries[i].key, left);
        convert(value->entries[i].value, left);
    }
}

static bool same(const bw_yaml *a, const bw_yaml *b)
{
    bool equal = a->kind == b->kind && a->begin == b->begin && a->end == b->end && a->count == b->count &&
                 a->source == b->source;

    if (equal && a->kind == BW_YAML_SCALAR)
        return a->plain == b->plain && a->len == b->len && strcmp(a->text, b->text) == 0;
    for (uint32_t i = 0; equal && a->kind == BW_YAML_LIST && i < a->count; i++)
        equal = same(a->items[i], b->items[i]);
    for (uint32_t i = 0; equal && a->kind == BW_YAML_MAP && i < a->count; i++)
        equal = same(a->entries[i].key, b->entries[i].key) && same(a->entries[i].value, b->entries[i].value);
    return equal;
}

/* What the quick reader takes, libyaml reads likewise and without a finding. */
static void compare_readers(fuzz_run *run, bw_source *source, bw_arena *arena)
{
    bw_findings findings;
    const bw_yaml *simple = bw_yaml_read_simple(source, arena);

    if (!simple)
        return;
    bw_findings_init(&findings, run->ctx);
    const bw_yaml *any = bw_yaml_read_any(source, arena, &findings);
    fuzz_promise(any && !findings.first && same(simple, any), "both readers of YAML see the same", run);
    bw_findings_free(&findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned left = 10000;
    bw_arena arena;
    fuzz_run run;

    fuzz_begin(&run, fuzz_choice(data, size));
    bw_arena_init(&arena);
    bw_source *source = bw_source_add(run.ctx->sources, "board.yml", data, size);
    const bw_yaml *value = bw_yaml_read(source, &arena, &run.findings);
    if (value)
        convert(value, &left);
    compare_readers(&run, source, &arena);
    fuzz_again(&run);
    (void)bw_board_yml_read(run.ctx, "board.yml", &arena, &run.findings);
    bw_arena_free(&arena);
    fuzz_end(&run);
    return 0;
}
