/* SPDX-License-Identifier: Apache-2.0 */
#include "tree/specifiers.h"

#include "tree/strings.h"

#include <stdlib.h>
#include <string.h>

#define NEXUS_MAX 16

/* Sorted by name. Bindings: Documentation/devicetree/bindings of Linux and dts/bindings of Zephyr;
 * dtc 1.8.1 checks a part of them. */
static const bw_spec_kind exact[] = {
    {.property = "access-controllers", .cells = "#access-controller-cells", .names = "access-controller-names"},
    {.property = "assigned-clock-parents", .cells = "#clock-cells", .map = "clock-map"},
    {.property = "assigned-clocks", .cells = "#clock-cells", .map = "clock-map"},
    {.property = "clocks", .cells = "#clock-cells", .map = "clock-map", .names = "clock-names"},
    {.property = "cooling-device", .cells = "#cooling-cells"},
    {.property = "cpu-idle-states"},
    {.property = "cpu-power-states"},
    {.property = "dmas", .cells = "#dma-cells", .names = "dma-names"},
    {.property = "domain-idle-states"},
    {.property = "extcon"},
    {.property = "gpio", .cells = "#gpio-cells", .map = "gpio-map"},
    {.property = "gpio-ranges", .fixed = 3},
    {.property = "gpios", .cells = "#gpio-cells", .map = "gpio-map"},
    {.property = "hwlocks", .cells = "#hwlock-cells", .names = "hwlock-names"},
    {.property = "interconnects", .cells = "#interconnect-cells"},
    {.property = "io-channels", .cells = "#io-channel-cells", .map = "io-channel-map", .names = "io-channel-names"},
    {.property = "iommus", .cells = "#iommu-cells"},
    {.property = "mboxes", .cells = "#mbox-cells", .names = "mbox-names"},
    {.property = "memory-region", .names = "memory-region-names"},
    {.property = "memory-regions", .names = "memory-region-names"},
    {.property = "mmc-pwrseq"},
    {.property = "msi-parent", .cells = "#msi-cells", .optional_cells = true},
    {.property = "mux-controls", .cells = "#mux-control-cells", .names = "mux-control-names"},
    {.property = "mux-states", .cells = "#mux-state-cells", .names = "mux-state-names"},
    {.property = "next-level-cache"},
    {.property = "nvmem-cells", .cells = "#nvmem-cell-cells", .optional_cells = true, .names = "nvmem-cell-names"},
    {.property = "operating-points-v2"},
    {.property = "pcs-handle"},
    {.property = "performance-domains", .cells = "#performance-domain-cells"},
    {.property = "phy-handle"},
    {.property = "phys", .cells = "#phy-cells", .names = "phy-names"},
    {.property = "power-domains", .cells = "#power-domain-cells", .names = "power-domain-names"},
    {.property = "pwms", .cells = "#pwm-cells", .map = "pwm-map", .names = "pwm-names"},
    {.property = "remote-endpoint"},
    {.property = "required-opps"},
    {.property = "resets", .cells = "#reset-cells", .names = "reset-names"},
    {.property = "sound-dai", .cells = "#sound-dai-cells"},
    {.property = "thermal-sensors", .cells = "#thermal-sensor-cells"},
    {.property = "trigger-sources", .cells = "#trigger-source-cells"},
    {.property = "usb-phy"},
};

static const bw_spec_kind gpio_family = {
    .property = "-gpios", .cells = "#gpio-cells", .map = "gpio-map", .family = true};
static const bw_spec_kind old_gpio_family = {
    .property = "-gpio", .cells = "#gpio-cells", .map = "gpio-map", .family = true};
static const bw_spec_kind supply_family = {.property = "-supply", .family = true};
static const bw_spec_kind pinctrl_family = {.property = "pinctrl-", .family = true};

static int compare_kind(const void *key, const void *element)
{
    return strcmp(key, ((const bw_spec_kind *)element)->property);
}

static bool ends_with(const bw_name *name, const char *end)
{
    size_t len = strlen(end);

    return name->len > len && memcmp(name->text + name->len - len, end, len) == 0;
}

static bool is_pinctrl(const bw_name *name)
{
    const char *digits = name->text + 8;

    return name->len > 8 && memcmp(name->text, "pinctrl-", 8) == 0 && digits[strspn(digits, "0123456789")] == '\0';
}

const bw_spec_kind *bw_spec_kind_of(const bw_name *property)
{
    if (ends_with(property, "-gpios"))
        return ends_with(property, "nr-gpios") ? NULL : &gpio_family;
    if (ends_with(property, "-gpio"))
        return ends_with(property, "nr-gpio") ? NULL : &old_gpio_family;
    if (ends_with(property, "-supply"))
        return &supply_family;
    if (is_pinctrl(property))
        return &pinctrl_family;
    return bsearch(property->text, exact, sizeof exact / sizeof *exact, sizeof *exact, compare_kind);
}

const bw_spec_kind *bw_spec_kind_for(const bw_tree *tree, const bw_node *node, const bw_prop *prop)
{
    const bw_spec_kind *kind = bw_spec_kind_of(prop->name);

    (void)tree;
    if (kind && strcmp(kind->property, "gpios") == 0 && bw_node_prop_text(node, "gpio-hog"))
        return NULL;
    return kind;
}

/* The mark of a phandle reference at a byte. Marks are sorted by offset. */
static const bw_mark *reference_at(const bw_value *value, uint32_t offset)
{
    uint32_t low = 0;
    uint32_t high = value->mark_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (value->marks[middle].offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < value->mark_count && value->marks[low].offset == offset; low++)
        if (value->marks[low].kind == BW_MARK_REF_PHANDLE)
            return &value->marks[low];
    return NULL;
}

const bw_node *bw_phandle_node(const bw_tree *tree, const bw_prop *prop, uint32_t offset, bw_spec_fault *fault)
{
    const bw_value *value = &prop->value;
    bool sure = bw_prop_sure(prop) >= value->len || offset + 4 <= bw_prop_sure(prop);

    if (!sure || value->len < 4 || offset > value->len - 4) {
        *fault = sure ? BW_SPEC_TRUNCATED : BW_SPEC_UNKNOWN;
        return NULL;
    }
    const bw_mark *mark = reference_at(value, offset);
    if (mark && mark->node && !mark->node->deleted) {
        *fault = BW_SPEC_OK;
        return mark->node;
    }
    if (mark) {
        *fault = tree->plugin ? BW_SPEC_UNKNOWN : BW_SPEC_NO_NODE;
        return NULL;
    }
    uint32_t phandle = bw_get32(value->data + offset);
    if (phandle == 0 || phandle == UINT32_MAX) {
        *fault = BW_SPEC_EMPTY;
        return NULL;
    }
    const bw_node *node = bw_tree_by_phandle(tree, phandle);
    if (node)
        *fault = BW_SPEC_OK;
    else
        *fault = tree->from_source ? BW_SPEC_NOT_PHANDLE : BW_SPEC_NO_NODE;
    return node;
}

/* How many cells follow a reference to @p provider. @return OK, NO_CELLS, BAD_CELLS or UNKNOWN. */
static bw_spec_fault count_args(const bw_tree *tree, const bw_node *provider, const char *cells, bool optional,
                                const bw_prop **cells_prop, uint32_t *count)
{
    const bw_name *name = bw_names_find(tree->unit->ctx->names, cells, strlen(cells));

    *cells_prop = name ? bw_node_prop(provider, name) : NULL;
    *count = 0;
    switch (bw_prop_u32(*cells_prop, count)) {
    case BW_STATE_NONE:
        return optional ? BW_SPEC_OK : BW_SPEC_NO_CELLS;
    case BW_STATE_OK:
        return *count <= BW_CELLS_MAX ? BW_SPEC_OK : BW_SPEC_BAD_CELLS;
    case BW_STATE_UNKNOWN:
        return BW_SPEC_UNKNOWN;
    case BW_STATE_BAD:
        break;
    }
    return BW_SPEC_BAD_CELLS;
}

bw_spec_iter bw_spec_begin(const bw_tree *tree, const bw_node *node, const bw_prop *prop, const bw_spec_kind *kind)
{
    return (bw_spec_iter){.tree = tree, .node = node, .prop = prop, .kind = kind, .done = !prop || !kind};
}

bool bw_spec_next(bw_spec_iter *iter, bw_spec *spec)
{
    if (iter->done || iter->offset >= iter->prop->value.len)
        return false;
    const bw_value *value = &iter->prop->value;
    const bw_spec_kind *kind = iter->kind;
    uint32_t sure = bw_prop_sure(iter->prop);

    *spec = (bw_spec){.consumer = iter->node,
                      .prop = iter->prop,
                      .index = iter->index++,
                      .offset = iter->offset,
                      .len = value->len - iter->offset,
                      .args_known = true};
    iter->done = true; /* until the row's length is known */
    if (spec->len < 4) {
        spec->fault = sure < value->len ? BW_SPEC_UNKNOWN : BW_SPEC_LENGTH;
        return true;
    }
    spec->len = 4;
    spec->phandle = bw_get32(value->data + spec->offset);
    spec->provider = bw_phandle_node(iter->tree, iter->prop, spec->offset, &spec->fault);
    if (spec->fault == BW_SPEC_EMPTY || (spec->provider && !kind->cells && !kind->fixed)) {
        spec->args_offset = spec->offset + 4;
        iter->offset += 4;
        iter->done = false;
        return true;
    }
    if (!spec->provider)
        return true;
    if (kind->fixed)
        spec->arg_count = kind->fixed;
    else
        spec->fault = count_args(iter->tree, spec->provider, kind->cells, kind->optional_cells, &spec->cells_prop,
                                 &spec->arg_count);
    if (spec->fault != BW_SPEC_OK)
        return true;
    spec->args_offset = spec->offset + 4;
    spec->args_there = (value->len - spec->args_offset) / 4;
    if (spec->args_there > spec->arg_count)
        spec->args_there = spec->arg_count;
    spec->len = 4 + 4 * spec->args_there;
    spec->args_known = spec->offset + spec->len <= sure;
    if (spec->args_there < spec->arg_count) {
        spec->fault = sure < value->len ? BW_SPEC_UNKNOWN : BW_SPEC_TRUNCATED;
        return true;
    }
    iter->offset += spec->len;
    iter->done = false;
    return true;
}

bool bw_spec_get(const bw_tree *tree, const bw_node *node, const bw_prop *prop, uint32_t index, bw_spec *spec)
{
    bw_spec_iter iter = bw_spec_begin(tree, node, prop, bw_spec_kind_for(tree, node, prop));

    while (bw_spec_next(&iter, spec))
        if (spec->index == index)
            return true;
    return false;
}

const char *bw_spec_name(const bw_spec *spec)
{
    const bw_spec_kind *kind = bw_spec_kind_of(spec->prop->name);

    if (!kind || !kind->names)
        return NULL;
    return bw_prop_string_at(bw_node_prop_text(spec->consumer, kind->names), spec->index);
}

/* ---- nexus nodes ---- */

/* Cells of `X-map-mask` or `X-map-pass-thru`, @p fallback where it is absent or too short. */
static void read_cells(const bw_node *nexus, const char *map, const char *end, uint32_t fallback, uint32_t count,
                       uint32_t *cells)
{
    char name[64];
    const bw_prop *prop = NULL;

    if (strlen(map) + strlen(end) < sizeof name) {
        strcpy(name, map);
        strcat(name, end);
        prop = bw_node_prop_text(nexus, name);
    }
    for (uint32_t i = 0; i < count; i++)
        cells[i] = prop && prop->value.len / 4 > i ? bw_get32(prop->value.data + (size_t)i * 4) : fallback;
}

/* One nexus: finds the row for the arguments and takes provider and arguments from it. */
static void cross_nexus(const bw_tree *tree, const bw_spec_kind *kind, bw_spec_end *end)
{
    const bw_value *value = &end->map->value;
    uint32_t mask[BW_CELLS_MAX], pass[BW_CELLS_MAX];
    uint32_t sure = bw_prop_sure(end->map);

    read_cells(end->nexus, kind->map, "-mask", UINT32_MAX, end->arg_count, mask);
    read_cells(end->nexus, kind->map, "-pass-thru", 0, end->arg_count, pass);
    for (uint32_t offset = 0; offset < value->len;) {
        uint32_t phandle_at = offset + 4 * end->arg_count;
        const bw_prop *cells_prop;
        uint32_t count = 0;
        bool matches = true;

        end->offset = offset;
        if (phandle_at + 4 > value->len) {
            end->fault = sure < value->len ? BW_SPEC_UNKNOWN : BW_SPEC_TRUNCATED;
            return;
        }
        const bw_node *provider = bw_phandle_node(tree, end->map, phandle_at, &end->fault);
        if (provider)
            end->fault = count_args(tree, provider, kind->cells, kind->optional_cells, &cells_prop, &count);
        if (!provider || end->fault != BW_SPEC_OK) {
            end->offset = phandle_at;
            return;
        }
        uint32_t next = phandle_at + 4 + 4 * count;
        if (next > value->len || next > sure) {
            end->fault = sure < value->len ? BW_SPEC_UNKNOWN : BW_SPEC_TRUNCATED;
            return;
        }
        for (uint32_t i = 0; i < end->arg_count; i++)
            matches &= ((bw_get32(value->data + offset + (size_t)i * 4) ^ end->args[i]) & mask[i]) == 0;
        if (matches) {
            uint32_t args[BW_CELLS_MAX] = {0};

            for (uint32_t i = 0; i < count; i++) {
                uint32_t through = i < end->arg_count ? pass[i] : 0;

                args[i] = bw_get32(value->data + phandle_at + 4 + (size_t)i * 4) & ~through;
                if (through)
                    args[i] |= end->args[i] & through;
            }
            memcpy(end->args, args, sizeof args);
            end->arg_count = count;
            end->provider = provider;
            return;
        }
        offset = next;
    }
    end->unmatched = true;
}

bw_spec_end bw_spec_follow(const bw_tree *tree, const bw_spec *spec)
{
    const bw_spec_kind *kind = bw_spec_kind_of(spec->prop->name);
    bw_spec_end end = {.fault = spec->fault, .provider = spec->provider, .arg_count = spec->arg_count};

    if (spec->fault == BW_SPEC_OK && !spec->args_known)
        end.fault = BW_SPEC_UNKNOWN;
    if (end.fault != BW_SPEC_OK || !kind || !kind->map)
        return end;
    for (uint32_t i = 0; i < spec->arg_count; i++)
        end.args[i] = bw_spec_arg(spec, i);
    for (int depth = 0; depth < NEXUS_MAX && end.fault == BW_SPEC_OK && !end.unmatched; depth++) {
        const bw_prop *map = bw_node_prop_text(end.provider, kind->map);

        if (!map)
            return end;
        end.nexus = end.provider;
        end.map = map;
        cross_nexus(tree, kind, &end);
    }
    if (end.fault == BW_SPEC_OK && !end.unmatched)
        end.unmatched = bw_node_prop_text(end.provider, kind->map) != NULL; /* a circle of maps */
    return end;
}
