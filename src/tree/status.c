/* SPDX-License-Identifier: Apache-2.0 */
#include "tree/status.h"

#include "tree/strings.h"

#include <string.h>

static const char *const names[] = {
    [BW_STATUS_OKAY] = "okay", [BW_STATUS_DISABLED] = "disabled", [BW_STATUS_RESERVED] = "reserved",
    [BW_STATUS_FAIL] = "fail", [BW_STATUS_OTHER] = "other",       [BW_STATUS_UNKNOWN] = "unknown",
};

const char *bw_status_name(bw_status status)
{
    return names[status];
}

bw_status bw_node_status(const bw_tree *tree, const bw_node *node)
{
    const bw_prop *prop = bw_node_prop(node, tree->unit->n->status);

    if (!prop)
        return BW_STATUS_OKAY;
    if (bw_prop_sure(prop) < prop->value.len)
        return BW_STATUS_UNKNOWN;
    const char *text = bw_prop_string(prop);
    if (!text)
        return BW_STATUS_OTHER;
    if (strcmp(text, "okay") == 0 || strcmp(text, "ok") == 0)
        return BW_STATUS_OKAY;
    if (strcmp(text, "disabled") == 0)
        return BW_STATUS_DISABLED;
    if (strcmp(text, "reserved") == 0)
        return BW_STATUS_RESERVED;
    if (strcmp(text, "fail") == 0 || strncmp(text, "fail-", 5) == 0)
        return BW_STATUS_FAIL;
    return BW_STATUS_OTHER;
}

const bw_node *bw_node_unavailable(const bw_tree *tree, const bw_node *node)
{
    const bw_node *outermost = NULL;

    for (const bw_node *n = node; n; n = n->parent) {
        bw_status status = bw_node_status(tree, n);

        if (status != BW_STATUS_OKAY && status != BW_STATUS_UNKNOWN)
            outermost = n;
    }
    return outermost;
}
