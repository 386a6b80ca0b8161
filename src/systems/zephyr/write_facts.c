/* SPDX-License-Identifier: Apache-2.0 */
/* What Kconfig, CMake and twister have to know of a target, by the board model. */
#include "systems/zephyr/write.h"

#include "tree/cells.h"
#include "tree/strings.h"

#include <string.h>

static const bw_node *chosen(const bw_board *model, const char *name)
{
    for (uint32_t i = 0; i < model->chosen_count; i++)
        if (strcmp(model->chosen[i].name, name) == 0)
            return model->chosen[i].node;
    return NULL;
}

static const bw_memory *memory_at(const bw_board *model, const bw_node *node)
{
    for (uint32_t i = 0; i < model->memory_count; i++)
        if (model->memories[i].node == node && model->memories[i].block.mapped)
            return &model->memories[i];
    return NULL;
}

/* The first RAM; on a microcontroller the largest on the chip. */
const bw_memory *bw_zephyr_ram(const bw_board *model)
{
    const bw_memory *best = memory_at(model, chosen(model, "zephyr,sram"));

    for (uint32_t i = 0; i < model->memory_count && !chosen(model, "zephyr,sram"); i++) {
        const bw_memory *m = &model->memories[i];
        bool good = !m->unavailable && m->block.mapped && m->block.size &&
                    (m->kind == BW_MEMORY_RAM || m->kind == BW_MEMORY_SRAM);

        if (good &&
            (!best || (best->kind == BW_MEMORY_SRAM && (m->kind == BW_MEMORY_RAM || m->block.size > best->block.size))))
            best = m;
    }
    return best;
}

const bw_node *bw_zephyr_console(const bw_board *model)
{
    return model->console ? model->console->node : NULL;
}

static const bw_memory *flash_of(const bw_board *model, bw_arch arch)
{
    const bw_memory *flash = memory_at(model, chosen(model, "zephyr,flash"));

    for (uint32_t i = 0; i < model->memory_count && !flash && arch == BW_ARCH_ARM_M; i++)
        if (model->memories[i].kind == BW_MEMORY_FLASH && !model->memories[i].unavailable)
            flash = memory_at(model, model->memories[i].node);
    return flash;
}

/* "cortex-m33" out of "arm,cortex-m33f". */
static const char *core_of(const bw_board *model, bw_arena *arena)
{
    const char *compatible = model->cpu_count ? model->cpus[0].compatible : NULL;

    if (!compatible || !g_str_has_prefix(compatible, "arm,cortex-"))
        return NULL;
    for (const char *p = compatible + 4; *p; p++)
        if (!g_ascii_isalnum(*p) && *p != '-' && *p != '+')
            return NULL;
    return bw_arena_strdup(arena, compatible + 4);
}

static void gather_cpus(const bw_board *model, bw_arena *arena, bw_zephyr_output *o)
{
    for (uint32_t i = 0; i < model->cpu_count; i++) {
        const bw_cpu *cpu = &model->cpus[i];

        if (cpu->unavailable)
            continue;
        o->cpu_count++;
        if (!o->isa && cpu->isa)
            o->isa = bw_arena_strdup(arena, cpu->isa);
        if (!o->tick_rate && o->arch == BW_ARCH_ARM_M)
            o->tick_rate = cpu->frequency;
    }
    o->core = core_of(model, arena);
    o->is_64 = o->arch == BW_ARCH_AARCH64 || (o->isa && g_str_has_prefix(o->isa, "rv64"));
}

/* The rate of the timer that the kernel ticks with, where the tree says one. */
static void gather_tick(const bw_board *model, bw_zephyr_output *o)
{
    const bw_known_names *n = model->tree->unit->n;
    const bw_node *cpus = bw_node_child(model->tree->root, n->cpus);
    uint64_t rate = 0;

    if (cpus && bw_prop_u64(bw_node_prop_text(cpus, "timebase-frequency"), &rate) == BW_STATE_OK)
        o->tick_rate = rate;
    for (uint32_t i = 0; i < model->cpu_count && o->arch == BW_ARCH_RISCV && !o->tick_rate; i++)
        if (bw_prop_u64(bw_node_prop_text(model->cpus[i].node, "timebase-frequency"), &rate) == BW_STATE_OK)
            o->tick_rate = rate;
    for (uint32_t i = 0; i < model->device_count; i++) {
        const bw_device *d = &model->devices[i];

        if (!d->compatible)
            continue;
        if (o->arch == BW_ARCH_ARM_M && g_str_has_suffix(d->compatible, "m-systick") && d->clock_count &&
            d->clocks[0].rate_known)
            o->tick_rate = d->clocks[0].rate;
        if (bw_node_is_compatible(model->tree, d->node, "arm,armv8-timer") && d->own_rate)
            o->tick_rate = d->own_rate;
    }
}

/* The rate of all timers and buses of a microcontroller, where the CPU says none. */
static void guess_tick(const bw_board *model, bw_zephyr_output *o)
{
    for (uint32_t i = 0; i < model->device_count && !o->tick_rate && o->arch == BW_ARCH_ARM_M; i++)
        if (model->devices[i].node == bw_zephyr_console(model) && model->devices[i].clock_count &&
            model->devices[i].clocks[0].rate_known)
            o->tick_rate = model->devices[i].clocks[0].rate;
}

static void gather_interrupts(const bw_board *model, bw_zephyr_output *o)
{
    uint32_t largest = 0;

    for (uint32_t i = 0; i < model->device_count; i++) {
        const bw_device *d = &model->devices[i];
        uint32_t sources;

        for (uint32_t j = 0; j < d->line_count; j++)
            if (d->lines[j].number_known && d->lines[j].number < 1020)
                largest = MAX(largest, d->lines[j].number);
        if (d->unavailable || !d->is_interrupt_controller || !d->compatible)
            continue;
        if (bw_prop_u32(bw_node_prop_text(d->node, "riscv,ndev"), &sources) == BW_STATE_OK && !o->has_plic) {
            o->has_plic = true;
            o->plic_sources = MIN(sources, 1023); /* RISC-V Platform-Level Interrupt Controller Specification, 1 */
        }
        o->has_gic |= strstr(d->compatible, "gic") != NULL;
    }
    o->irq_count = largest + 1;
}

void bw_zephyr_gather(const bw_board *model, bw_arena *arena, bw_zephyr_output *o)
{
    const bw_memory *ram = bw_zephyr_ram(model);

    o->arch = bw_arch_of(model);
    gather_cpus(model, arena, o);
    gather_tick(model, o);
    guess_tick(model, o);
    gather_interrupts(model, o);
    for (uint32_t i = 0; i < model->device_count; i++)
        o->has_psci |= model->devices[i].compatible && g_str_has_prefix(model->devices[i].compatible, "arm,psci");
    const bw_memory *flash = flash_of(model, o->arch);
    o->ram_base = ram ? ram->block.address : 0;
    o->ram_size = ram ? ram->block.size : 0;
    o->flash_size = flash ? flash->block.size : 0;
    o->from_flash = flash && o->arch == BW_ARCH_ARM_M;
    o->has_console = bw_zephyr_console(model) != NULL;
}

/* ---- variants whose names mean something ---------------------------------------------------------------------- */

/* Cores of Armv8-M, which may have two worlds (Arm: TrustZone for Armv8-M). */
static bool has_trustzone(const bw_zephyr_output *t)
{
    static const char *const cores[] = {"cortex-m23", "cortex-m33", "cortex-m35p", "cortex-m52",
                                        "cortex-m55", "cortex-m85", "cortex-m33f", NULL};

    return t->arch == BW_ARCH_ARM_M && t->core && g_strv_contains(cores, t->core);
}

bool bw_zephyr_is_nonsecure(const bw_zephyr_output *t)
{
    return has_trustzone(t) && g_str_has_suffix(t->qualifiers, "/ns");
}

bool bw_zephyr_has_worlds(const bw_zephyr_output_board *board, const bw_zephyr_output *t)
{
    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *other = board->targets->pdata[i];

        if (bw_zephyr_is_nonsecure(other) && strcmp(other->soc, t->soc) == 0 &&
            g_strcmp0(other->cluster, t->cluster) == 0)
            return true;
    }
    return false;
}
