/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the fuzz targets share. Each target is one file with LLVMFuzzerTestOneInput(); linked with
 * libFuzzer it looks for inputs by itself, linked with replay.c it runs those of the files given.
 *
 * A target does with its input all that a command would: resolve, check, generate, write, print, show,
 * render the findings. Beyond crashes it looks for broken promises: what one stage wrote without an
 * error, the next must read to the same bytes. A broken promise aborts.
 */
#ifndef BW_TESTS_FUZZ_FUZZ_H
#define BW_TESTS_FUZZ_FUZZ_H

#include "base/buffer.h"
#include "base/unit.h"
#include "dts/dts.h"
#include "fdt/fdt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** A unit and its sources, new for each input, in a context that stays for some thousand inputs. */
typedef struct fuzz_run {
    unsigned options;
    bw_context *ctx;
    bw_unit *unit;
    bw_findings findings;
    bw_resolve_options resolve;
    bw_fdt_generate_options generate;
} fuzz_run;

void fuzz_begin(fuzz_run *run, unsigned options); /**< @p options: bits that choose -@, -L, -A */
void fuzz_end(fuzz_run *run);
/** Forgets the tree of the run, renders its findings in all formats, begins anew. */
void fuzz_again(fuzz_run *run);

/** Sums up the input, for choosing options by it. */
unsigned fuzz_choice(const uint8_t *data, size_t size);

/** As boardwright compile and dtc: resolves with dtc's checks, generates nodes, writes.
 *  @return whether there is a blob. */
bool fuzz_compile(fuzz_run *run, bw_tree *tree, bw_buffer *blob);
/** As boardwright check and show: all checks, the board model, text and JSON of it. */
void fuzz_check(fuzz_run *run, bw_tree *tree);
/** A blob that was written must read, and print and compile, to the same bytes again. */
void fuzz_fixed_point(fuzz_run *run, const bw_buffer *blob);

/** Aborts with a message when a promise is broken. */
void fuzz_promise(bool kept, const char *promise, const fuzz_run *run);

#endif
