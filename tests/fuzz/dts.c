/* SPDX-License-Identifier: Apache-2.0 */
/* Devicetree source as dtc reads it, and in Zephyr's dialect; no preprocessor. */
#include "fuzz.h"

#include "dts/print.h"

static void print_all(bw_tree *tree)
{
    bw_buffer out = {0};

    bw_dts_print(tree, BW_ANNOTATE_NONE, &out);
    bw_dts_print(tree, BW_ANNOTATE_FULL, &out);
    bw_dts_print_yaml(tree, &out);
    bw_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const bw_dts_options plain = {.preprocess = false};
    const bw_dts_options zephyr = {.preprocess = false, .dialect = BW_DIALECT_ZEPHYR};
    bw_buffer blob = {0};
    fuzz_run run;

    fuzz_begin(&run, fuzz_choice(data, size));
    bw_source_add(run.ctx->sources, "board.dts", data, size);
    bw_tree *tree = bw_dts_read(run.unit, "board.dts", &plain);
    if (fuzz_compile(&run, tree, &blob)) {
        print_all(tree);
        bw_buffer text = {0};
        bw_fdt_write_asm(tree, NULL, &text);
        bw_buffer_free(&text);
        fuzz_fixed_point(&run, &blob);
    }
    fuzz_again(&run);
    fuzz_check(&run, bw_dts_read(run.unit, "board.dts", &plain));
    fuzz_again(&run);
    fuzz_check(&run, bw_dts_read(run.unit, "board.dts", &zephyr));
    bw_buffer_free(&blob);
    fuzz_end(&run);
    return 0;
}
