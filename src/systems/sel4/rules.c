/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/rules.h"

#include "base/text.h"
#include "yaml/schema.h"

#include <glib.h>
#include <string.h>

static const bw_schema text_row[] = {{"text", BW_TYPE_TEXT, "A name.", false, false, NULL, NULL, 0, 0}, BW_SCHEMA_END};

static const bw_schema region_keys[] = {
    {"index", BW_TYPE_INT, "Which row of reg.", true, false, NULL, NULL, 0, 0xffff},
    {"kernel", BW_TYPE_TEXT, "Macro of the address where the kernel maps it.", true, false, NULL, NULL, 0, 0},
    {"kernel_size", BW_TYPE_INT, "Bytes to map at most; by itself one page.", false, false, NULL, NULL, 1, UINT64_MAX},
    {"macro", BW_TYPE_TEXT, "Only where this option is set; with ! in front: where it is not.", false, false, NULL,
     NULL, 0, 0},
    {"user", BW_TYPE_BOOL, "User level gets the region, too.", false, false, NULL, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema region_row[] = {{"region", BW_TYPE_MAP, "A region.", false, false, region_keys, NULL, 0, 0},
                                       BW_SCHEMA_END};

static const bw_schema any_row[] = {
    {"interrupt", BW_TYPE_ANY, "An index, boot-cpu, or a map.", false, false, NULL, NULL, 0, 0}, BW_SCHEMA_END};

static const bw_schema interrupt_keys[] = {
    {"index", BW_TYPE_INT, "Which interrupt of the device.", true, false, NULL, NULL, 0, 0xffff},
    {"undef_index", BW_TYPE_INT, "Which one where sel_macro is not set.", false, false, NULL, NULL, 0, 0xffff},
    {"sel_macro", BW_TYPE_TEXT, "Option that chooses between the two.", false, false, NULL, NULL, 0, 0},
    {"enable_macro", BW_TYPE_TEXT, "Option without which there is no such interrupt.", false, false, NULL, NULL, 0, 0},
    {"priority", BW_TYPE_INT, "Of two devices that have the interrupt the higher counts.", false, false, NULL, NULL, 0,
     UINT64_MAX},
    BW_SCHEMA_END,
};
static const bw_schema interrupt_row = {
    "interrupt", BW_TYPE_MAP, "An interrupt.", false, false, interrupt_keys, NULL, 0, 0};

static const bw_schema device_keys[] = {
    {"compatible", BW_TYPE_LIST, "Devices that the rule is for.", true, true, text_row, NULL, 0, 0},
    {"regions", BW_TYPE_LIST, "Regions that the kernel maps.", false, false, region_row, NULL, 0, 0},
    {"interrupts", BW_TYPE_NAMED, "Interrupts that the kernel takes.", false, false, any_row, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema device_row[] = {{"device", BW_TYPE_MAP, "A rule.", false, false, device_keys, NULL, 0, 0},
                                       BW_SCHEMA_END};
static const bw_schema file_keys[] = {
    {"devices", BW_TYPE_LIST, "The rules.", true, true, device_row, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema file_row = {
    "hardware.yml", BW_TYPE_MAP, "Rules of the kernel.", false, false, file_keys, NULL, 0, 0};

static uint32_t count_of(const bw_yaml *list)
{
    return list ? list->count : 0;
}

static uint32_t small(const bw_yaml *value)
{
    uint64_t number = 0;

    bw_yaml_to_int(value, &number);
    return (uint32_t)number;
}

/* A guard may have a '!' before its macro. NULL is none, and fine. */
static bool is_macro(const char *name, bool guard)
{
    return !name || bw_text_is_identifier(name + (guard && *name == '!'));
}

static bool check_macro(const bw_yaml *where, const char *name, bool guard, bw_findings *findings)
{
    if (is_macro(name, guard))
        return true;
    bw_findings_add(findings, BW_CODE_sel4_rule, bw_yaml_place(where), "'%s' is no macro of C", name);
    return false;
}

static bw_sel4_region_rule region_of(const bw_yaml *value)
{
    bw_sel4_region_rule rule = {.index = small(bw_yaml_get(value, "index")),
                                .kernel = bw_yaml_to_text(bw_yaml_get(value, "kernel")),
                                .macro = bw_yaml_to_text(bw_yaml_get(value, "macro")),
                                .where = value};

    rule.sized = bw_yaml_to_int(bw_yaml_get(value, "kernel_size"), &rule.kernel_size);
    bw_yaml_to_bool(bw_yaml_get(value, "user"), &rule.user);
    return rule;
}

/* An index, the word boot-cpu, or a map. */
static bool interrupt_of(const bw_yaml_entry *entry, bw_sel4_interrupt_rule *rule, bw_findings *findings)
{
    const bw_yaml *value = entry->value;
    uint64_t index = 0;

    *rule = (bw_sel4_interrupt_rule){.name = entry->key->text, .where = value};
    if (!check_macro(entry->key, rule->name, false, findings))
        return false;
    if (value->kind == BW_YAML_MAP) {
        if (!bw_schema_check(&interrupt_row, value, findings))
            return false;
        const bw_yaml *undef = bw_yaml_get(value, "undef_index");

        rule->index = small(bw_yaml_get(value, "index"));
        rule->has_undef = undef != NULL;
        rule->undef_index = small(undef);
        rule->sel_macro = bw_yaml_to_text(bw_yaml_get(value, "sel_macro"));
        rule->enable_macro = bw_yaml_to_text(bw_yaml_get(value, "enable_macro"));
        bw_yaml_to_int(bw_yaml_get(value, "priority"), &rule->priority);
        return check_macro(value, rule->sel_macro, true, findings) &&
               check_macro(value, rule->enable_macro, true, findings);
    }
    if (bw_yaml_to_int(value, &index) && index <= 0xffff) {
        rule->index = (uint32_t)index;
        return true;
    }
    rule->boot_cpu = value->kind == BW_YAML_SCALAR && strcmp(value->text, "boot-cpu") == 0;
    if (!rule->boot_cpu)
        bw_findings_add(findings, BW_CODE_sel4_rule, bw_yaml_place(value),
                        "interrupt %s is none of an index, boot-cpu and a map", rule->name);
    return rule->boot_cpu;
}

static bool rule_of(const bw_yaml *value, bw_sel4_rule *rule, bw_arena *arena, bw_findings *findings)
{
    const bw_yaml *compatible = bw_yaml_get(value, "compatible");
    const bw_yaml *regions = bw_yaml_get(value, "regions");
    const bw_yaml *interrupts = bw_yaml_get(value, "interrupts");
    const char **names = bw_arena_array(arena, const char *, (size_t)compatible->count + 1);
    bw_sel4_region_rule *region = bw_arena_array(arena, bw_sel4_region_rule, count_of(regions));
    bw_sel4_interrupt_rule *interrupt = bw_arena_array(arena, bw_sel4_interrupt_rule, count_of(interrupts));
    bool ok = true;

    for (uint32_t i = 0; i < compatible->count; i++)
        names[i] = bw_yaml_to_text(compatible->items[i]);
    for (uint32_t i = 0; i < count_of(regions); i++) {
        region[i] = region_of(regions->items[i]);
        ok &= check_macro(region[i].where, region[i].kernel, false, findings) &&
              check_macro(region[i].where, region[i].macro, true, findings);
    }
    for (uint32_t i = 0; i < count_of(interrupts); i++)
        ok &= interrupt_of(&interrupts->entries[i], &interrupt[i], findings);
    *rule = (bw_sel4_rule){.compatibles = names,
                           .regions = region,
                           .region_count = count_of(regions),
                           .interrupts = interrupt,
                           .interrupt_count = count_of(interrupts),
                           .where = value};
    return ok;
}

const bw_sel4_rules *bw_sel4_rules_read(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings)
{
    const bw_yaml *file = bw_yaml_read_file(ctx, path, arena, findings);
    bool ok = true;

    if (!file || !bw_schema_check(&file_row, file, findings))
        return NULL;
    const bw_yaml *devices = bw_yaml_get(file, "devices");
    bw_sel4_rule *rules = bw_arena_array(arena, bw_sel4_rule, devices->count);

    for (uint32_t i = 0; i < devices->count; i++)
        ok &= rule_of(devices->items[i], &rules[i], arena, findings);
    if (!ok)
        return NULL;
    bw_sel4_rules *all = bw_arena_new(arena, bw_sel4_rules);

    *all = (bw_sel4_rules){.path = path, .rules = rules, .count = devices->count};
    return all;
}

const bw_sel4_rule *bw_sel4_rule_for(const bw_sel4_rules *rules, const char *compatible)
{
    for (uint32_t i = rules->count; i-- > 0;)
        for (const char *const *name = rules->rules[i].compatibles; *name; name++)
            if (strcmp(*name, compatible) == 0)
                return &rules->rules[i];
    return NULL;
}

const char *bw_sel4_rule_nearest(const bw_sel4_rules *rules, const char *compatible)
{
    GPtrArray *names = g_ptr_array_new();

    for (uint32_t i = 0; i < rules->count; i++)
        for (const char *const *name = rules->rules[i].compatibles; *name; name++)
            g_ptr_array_add(names, (void *)*name);
    g_ptr_array_add(names, NULL);
    const char *near = bw_nearest(compatible, (const char *const *)names->pdata);

    g_ptr_array_free(names, TRUE);
    return near;
}
