/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/write.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static void guard_begin(GString *out, const char *indent, const char *macro)
{
    if (macro)
        g_string_append_printf(out, "%s#%s %s\n", indent, *macro == '!' ? "ifndef" : "ifdef", macro + (*macro == '!'));
}

static void guard_end(GString *out, const char *indent, const char *macro)
{
    if (macro)
        g_string_append_printf(out, "%s#endif /* %s */\n", indent, macro);
}

static void comment_node(GString *out, const bw_tree *tree, const bw_node *node)
{
    bw_text_comment(out, bw_node_path(tree, node));
}

static void write_interrupts(const bw_sel4_platform *p, GString *out)
{
    g_string_append(out, "/* Interrupts that the kernel takes. */\n");
    for (uint32_t i = 0; i < p->interrupt_count; i++) {
        const bw_sel4_interrupt *interrupt = &p->interrupts[i];
        const bw_sel4_interrupt_rule *rule = interrupt->rule;

        g_string_append(out, "/* ");
        comment_node(out, p->tree, interrupt->owner);
        g_string_append(out, " */\n");
        guard_begin(out, "", rule->enable_macro);
        guard_begin(out, "", rule->sel_macro);
        g_string_append_printf(out, "#define %s %" PRId64 "\n", interrupt->name, interrupt->number);
        if (rule->sel_macro)
            g_string_append_printf(out, "#else\n#define %s %" PRId64 "\n", interrupt->name, interrupt->other_number);
        guard_end(out, "", rule->sel_macro);
        guard_end(out, "", rule->enable_macro);
    }
}

static const char *macro_at(const bw_sel4_platform *p, uint64_t offset)
{
    for (uint32_t i = 0; i < p->macro_count; i++)
        if (p->macros[i].offset == offset)
            return p->macros[i].name;
    return NULL;
}

static void write_frame(const bw_sel4_platform *p, const bw_sel4_group *group, uint64_t page, GString *out)
{
    const uint64_t offset = group->kernel_offset + page;
    const char *macro = macro_at(p, offset);

    g_string_append_printf(out, "    {\n        .paddr = 0x%" PRIx64 ",\n", group->base + page);
    if (macro) {
        g_string_append_printf(out, "        .pptr = %s,\n", macro);
    } else {
        g_string_append(out, "        /* of");
        for (uint32_t i = 0; i < group->label_count; i++)
            g_string_append_printf(out, "%s %s", i ? "," : "", group->labels[i].name);
        g_string_append_printf(out, " */\n        .pptr = KDEV_BASE + 0x%" PRIx64 ",\n", offset);
    }
    if (p->options->arch->arm)
        g_string_append(out, "        .armExecuteNever = true,\n");
    g_string_append_printf(out, "        .userAvailable = %s\n    },\n", group->user ? "true" : "false");
}

static void write_group(const bw_sel4_platform *p, const bw_sel4_group *group, GString *out)
{
    const uint64_t page = (uint64_t)1 << p->options->arch->page_bits;

    guard_begin(out, "    ", group->macro);
    g_string_append(out, "    /* ");
    for (uint32_t i = 0; i < group->owner_count; i++) {
        g_string_append(out, i ? ", " : "");
        comment_node(out, p->tree, group->owners[i]);
    }
    g_string_append(out, " */\n");
    for (uint64_t at = 0; at < group->size; at += page)
        write_frame(p, group, at, out);
    guard_end(out, "    ", group->macro);
}

static void write_frames(const bw_sel4_platform *p, GString *out)
{
    g_string_append(out, "\n/* Where the kernel maps devices. */\n");
    for (uint32_t i = 0; i < p->macro_count; i++)
        g_string_append_printf(out, "#define %s (KDEV_BASE + 0x%" PRIx64 ")\n", p->macros[i].name, p->macros[i].offset);
    if (!p->group_count) {
        g_string_append(out, "\n/* C has no array without elements. */\n"
                             "static const kernel_frame_t BOOT_RODATA *const kernel_device_frames = NULL;\n"
                             "#define NUM_KERNEL_DEVICE_FRAMES 0\n");
        return;
    }
    g_string_append(out, "\nstatic const kernel_frame_t BOOT_RODATA kernel_device_frames[] = {\n");
    for (uint32_t i = 0; i < p->group_count; i++)
        write_group(p, &p->groups[i], out);
    g_string_append(out, "};\n\n#define NUM_KERNEL_DEVICE_FRAMES ARRAY_SIZE(kernel_device_frames)\n");
}

static void write_memory(const bw_sel4_platform *p, GString *out)
{
    g_string_append(out, "\n/* Memory. */\nstatic const p_region_t BOOT_RODATA avail_p_regs[] = {\n");
    for (uint32_t i = 0; i < p->memory.count; i++) {
        const bw_sel4_region *region = &p->memory.items[i];

        g_string_append(out, "    /* ");
        comment_node(out, p->tree, region->owner);
        g_string_append_printf(out,
                               " */\n    {\n        .start = 0x%" PRIx64 ",\n        .end   = 0x%" PRIx64 "\n    },\n",
                               region->base, region->base + region->size);
    }
    g_string_append(out, "};\n");
}

void bw_sel4_write_header(const bw_sel4_platform *p, GString *out)
{
    g_string_append(out,
                    "/* Written by boardwright from the devicetree and the kernel's rules. */\n\n#pragma once\n\n");
    g_string_append_printf(out, "#define PHYS_BASE_RAW 0x%" PRIx64 "\n\n", p->phys_base);
    g_string_append(out, "#ifndef __ASSEMBLER__\n\n"
                         "#include <config.h>\n"
                         "#include <mode/hardware.h> /* KDEV_BASE */\n"
                         "#include <linker.h>        /* BOOT_RODATA */\n"
                         "#include <basic_types.h>   /* p_region_t, kernel_frame_t */\n\n"
                         "static inline CONST word_t physBase(void)\n{\n    return PHYS_BASE_RAW;\n}\n\n");
    write_interrupts(p, out);
    write_frames(p, out);
    write_memory(p, out);
    g_string_append(out, "\n#endif /* !__ASSEMBLER__ */\n");
}
