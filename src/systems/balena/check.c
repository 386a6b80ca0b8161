/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/repo.h"

#include <string.h>

typedef struct chain {
    bw_finding *first, *last;
} chain;

/* The number of the device type that a finding is about, from 1; 0: it is about the repository. */
static uint32_t subject_of(const bw_balena_repo *repo, const bw_finding *f)
{
    for (uint32_t i = 0; i < repo->device_count; i++) {
        const bw_balena_device *d = &repo->devices[i];

        if ((f->node && strcmp(f->node, d->file) == 0) || (f->place.file && strcmp(f->place.file, d->path) == 0))
            return i + 1;
    }
    return 0;
}

/* Puts what is said of a device type together, behind what is said of the repository. */
static void gather(const bw_balena_repo *repo)
{
    bw_findings *findings = repo->unit->findings;
    chain *chains = bw_arena_array(&repo->unit->arena, chain, (size_t)repo->device_count + 1);
    bw_finding *next;

    for (bw_finding *f = findings->first; f; f = next) {
        chain *c = &chains[subject_of(repo, f)];

        next = f->next;
        f->next = NULL;
        if (c->last)
            c->last->next = f;
        else
            c->first = f;
        c->last = f;
    }
    findings->first = findings->last = NULL;
    for (uint32_t i = 0; i <= repo->device_count; i++) {
        if (!chains[i].first)
            continue;
        if (findings->last)
            findings->last->next = chains[i].first;
        else
            findings->first = chains[i].first;
        findings->last = chains[i].last;
    }
}

void bw_balena_check(const bw_balena_repo *repo)
{
    bw_balena_check_root(repo);
    bw_balena_check_devices(repo);
    bw_balena_check_layer(repo);
    bw_balena_check_syntax(repo);
    bw_balena_check_images(repo);
    bw_balena_check_disk(repo);
    bw_balena_check_contracts(repo);
    gather(repo);
}
