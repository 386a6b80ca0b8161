/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime is compiled for, and where its random numbers come from. */
#include "systems/ocre/check.h"
#include "systems/ocre/wamr.h"

static void check_architecture(const bw_ocre_run *run)
{
    const bw_ocre_wamr wamr = bw_ocre_wamr_of(run->board);

    if (!wamr.unsupported)
        return;
    bw_find_prop(run->tree, BW_CODE_ocre_unsupported_arch, wamr.cpu->node,
                 bw_node_prop_text(wamr.cpu->node, "compatible"),
                 "Ocre's build has no target of the WebAssembly runtime for %s", wamr.cpu_name);
}

static void check_entropy(const bw_ocre_run *run)
{
    const bw_node *node = bw_ocre_chosen(run, "zephyr,entropy");
    const bw_node *unavailable = node ? bw_node_unavailable(run->tree, node) : NULL;
    bw_finding *f;

    /* With a configuration it is not for the devicetree alone to say. */
    if ((node && !unavailable) || run->tree->lacks_nodes || run->app)
        return;
    if (unavailable) {
        f = bw_find_node(run->tree, BW_CODE_ocre_entropy, unavailable,
                         "the source of random numbers, %s, is not enabled, and Ocre's network stack asks for some",
                         bw_node_path(run->tree, node));
        bw_finding_cure(f, "enable it, or set CONFIG_TEST_RANDOM_GENERATOR=y in the samples");
        return;
    }
    f = bw_find_node(run->tree, BW_CODE_ocre_entropy, run->tree->root,
                     "/chosen has no zephyr,entropy, and Ocre's network stack asks for random numbers");
    bw_finding_cure(f, "choose a device that makes some, or set CONFIG_TEST_RANDOM_GENERATOR=y in the samples");
}

void bw_ocre_check_cpu(const bw_ocre_run *run)
{
    check_architecture(run);
    check_entropy(run);
}
