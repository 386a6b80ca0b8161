/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/write_devices.h"

#include "tree/strings.h"

#include <glib.h>
#include <string.h>

#define BW_ZEPHYR_DEVICE(compatible, zephyr, properties, required, feature, children)                                  \
    {compatible, zephyr, properties, required, feature, BW_ZEPHYR_CHILDREN_##children},
static const bw_zephyr_device devices[] = {
#include "systems/zephyr/write_devices.def"
};

const bw_zephyr_device *bw_zephyr_device_of(const bw_tree *tree, const bw_node *node)
{
    const bw_prop *compatible = bw_node_prop(node, tree->unit->n->compatible);
    uint32_t offset = 0;

    for (const char *one; (one = bw_prop_next_string(compatible, &offset));)
        for (size_t i = 0; i < G_N_ELEMENTS(devices); i++)
            if (strcmp(devices[i].compatible, one) == 0)
                return &devices[i];
    return NULL;
}

bool bw_zephyr_has_word(const char *words, const char *word)
{
    size_t len = strlen(word);

    for (const char *p = words; (p = strstr(p, word)); p += len)
        if ((p == words || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0'))
            return true;
    return false;
}

bool bw_zephyr_is_common(const char *property)
{
    return *property == '#' || g_str_has_suffix(property, "-controller") ||
           bw_zephyr_has_word("compatible status reg reg-names ranges interrupts interrupts-extended interrupt-names "
                              "interrupt-parent label clocks clock-names device_type zephyr,deferred-init",
                              property);
}
