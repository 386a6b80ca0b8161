/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The preprocessor with files in memory. A line that begins with '@' ends one file and begins the next:
 * board.dts (read first), a.h (in the include folder inc), b.dtsi (beside board.dts), c.overlay (appended).
 */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"board.dts", "inc/a.h", "b.dtsi", "c.overlay"};
    static const char *const dirs[] = {"inc", NULL};
    static const char *const defines[] = {"D=1", "E", NULL};
    static const char *const overlays[] = {"c.overlay", NULL};
    unsigned choice = fuzz_choice(data, size);
    bw_dts_options options = {.preprocess = true,
                              .include_dirs = dirs,
                              .dts_dirs = dirs,
                              .defines = defines,
                              .tolerate_missing = (choice & 64) != 0,
                              .dialect = choice & 128 ? BW_DIALECT_ZEPHYR : BW_DIALECT_DTC};
    bw_buffer blob = {0};
    size_t begin = 0;
    fuzz_run run;

    fuzz_begin(&run, choice);
    for (size_t n = 0; n < G_N_ELEMENTS(names); n++) {
        size_t end = begin;

        while (end < size && !(data[end] == '@' && (end == begin || data[end - 1] == '\n')))
            end++;
        bw_source_add(run.ctx->sources, names[n], data + begin, end - begin);
        if (n == 3 && end > begin)
            options.more_files = overlays;
        begin = end < size ? end + 1 : size;
    }
    if (fuzz_compile(&run, bw_dts_read(run.unit, "board.dts", &options), &blob) && options.dialect == BW_DIALECT_DTC)
        fuzz_fixed_point(&run, &blob);
    fuzz_again(&run);
    fuzz_check(&run, bw_dts_read(run.unit, "board.dts", &options));
    bw_buffer_free(&blob);
    fuzz_end(&run);
    return 0;
}
