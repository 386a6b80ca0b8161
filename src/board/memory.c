/* SPDX-License-Identifier: Apache-2.0 */
/* Memory, what of it is reserved, and the CPUs that use it. */
#include "board/parts.h"

#include <string.h>

const char *bw_memory_kind_name(bw_memory_kind kind)
{
    static const char *const names[] = {"RAM", "SRAM", "flash", "ROM"};

    return names[kind];
}

/* On-chip memory by its binding (Linux: sram/sram.yaml; Zephyr: sram/, memory-controllers/, arc/). */
static const char *const sram_bindings[] = {
    "mmio-sram",    "arm,itcm",      "arm,dtcm",     "nxp,imx-itcm", "nxp,imx-dtcm",
    "arc,iccm",     "arc,dccm",      "arc,xccm",     "arc,yccm",     "nordic,owned-memory",
    "sifive,dtim0", "sifive,l2lim0", "st,stm32-ccm", "mmio-dram",    "fixed-memory",
    NULL,
};

bool bw_is_memory(const bw_maker *m, const bw_node *node, bw_memory_kind *kind)
{
    const char *type = bw_node_string(node, m->n->device_type);
    bool named = bw_is_named(node, "memory");

    if (!bw_node_prop(node, m->n->reg))
        return false;
    if (bw_is_one_of(m, node, (const char *const[]){"mtd-rom", "mmio-rom", NULL})) {
        *kind = BW_MEMORY_ROM;
        return true;
    }
    if ((type && strcmp(type, "memory") == 0) || (named && node->parent == m->tree->root)) {
        *kind = BW_MEMORY_RAM;
        return true;
    }
    if (bw_is_one_of(m, node, sram_bindings) || (bw_node_is_compatible(m->tree, node, "zephyr,memory-region") &&
                                                 bw_node_prop_text(node, "zephyr,memory-region"))) {
        *kind = named ? BW_MEMORY_RAM : BW_MEMORY_SRAM;
        return true;
    }
    return false;
}

void bw_make_memory(bw_maker *m, const bw_node *node, bw_memory_kind kind)
{
    bw_block *blocks;
    uint32_t count = bw_make_blocks(m, node, &blocks);
    const bw_prop *region = bw_node_prop_text(node, "zephyr,memory-region");
    bw_memory memory = {.node = node, .kind = kind};

    memory.path = bw_node_path(m->tree, node);
    memory.label = bw_label_of(node);
    memory.name = memory.label ? memory.label : bw_prop_string(region);
    if (!memory.name)
        memory.name = node->name->text;
    memory.unavailable = bw_node_unavailable(m->tree, node);
    for (uint32_t i = 0; i < count; i++) {
        memory.block = blocks[i];
        if (blocks[i].mapped)
            g_array_append_val(m->memories, memory);
    }
}

/* ---- reserved memory ---- */

static uint64_t number_of(const bw_node *node, const char *name)
{
    uint64_t value = 0;

    return bw_prop_u64(bw_node_prop_text(node, name), &value) == BW_STATE_OK ? value : 0;
}

void bw_make_reserved(bw_maker *m, const bw_node *node)
{
    bw_block *blocks;
    uint32_t count = bw_make_blocks(m, node, &blocks);
    bw_reserved r = {.node = node};

    r.path = bw_node_path(m->tree, node);
    r.label = bw_label_of(node);
    r.name = r.label ? r.label : node->name->text;
    r.no_map = bw_node_prop(node, m->n->no_map) != NULL;
    r.reusable = bw_node_prop(node, m->n->reusable) != NULL;
    r.compatible = bw_node_string(node, m->n->compatible);
    r.alignment = number_of(node, "alignment");
    r.unavailable = bw_node_unavailable(m->tree, node);
    if (!bw_node_prop(node, m->n->reg)) {
        r.size = number_of(node, "size");
        if (r.size)
            g_array_append_val(m->reserved, r);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!blocks[i].mapped)
            continue;
        r.is_static = true;
        r.block = blocks[i];
        r.address = blocks[i].address;
        r.size = blocks[i].size;
        g_array_append_val(m->reserved, r);
    }
}

void bw_make_memreserves(bw_maker *m)
{
    for (const bw_memreserve *one = m->tree->memreserves; one; one = one->next) {
        bw_reserved r = {.memreserve = one, .name = "/memreserve/", .is_static = true};

        r.address = one->address;
        r.size = one->size;
        g_array_append_val(m->reserved, r);
    }
}

/* ---- CPUs ---- */

static const char *isa_of(const bw_maker *m, const bw_node *node)
{
    const char *isa = bw_prop_string(bw_node_prop_text(node, "riscv,isa"));
    const char *base = bw_prop_string(bw_node_prop_text(node, "riscv,isa-base"));
    const bw_prop *extensions = bw_node_prop_text(node, "riscv,isa-extensions");
    uint32_t offset = 0;
    const char *one;

    if (isa || !base)
        return isa;
    GString *text = g_string_new(base);
    while ((one = bw_prop_next_string(extensions, &offset)))
        if (one[0] && !one[1])
            g_string_append(text, strcmp(one, "i") == 0 || strcmp(one, "e") == 0 ? "" : one);
        else
            g_string_append_printf(text, "_%s", one);
    char *joined = bw_arena_strdup(m->arena, text->str);
    g_string_free(text, TRUE);
    return joined;
}

void bw_make_cpu(bw_maker *m, const bw_node *node)
{
    bw_rows rows = bw_reg_rows(m->tree, node);
    bw_cpu cpu = {.node = node};

    cpu.path = bw_node_path(m->tree, node);
    cpu.label = bw_label_of(node);
    cpu.compatible = bw_node_string(node, m->n->compatible);
    cpu.enable_method = bw_prop_string(bw_node_prop_text(node, "enable-method"));
    if (!cpu.enable_method)
        cpu.enable_method = bw_prop_string(bw_node_prop_text(node->parent, "enable-method"));
    cpu.isa = isa_of(m, node);
    if (rows.count > 0) {
        bw_row row = bw_rows_get(&rows, 0);

        cpu.number_known = row.known && !row.child.wide && !row.child.high && row.child.cells > 0;
        cpu.number = cpu.number_known ? row.child.value : 0;
    }
    if (bw_prop_u64(bw_node_prop(node, m->n->clock_frequency), &cpu.frequency) != BW_STATE_OK &&
        bw_prop_u64(bw_node_prop(node->parent, m->n->clock_frequency), &cpu.frequency) != BW_STATE_OK)
        cpu.frequency = 0;
    cpu.unavailable = bw_node_unavailable(m->tree, node);
    g_array_append_val(m->cpus, cpu);
}
