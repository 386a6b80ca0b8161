/* SPDX-License-Identifier: Apache-2.0 */
/* Kconfig files and configurations: lines, symbols, conditions, with every question to each. */
#include "fuzz.h"

#include "systems/zephyr/kconfig.h"

/* By the length of the name, so that all three answers come. */
static bw_kconfig_truth answer(void *data, const char *symbol, size_t len)
{
    (void)data;
    (void)symbol;
    return (bw_kconfig_truth)(len % 3);
}

static bool is_within(bw_kconfig_span span, const bw_source *source)
{
    return span.begin <= span.end && span.end <= source->len;
}

static void ask(fuzz_run *run, const bw_kconfig *k, uint32_t i, bw_arena *arena)
{
    const bw_kconfig_line *line = &k->lines[i];
    bw_kconfig_span rest = line->what;
    bw_kconfig_span symbol;

    fuzz_promise(is_within(line->keyword, k->source) && is_within(line->what, k->source) &&
                     is_within(line->when, k->source),
                 "what stands in a line of Kconfig is in the file", run);
    fuzz_promise(line->entry <= (int32_t)i && line->inside < (int32_t)i,
                 "what a line of Kconfig belongs to stands before it", run);
    while (bw_kconfig_next_symbol(k, &rest, &symbol)) {
        fuzz_promise(is_within(symbol, k->source) && symbol.begin < symbol.end, "a symbol has letters", run);
        (void)bw_kconfig_place(k, symbol);
    }
    (void)bw_kconfig_text(k, line->when, arena);
    (void)bw_kconfig_is(k, line->what, "BOARD_PLANK");
    (void)bw_kconfig_has_prompt(k, i);
    (void)bw_kconfig_counts(k, i, answer, NULL);
    (void)bw_kconfig_condition(k, line->what, answer, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GArray *assignments = g_array_new(FALSE, FALSE, sizeof(bw_kconfig_assignment));
    bw_arena arena;
    fuzz_run run;

    fuzz_begin(&run, 0);
    bw_arena_init(&arena);
    bw_source *source = bw_source_add(run.ctx->sources, "Kconfig", data, size);
    const bw_kconfig *k = bw_kconfig_read(source, &arena, &run.findings);
    /* The questions are asked of each line and go through all of them. */
    for (uint32_t i = 0; i < k->count && i < 200; i++)
        ask(&run, k, i, &arena);
    fuzz_again(&run);
    bw_kconfig_read_assignments(source, assignments, &run.findings);
    for (guint i = 0; i < assignments->len; i++) {
        const bw_kconfig_assignment *a = &g_array_index(assignments, bw_kconfig_assignment, i);

        fuzz_promise(is_within(a->name, source) && is_within(a->value, source), "an assignment is in the file", &run);
    }
    g_array_free(assignments, TRUE);
    bw_arena_free(&arena);
    fuzz_end(&run);
    return 0;
}
