/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs, and overlays: what stands behind the blob's own total size is taken for an overlay of it.
 * Without such a tail the blob itself is applied, as an overlay, to a small base.
 */
#include "fuzz.h"

#include "base/bytes.h"
#include "check/check.h"
#include "dts/print.h"

static const char base_text[] = "/dts-v1/;\n"
                                "/ { #address-cells = <1>; #size-cells = <1>; aliases { serial0 = &uart; };\n"
                                "  soc: soc { #address-cells = <1>; #size-cells = <1>; ranges;\n"
                                "    uart: serial@1000 { reg = <0x1000 0x100>; clocks = <&clk>; };\n"
                                "    clk: clock { #clock-cells = <0>; }; }; };\n";

static bw_tree *read_base(fuzz_run *run)
{
    const bw_dts_options plain = {.preprocess = false};

    bw_source_add(run->ctx->sources, "base.dts", base_text, sizeof base_text - 1);
    bw_tree *tree = bw_dts_read(run->unit, "base.dts", &plain);
    bw_buffer blob = {0};
    fuzz_run symbols = *run;

    symbols.generate = (bw_fdt_generate_options){.symbols = true};
    fuzz_promise(fuzz_compile(&symbols, tree, &blob), "the base compiles", run);
    bw_buffer_free(&blob);
    return tree;
}

static bool resolved(const fuzz_run *run, bw_tree *tree)
{
    bw_check_set checks;

    bw_check_set_init(&checks);
    return tree && !tree->broken && bw_check_run_dtc(tree, &checks, &run->resolve) &&
           bw_fdt_generate(tree, &run->generate);
}

static void apply(fuzz_run *run, bw_source *below, bw_source *above)
{
    bw_buffer blob = {0};

    fuzz_again(run);
    bw_tree *base = below ? bw_fdt_read(run->unit, below) : read_base(run);
    if (below && !resolved(run, base))
        return;
    bw_tree *overlay = bw_fdt_read(run->unit, above);
    if (!resolved(run, overlay))
        return;
    if (bw_overlay_apply(base, overlay) && bw_fdt_write(base, NULL, &blob)) {
        fuzz_check(run, base);
        bw_buffer text = {0};
        bw_dts_print(base, BW_ANNOTATE_LINES, &text);
        bw_buffer_free(&text);
    }
    bw_buffer_free(&blob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bw_buffer blob = {0};
    bw_buffer text = {0};
    size_t total = size;
    fuzz_run run;

    if (size >= 8 && bw_get32(data + 4) < size)
        total = bw_get32(data + 4);
    fuzz_begin(&run, fuzz_choice(data, size));
    run.generate = (bw_fdt_generate_options){0};
    run.resolve = (bw_resolve_options){0};
    bw_source *source = bw_source_from_memory(run.ctx->sources, "board.dtb", (const char *)data, total);
    bw_tree *tree = bw_fdt_read(run.unit, source);
    if (fuzz_compile(&run, tree, &blob)) {
        bw_dts_print(tree, BW_ANNOTATE_FULL, &text);
        bw_dts_print_yaml(tree, &text);
        fuzz_fixed_point(&run, &blob);
    }
    fuzz_again(&run);
    fuzz_check(&run, bw_fdt_read(run.unit, source));
    if (total + 40 <= size)
        apply(&run, source,
              bw_source_from_memory(run.ctx->sources, "overlay.dtb", (const char *)data + total, size - total));
    else
        apply(&run, NULL, source);
    bw_buffer_free(&text);
    bw_buffer_free(&blob);
    fuzz_end(&run);
    return 0;
}
