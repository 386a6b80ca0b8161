/* SPDX-License-Identifier: Apache-2.0 */
/* What simulators are known to lack. */
#include "boot/gaps.h"

#include "tree/strings.h"

#include <string.h>

typedef struct gap {
    const char *machine;
    bw_claim_kind kind;
    const char *compatible, *reason, *why;
} gap;

static const gap gaps[] = {
#define BW_GAP(machine, kind, compatible, reason, why) {machine, BW_CLAIM_##kind, compatible, reason, why},
#include "boot/gaps.def"
};

static bool is_machine(const char *name, const char *pattern)
{
    size_t len = strlen(pattern);

    return len && pattern[len - 1] == '*' ? strncmp(name, pattern, len - 1) == 0 : strcmp(name, pattern) == 0;
}

const char *bw_gap_of(const bw_tree *tree, const bw_machine *machine, const bw_claim *claim,
                      const bw_tap_result *result)
{
    const bw_node *node = claim->device ? claim->device->node : claim->node;

    if (!machine->name)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(gaps); i++) {
        const gap *g = &gaps[i];

        if (claim->kind == g->kind && is_machine(machine->name, g->machine) && strcmp(result->reason, g->reason) == 0 &&
            (!*g->compatible || bw_node_is_compatible(tree, node, g->compatible)))
            return g->why;
    }
    return NULL;
}
