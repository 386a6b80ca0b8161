/* SPDX-License-Identifier: Apache-2.0 */
/*
 * board.ld: a script for GNU ld and lld. Conventions of names are those of GNU ld's own scripts and
 * newlib (__bss_start, end, __global_pointer$), so that C libraries find what they look for.
 */
#include "systems/bare/bare.h"
#include "systems/bare/place.h"

#include "base/text.h"

#include <inttypes.h>

static const bw_bare_region *region_at(const bw_bare_layout *l, guint i)
{
    return &g_array_index(l->regions, bw_bare_region, i);
}

static bool is_ram(const bw_bare_region *r)
{
    return r->kind == BW_MEMORY_RAM || r->kind == BW_MEMORY_SRAM;
}

static const char *entry_of(bw_arch arch)
{
    return arch == BW_ARCH_ARM_M ? "Reset_Handler" : "_start";
}

static const char *output_arch_of(bw_arch arch)
{
    switch (arch) {
    case BW_ARCH_AARCH64:
        return "aarch64";
    case BW_ARCH_RISCV:
        return "riscv";
    default:
        return "arm";
    }
}

static void write_head(GString *out, const bw_board *board, const bw_bare_layout *l)
{
    g_string_append(out, "/* ");
    bw_text_comment(out, board->model ? board->model : "A board");
    g_string_append_printf(out,
                           ": where code and data go.\n"
                           " * Made by boardwright from the devicetree; change that, and build again.\n"
                           " *\n"
                           " * Start-up code finds: __stack_top, __stack_size (each of __cpu_count CPUs has its own,\n"
                           " * the first at the top), __bss_start to __bss_end to clear,%s\n"
                           " * __heap_start to __heap_end, __vectors_start.\n"
                           " * Set __stack_size and __heap_size with --defsym. */\n"
                           "\n"
                           "OUTPUT_ARCH(%s)\n"
                           "ENTRY(%s)\n",
                           l->from_flash ? "\n * __data_start to __data_end to copy from __data_load," : "",
                           output_arch_of(l->arch), entry_of(l->arch));
}

static void write_regions(GString *out, const bw_board *board, const bw_bare_layout *l)
{
    g_string_append(out, "\nMEMORY\n{\n");
    for (guint i = 0; i < l->regions->len; i++) {
        const bw_bare_region *r = region_at(l, i);

        g_string_append_printf(out, "    %-16s %s : ORIGIN = 0x%08" PRIx64 ", LENGTH = 0x%08" PRIx64 " /* ", r->name,
                               is_ram(r) ? "(rwx)" : "(rx) ", r->base, r->size);
        bw_text_size(out, r->size);
        g_string_append(out, " of ");
        bw_text_comment(out, bw_node_path(board->tree, r->node));
        g_string_append(out, ", ");
        gsize before = out->len;
        bw_bare_place(out, board, bw_node_span(r->node));
        g_string_truncate(out, out->len == before ? before - 2 : out->len);
        g_string_append(out, " */\n");
    }
    g_string_append(out, "}\n");
}

static void write_reserved(GString *out, const bw_board *board)
{
    for (uint32_t i = 0; i < board->reserved_count; i++) {
        const bw_reserved *r = &board->reserved[i];

        if (!r->is_static || r->unavailable || !r->size)
            continue;
        g_string_append_printf(out, "/* left out: 0x%08" PRIx64 ", ", r->address);
        bw_text_size(out, r->size);
        g_string_append(out, ", ");
        bw_text_comment(out, r->node ? r->path : "/memreserve/");
        g_string_append(out, " */\n");
    }
}

/* Each region that takes bytes of the image has a segment with the rights that it needs. */
static void write_segments(GString *out, const bw_bare_layout *l)
{
    g_string_append(out, "\nPHDRS\n"
                         "{\n"
                         "    text PT_LOAD FLAGS(5); /* read, execute */\n"
                         "    data PT_LOAD FLAGS(6); /* read, write */\n");
    if (l->from_flash) /* else .bss lies behind .data wherever that is loaded: in flash */
        g_string_append(out, "    bss PT_LOAD FLAGS(6);\n");
    for (guint i = l->from_flash ? 2 : 1; i < l->regions->len; i++)
        if (!is_ram(region_at(l, i)))
            g_string_append_printf(out, "    region%u PT_LOAD FLAGS(5);\n", i);
    g_string_append(out, "}\n");
}

static void write_vectors(GString *out, const bw_bare_layout *l, const char *code)
{
    g_string_append_printf(out, "    .vectors : ALIGN(%u)\n    {\n        __vectors_start = .;\n", l->vector_align);
    g_string_append(out, "        KEEP(*(.vectors .vectors.* .isr_vector))\n        __vectors_end = .;\n");
    g_string_append_printf(out, "    } > %s :text\n", code);
}

static void write_code(GString *out, const bw_bare_layout *l, const char *code)
{
    bool vectors_first = l->arch == BW_ARCH_ARM_M;

    if (vectors_first)
        write_vectors(out, l, code);
    g_string_append_printf(out,
                           "    .init :\n    {\n"
                           "        __image_start = %s;\n"
                           "        KEEP(*(.text._start .init))\n"
                           "    } > %s :text\n",
                           vectors_first ? "__vectors_start" : ".", code);
    if (!vectors_first)
        write_vectors(out, l, code);
    g_string_append_printf(out,
                           "    .text :\n    {\n"
                           "        __text_start = .;\n"
                           "        *(.text .text.*)\n"
                           "        KEEP(*(.fini))\n"
                           "        . = ALIGN(8);\n"
                           "        __text_end = .;\n"
                           "    } > %s :text\n"
                           "    .rodata :\n    {\n"
                           "        __rodata_start = .;\n"
                           "        *(.rodata .rodata.* .srodata .srodata.*)\n"
                           "        . = ALIGN(8);\n"
                           "        __preinit_array_start = .;\n"
                           "        KEEP(*(.preinit_array))\n"
                           "        __preinit_array_end = .;\n"
                           "        __init_array_start = .;\n"
                           "        KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*)))\n"
                           "        KEEP(*(.init_array))\n"
                           "        __init_array_end = .;\n"
                           "        __fini_array_start = .;\n"
                           "        KEEP(*(SORT_BY_INIT_PRIORITY(.fini_array.*)))\n"
                           "        KEEP(*(.fini_array))\n"
                           "        __fini_array_end = .;\n"
                           "        __rodata_end = .;\n"
                           "    } > %s :text\n"
                           "    .note : { *(.note .note.*) } > %s :text\n"
                           "    .eh_frame : { KEEP(*(.eh_frame .eh_frame.*)) } > %s :text\n",
                           code, code, code, code);
    if (l->arch == BW_ARCH_ARM_M || l->arch == BW_ARCH_ARM)
        g_string_append_printf(out,
                               "    .ARM.extab : { *(.ARM.extab* .gnu.linkonce.armextab.*) } > %s :text\n"
                               "    .ARM.exidx :\n    {\n"
                               "        __exidx_start = .;\n"
                               "        *(.ARM.exidx* .gnu.linkonce.armexidx.*)\n"
                               "        __exidx_end = .;\n"
                               "    } > %s :text\n",
                               code, code);
}

static void write_data(GString *out, const bw_bare_layout *l)
{
    const char *align = l->from_flash ? "ALIGN(16)" : "ALIGN(CONSTANT(COMMONPAGESIZE))";

    g_string_append_printf(out,
                           "    .data : %s\n    {\n"
                           "        __data_start = .;\n"
                           "        *(.data .data.* .got .got.plt)\n",
                           align);
    if (l->arch == BW_ARCH_RISCV)
        g_string_append(out, "        . = ALIGN(8);\n"
                             "        PROVIDE(__global_pointer$ = . + 0x800);\n");
    g_string_append_printf(out,
                           "        *(.sdata .sdata.* .sdata2 .sdata2.*)\n"
                           "        . = ALIGN(16);\n"
                           "        __data_end = .;\n"
                           "    } > RAM%s :data\n"
                           "    __data_load = LOADADDR(.data);\n"
                           "    __data_size = SIZEOF(.data);\n"
                           "    .bss (NOLOAD) : ALIGN(16)\n    {\n"
                           "        __bss_start = .;\n"
                           "        *(.sbss .sbss.*)\n"
                           "        *(.bss .bss.*)\n"
                           "        *(COMMON)\n"
                           "        . = ALIGN(16);\n"
                           "        __bss_end = .;\n"
                           "    } > RAM%s\n",
                           l->from_flash ? " AT > FLASH" : "", l->from_flash ? " AT > RAM :bss" : " :data");
}

static void write_stack_and_heap(GString *out, const bw_bare_layout *l)
{
    const char *name = region_at(l, 0)->name;

    g_string_append_printf(out,
                           "\n"
                           "    /* Stacks lie at the end of RAM and grow down; the heap has all that is left. */\n"
                           "    __cpu_count = %u;\n"
                           "    __stack_top = (ORIGIN(%s) + LENGTH(%s)) & ~15;\n"
                           "    __stack_bottom = __stack_top - __stack_size * __cpu_count;\n"
                           "    __heap_start = __bss_end;\n"
                           "    __heap_end = __stack_bottom;\n"
                           "    PROVIDE(_end = __bss_end);\n"
                           "    PROVIDE(end = __bss_end);\n"
                           "    ASSERT(__stack_bottom >= __heap_start + __heap_size,\n"
                           "           \"%s is too small for the program, its heap and its stacks\")\n",
                           l->cpu_count, name, name, name);
}

/* What is put into a region by name: __attribute__((section(".region.CCM"))). */
static void write_named_regions(GString *out, const bw_bare_layout *l)
{
    for (guint i = l->from_flash ? 2 : 1; i < l->regions->len; i++) {
        const bw_bare_region *r = region_at(l, i);

        if (is_ram(r))
            g_string_append_printf(out, "    .region.%s (NOLOAD) : { *(.region.%s .region.%s.*) } > %s :NONE\n",
                                   r->name, r->name, r->name, r->name);
        else
            g_string_append_printf(out, "    .region.%s : { KEEP(*(.region.%s .region.%s.*)) } > %s :region%u\n",
                                   r->name, r->name, r->name, r->name, i);
    }
}

GString *bw_bare_linker_script(const bw_board *board, const bw_bare_layout *l)
{
    GString *out = g_string_new(NULL);
    const char *code = l->from_flash ? region_at(l, 1)->name : region_at(l, 0)->name;

    write_head(out, board, l);
    write_regions(out, board, l);
    write_reserved(out, board);
    write_segments(out, l);
    g_string_append_printf(out,
                           "\n"
                           "PROVIDE(__stack_size = 0x%" PRIx64 ");\n"
                           "PROVIDE(__heap_size = 0x%" PRIx64 ");\n"
                           "\nSECTIONS\n{\n",
                           l->stack_size, l->heap_size);
    write_code(out, l, code);
    write_data(out, l);
    write_stack_and_heap(out, l);
    if (l->regions->len > (l->from_flash ? 2 : 1))
        g_string_append(out, "\n    /* Memory that nothing goes to by itself. */\n");
    write_named_regions(out, l);
    g_string_append(out, "}\n");
    return out;
}
