/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata of BitBake: statements, their places, values of all that is set, under both styles of overrides. */
#include "fuzz.h"

#include "yocto/bitbake.h"

static void look_at(bw_bb_store *store, const bw_bb_file *file, const fuzz_run *run)
{
    unsigned left = 200;

    for (uint32_t i = 0; i < file->count && left; i++, left--) {
        const bw_bb_statement *st = &file->statements[i];
        const bw_bb_value value = bw_bb_get(store, st->written);

        fuzz_promise(st->name_place.line > 0 && st->value_place.line > 0, "every statement has a place", run);
        fuzz_promise(st->written && st->value, "every statement has a name and a value", run);
        fuzz_promise(value.text || !value.place.file, "what is not set was set nowhere", run);
        if (st->flag)
            (void)bw_bb_flag(store, st->written, st->flag);
        g_ptr_array_free(bw_bb_parts(store, st->written), TRUE);
        g_ptr_array_free(bw_bb_shell(store, st->written), TRUE);
        g_ptr_array_free(bw_bb_variants(store, st->written), TRUE);
    }
}

static void evaluate(fuzz_run *run, const uint8_t *data, size_t size, const char *name, bw_bb_style style)
{
    (void)bw_source_add(run->ctx->sources, name, data, size);
    const bw_bb_file *file = bw_bb_read(run->unit, name);
    bw_bb_store *store = bw_bb_store_new(run->unit, style);

    bw_bb_store_set(store, "MACHINE", "plank");
    bw_bb_store_set(store, "PN", "thing");
    if (file) {
        bw_bb_add(store, file, true);
        look_at(store, file, run);
    }
    (void)bw_bb_is_whole(store);
    (void)bw_bb_missing(store);
    bw_bb_store_free(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const unsigned choice = fuzz_choice(data, size);
    fuzz_run run;

    fuzz_begin(&run, choice);
    evaluate(&run, data, size, "/nowhere/recipe.bb", choice & 1 ? BW_BB_OLD_STYLE : BW_BB_NEW_STYLE);
    fuzz_again(&run);
    evaluate(&run, data, size, "/nowhere/local.conf", choice & 2 ? BW_BB_OLD_STYLE : BW_BB_NEW_STYLE);
    fuzz_end(&run);
    return 0;
}
