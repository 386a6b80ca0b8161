/* SPDX-License-Identifier: Apache-2.0 */
/* Containers of support.yml against the storage and the memory of the board. */
#include "systems/ocre/check.h"
#include "systems/ocre/verdict.h"

#include <inttypes.h>

static const bw_ocre_container *largest_of(const bw_ocre_containers *all)
{
    const bw_ocre_container *largest = NULL;

    for (uint32_t i = 0; i < all->count; i++)
        if (all->items[i].source &&
            (!largest || bw_ocre_container_ram(&all->items[i]) > bw_ocre_container_ram(largest)))
            largest = &all->items[i];
    return largest;
}

static bw_ocre_sample first_sample(const bw_ocre_run *run)
{
    if (run->app)
        return run->app->sample;
    for (bw_ocre_sample s = 0; s < BW_OCRE_SAMPLES; s++)
        if (bw_ocre_wants(run->section, s))
            return s;
    return BW_OCRE_MINI;
}

static void say_too_big(const bw_ocre_run *run, const bw_ocre_containers *all, const bw_ocre_verdict *v)
{
    const bw_yaml *list = bw_yaml_get(run->section, "containers");
    const bw_ocre_place *place = &v->storage;

    if (!place->known || place->blocks >= place->wanted)
        return;
    /* What build writes makes room where there is some. */
    if (!run->app && v->needs[BW_OCRE_STORAGE].state != BW_OCRE_IMPOSSIBLE)
        return;
    bw_finding *f = bw_findings_add(run->tree->unit->findings, BW_CODE_ocre_image_too_big, bw_yaml_place(list),
                                    "the sample %s takes %" PRIu64 " blocks with %s, and the storage partition has "
                                    "%" PRIu64 ": %" PRIu64 " too few",
                                    bw_ocre_sample_names[v->sample], place->wanted,
                                    all->count == 1 ? "this container" : "these containers", place->blocks,
                                    place->wanted - place->blocks);
    bw_ocre_note(run, f, run->storage.node, run->storage.reg, "the partition is here");
}

static void say_too_hungry(const bw_ocre_run *run, const bw_ocre_containers *all, const bw_ocre_verdict *v)
{
    const bw_ocre_container *c = largest_of(all);

    if (!c || v->needs[BW_OCRE_MEMORY].state != BW_OCRE_IMPOSSIBLE)
        return;
    bw_finding *f =
        bw_findings_add(run->tree->unit->findings, BW_CODE_ocre_ram_too_small, bw_yaml_place(c->at),
                        "%s takes %s of RAM while it runs, and the sample %s with it %s; the board has %s", c->name,
                        bw_ocre_size(run, bw_ocre_container_ram(c)), bw_ocre_sample_names[v->sample],
                        bw_ocre_size(run, v->ram_wanted), v->needs[BW_OCRE_MEMORY].fact);
    bw_finding_cure(f, "link it with less linear memory, or choose a board with external RAM");
}

/* The runtime has the loader for them only where it is configured. */
static void check_loader(const bw_ocre_run *run, const bw_ocre_containers *all)
{
    for (uint32_t i = 0; i < all->count; i++) {
        const bw_ocre_container *c = &all->items[i];

        if (!c->source || c->wasm.kind != BW_WASM_AOT)
            continue;
        bw_finding *f = bw_findings_add(run->tree->unit->findings, BW_CODE_ocre_image_kind, bw_yaml_place(c->at),
                                        "%s is compiled ahead of time, and the sample %s has no loader for it: "
                                        "CONFIG_OCRE_WAMR_AOT is not set",
                                        c->name, bw_ocre_sample_names[run->app->sample]);
        bw_finding_cure(f, "set CONFIG_OCRE_WAMR_AOT=y in %s, or take the .wasm", bw_ocre_conf_name(run));
    }
}

void bw_ocre_check_preload(const bw_ocre_run *run)
{
    bw_unit *unit = run->tree->unit;
    const bw_ocre_containers all =
        bw_ocre_containers_of(run->section, bw_ocre_wamr_of(run->board).aot_arch,
                              run->board->model ? run->board->model : "this target", &unit->arena, unit->findings);

    if (!all.count)
        return;
    if (run->app && bw_ocre_wants(run->section, run->app->sample) && !bw_ocre_run_is(run, "OCRE_WAMR_AOT"))
        check_loader(run, &all);
    const bw_ocre_verdict_options options = {.section = run->section,
                                             .containers = &all,
                                             .conf = run->app ? run->app->settings : NULL,
                                             .is_64 = run->app && run->app->is_64};
    const bw_ocre_verdict *v = bw_ocre_verdict_of(run->tree, first_sample(run), &options);
    say_too_big(run, &all, v);
    say_too_hungry(run, &all, v);
}
