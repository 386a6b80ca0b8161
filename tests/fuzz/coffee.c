/* SPDX-License-Identifier: Apache-2.0 */
/* Device types and .gitmodules of balenaOS: any text is both. */
#include "fuzz.h"

#include "systems/balena/coffee.h"
#include "systems/balena/git.h"

static void look(const fuzz_run *run, const bw_json *value, unsigned *left)
{
    if (*left == 0)
        return; /* a name makes small texts large */
    --*left;
    fuzz_promise(value->begin <= value->end && (!value->source || value->end <= value->source->len),
                 "what a device type says is in its file", run);
    (void)bw_json_place(value);
    for (uint32_t i = 0; value->kind == BW_JSON_ARRAY && i < value->count; i++)
        look(run, value->items[i], left);
    for (uint32_t i = 0; value->kind == BW_JSON_OBJECT && i < value->count; i++) {
        fuzz_promise(bw_json_get(value, value->members[i].name) == value->members[i].value,
                     "each key of a device type stands there once", run);
        look(run, value->members[i].value, left);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned left = 10000;
    fuzz_run run;

    fuzz_begin(&run, 0);
    if (bw_source_add(run.unit->ctx->sources, "plank.coffee", data, size) &&
        bw_source_add(run.unit->ctx->sources, "fuzzed/.gitmodules", data, size)) {
        const bw_json *exports = bw_coffee_read(run.unit, "plank.coffee", NULL);
        const bw_json *manifest = exports ? bw_coffee_manifest(run.unit, exports, "plank", NULL) : NULL;

        fuzz_promise(exports || run.findings.first, "a device type that cannot be read has a finding", &run);
        if (exports)
            look(&run, exports, &left);
        if (manifest)
            fuzz_promise(bw_json_get(manifest, "slug") != NULL, "a manifest has a slug", &run);
        (void)bw_gitmodules_read(run.unit, "fuzzed");
    }
    fuzz_end(&run);
    return 0;
}
