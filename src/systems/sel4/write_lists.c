/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/write.h"

#include <inttypes.h>

void bw_sel4_write_compatibles(const bw_sel4_platform *p, GString *out)
{
    for (uint32_t i = 0; i < p->compatible_count; i++)
        g_string_append_printf(out, "%s;", p->compatibles[i]);
    g_string_append(out, p->compatible_count ? "\n" : ";\n");
}

static void json_list(const char *name, const bw_sel4_regions *regions, GString *out)
{
    const char *comma = "";

    g_string_append_printf(out, "\"%s\": [", name);
    for (uint32_t i = 0; i < regions->count; i++) {
        const bw_sel4_region *region = &regions->items[i];

        if (!region->size)
            continue;
        g_string_append_printf(out, "%s{\"start\": %" PRIu64 ", \"end\": %" PRIu64 "}", comma, region->base,
                               region->base + region->size);
        comma = ", ";
    }
    g_string_append_c(out, ']');
}

void bw_sel4_write_json(const bw_sel4_platform *p, GString *out)
{
    g_string_append_c(out, '{');
    json_list("devices", &p->devices, out);
    g_string_append(out, ", ");
    json_list("memory", &p->memory, out);
    g_string_append_c(out, '}');
}

static void yaml_list(const char *name, const bw_sel4_regions *regions, GString *out)
{
    bool any = false;

    g_string_append_printf(out, "%s:", name);
    for (uint32_t i = 0; i < regions->count; i++) {
        const bw_sel4_region *region = &regions->items[i];

        if (!region->size)
            continue;
        g_string_append_printf(out, "%s- end: 0x%" PRIx64 "\n  start: 0x%" PRIx64 "\n", any ? "" : "\n",
                               region->base + region->size, region->base);
        any = true;
    }
    if (!any)
        g_string_append(out, " []\n");
}

void bw_sel4_write_yaml(const bw_sel4_platform *p, GString *out)
{
    yaml_list("devices", &p->devices, out);
    yaml_list("memory", &p->memory, out);
}

void bw_sel4_write_all(const bw_sel4_platform *platform, const char *folder, bw_plan *plan)
{
    static const struct {
        const char *name;
        void (*write)(const bw_sel4_platform *, GString *);
    } files[] = {
        {"devices_gen.h", bw_sel4_write_header},          {"elfloader_devices_gen.h", bw_sel4_write_loader},
        {"kernel_compat.txt", bw_sel4_write_compatibles}, {"platform_gen.json", bw_sel4_write_json},
        {"platform_gen.yaml", bw_sel4_write_yaml},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        GString *text = g_string_new(NULL);
        char *path = folder ? g_strdup_printf("%s/%s", folder, files[i].name) : g_strdup(files[i].name);

        files[i].write(platform, text);
        bw_plan_add(plan, path, text->str, text->len);
        g_free(path);
        g_string_free(text, TRUE);
    }
}
