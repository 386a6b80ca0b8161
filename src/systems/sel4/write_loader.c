/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/write.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static bool uses_psci(const bw_sel4_platform *p)
{
    for (uint32_t i = 0; i < p->cpu_count; i++)
        if (p->cpus[i].enable_method && strcmp(p->cpus[i].enable_method, "psci") == 0)
            return true;
    return false;
}

static uint32_t most_regions(const bw_sel4_platform *p)
{
    uint32_t most = 1;

    for (uint32_t i = 0; i < p->loader_count; i++)
        most = MAX(most, p->loader_devices[i].regions.count);
    return most;
}

static void write_text(GString *out, const char *text)
{
    if (text)
        bw_text_string(out, text);
    else
        g_string_append(out, "NULL");
}

static void write_path(const bw_sel4_platform *p, const bw_node *node, GString *out)
{
    g_string_append(out, "    {\n        /* ");
    bw_text_comment(out, bw_node_path(p->tree, node));
    g_string_append(out, " */\n        .compat = ");
}

static void write_device(const bw_sel4_platform *p, const bw_sel4_loader_device *device, uint32_t most, GString *out)
{
    write_path(p, device->node, out);
    write_text(out, device->compatible);
    g_string_append(out, ",\n        .region_bases = {\n");
    for (uint32_t i = 0; i < most; i++)
        g_string_append_printf(out, "            (void *)%s%" PRIx64 ",\n", i < device->regions.count ? "0x" : "",
                               i < device->regions.count ? device->regions.items[i].base : 0);
    g_string_append(out, "        },\n    },\n");
}

/* C has no array without elements. */
static void write_no_device(uint32_t most, GString *out)
{
    g_string_append(out, "    {\n        .compat = NULL,\n        .region_bases = {\n");
    for (uint32_t i = 0; i < most; i++)
        g_string_append(out, "            NULL,\n");
    g_string_append(out, "        },\n    },\n");
}

static void write_cpu(const bw_sel4_platform *p, const bw_sel4_cpu *cpu, GString *out)
{
    write_path(p, cpu->node, out);
    write_text(out, cpu->compatible);
    g_string_append(out, ",\n        .enable_method = ");
    write_text(out, cpu->enable_method);
    g_string_append_printf(out, ",\n        .cpu_id = 0x%" PRIx64 ",\n        .extra_data = %s\n    },\n", cpu->id,
                           cpu->extra);
}

void bw_sel4_write_loader(const bw_sel4_platform *p, GString *out)
{
    const uint32_t most = most_regions(p);

    g_string_append(out, "/* Written by boardwright from the devicetree and the kernel's rules. */\n\n"
                         "#pragma once\n\n#include <types.h>\n");
    if (uses_psci(p))
        g_string_append(out, "#include <psci.h>\n");
    g_string_append_printf(out, "\n#define MAX_NUM_REGIONS %" PRIu32 "\n\n", most);
    g_string_append(out, "struct elfloader_driver;\n\n"
                         "struct elfloader_device {\n"
                         "    const char *compat;\n"
                         "    volatile void *region_bases[MAX_NUM_REGIONS];\n"
                         "    struct elfloader_driver *drv;\n"
                         "};\n\n"
                         "struct elfloader_cpu {\n"
                         "    const char *compat;\n"
                         "    const char *enable_method;\n"
                         "    word_t cpu_id;\n"
                         "    word_t extra_data;\n"
                         "};\n\n"
                         "#ifdef DRIVER_COMMON\n"
                         "struct elfloader_device elfloader_devices[] = {\n");
    for (uint32_t i = 0; i < p->loader_count; i++)
        write_device(p, &p->loader_devices[i], most, out);
    if (!p->loader_count)
        write_no_device(most, out);
    g_string_append(out, "};\n\nstruct elfloader_cpu elfloader_cpus[] = {\n");
    for (uint32_t i = 0; i < p->cpu_count; i++)
        write_cpu(p, &p->cpus[i], out);
    g_string_append(out, "    { .compat = NULL /* the end */ },\n};\n#else\n"
                         "extern struct elfloader_device elfloader_devices[];\n"
                         "extern struct elfloader_cpu elfloader_cpus[];\n#endif\n");
}
