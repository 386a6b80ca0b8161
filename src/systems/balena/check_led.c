/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the LED that a contract promises is set up. */
#include "systems/balena/check_parts.h"

#include <string.h>

static bool is_machine(const bw_balena_repo *repo, const char *name)
{
    for (uint32_t i = 0; i < repo->device_count; i++)
        if (repo->devices[i].machine && strcmp(repo->devices[i].machine, name) == 0)
            return true;
    return g_strv_contains(repo->layer->machines, name);
}

/* Whether LED_FILE may be set by an override that a layer brings which is not here: neither in force nor a machine's.
 */
static bool may_be_set(const bw_balena_repo *repo, bw_bb_store *store)
{
    GPtrArray *variants = bw_bb_variants(store, "LED_FILE");
    bool may = false;

    for (guint i = 0; i < variants->len && !may && !bw_bb_is_whole(store); i++)
        may = !bw_bb_has_override(store, variants->pdata[i]) && !is_machine(repo, variants->pdata[i]);
    g_ptr_array_free(variants, TRUE);
    return may;
}

void bw_balena_check_led(const bw_balena_repo *repo, const bw_balena_device *d, const bw_balena_contract *c)
{
    static const char *const recipes[] = {"balena-supervisor", NULL};
    const bw_json *led = bw_json_get(bw_json_get(c->json, "data"), "led");

    if (!d->machine || !repo->layer || !led)
        return;
    bw_bb_store *store = bw_balena_store(repo, d->machine, recipes);
    const bw_bb_value file = bw_bb_get(store, "LED_FILE");
    const bool set = file.text && *file.text && strcmp(file.text, "/dev/null") != 0;
    const bool unknown = (file.text && !file.known) || (!set && may_be_set(repo, store));
    bw_bb_store_free(store);
    if (unknown || set == (led->kind == BW_JSON_TRUE))
        return;
    bw_finding *f =
        set ? bw_balena_find(
                  repo, d, BW_CODE_balena_contract_led, NULL,
                  "LED_FILE is set, but the contract promises no LED that blinks: the test of it is left out")
            : bw_balena_find(repo, d, BW_CODE_balena_contract_led, NULL,
                             "the contract promises an LED that blinks, but no LED_FILE is set for %s: the test of it "
                             "cannot pass",
                             d->machine);
    bw_finding_note(f, bw_json_place(led), "the contract");
    if (set && file.place.file)
        bw_finding_note(f, file.place, "LED_FILE");
}
