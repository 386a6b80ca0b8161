/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RAM for containers: the internal one, which malloc() has, and external chips, which somebody must register with the
 * shared multi heap. Source: project-ocre/ocre-runtime, src/platform/zephyr/memory.c; Zephyr, lib/heap/multi_heap.c
 * and drivers/memc.
 */
#include "systems/ocre/check.h"
#include "systems/ocre/external.h"

#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

/* What the smallest sample takes, bytes: the runtime itself, Ocre's share of the kernel's heap, and hello-world: its
 * file, two pages of linear memory, WAMR's stack and heap for it. */
#define RAM_RUNTIME 0x4000U
#define RAM_KERNEL_HEAP 0x8000U
#define RAM_HELLO_FILE 3126U
#define RAM_HELLO_PAGES 0x20000U
#define RAM_HELLO_STACKS 0x4000U
#define RAM_LEAST (RAM_RUNTIME + RAM_KERNEL_HEAP + RAM_HELLO_FILE + RAM_HELLO_PAGES + RAM_HELLO_STACKS)

/* The driver of STM32's PSRAM registers the node with the label psram, whatever the chip says. @return whether it is
 * there and of the chip's size. */
static bool check_psram_st(const bw_ocre_run *run, const bw_node *chip)
{
    const bw_node *region = bw_tree_by_ref(run->tree, "psram");
    const bw_memory *memory = bw_ocre_memory_of(run->board, region);
    const bw_prop *bits = bw_node_prop_text(chip, "size");
    uint32_t size = 0;

    if (!region && !run->tree->lacks_nodes) {
        bw_finding *f = bw_find_node(run->tree, BW_CODE_ocre_psram_label, chip,
                                     "no node is labelled psram, which is what the driver of this chip gives to the "
                                     "shared multi heap");
        bw_finding_cure(f, "add a zephyr,memory-region with that label at the address the controller maps the chip to");
        return false;
    }
    if (!memory || bw_prop_u32(bits, &size) != BW_STATE_OK || size / 8 == memory->block.size)
        return true;
    bw_finding *f = bw_find_prop(run->tree, BW_CODE_ocre_psram_label, chip, bits,
                                 "the chip has %" PRIu32 " bits, %s, but the region psram has %s", size,
                                 bw_ocre_size(run, size / 8), bw_ocre_size(run, memory->block.size));
    bw_ocre_note(run, f, region, memory->block.prop, "the region is here");
    return false;
}

/* The configuration of samples may have it already. */
static bool is_used(const bw_ocre_run *run, const bw_ocre_external *chip)
{
    return chip->is_sram || bw_ocre_run_is(run, "SHARED_MULTI_HEAP") || bw_ocre_run_is(run, chip->symbols[0]);
}

static void say_external(const bw_ocre_run *run, const bw_ocre_external *chip)
{
    bw_finding *f = bw_find_node(run->tree, BW_CODE_ocre_external_ram_unused, chip->node,
                                 "%s of external RAM serve containers only when the shared multi heap has them",
                                 bw_ocre_size(run, chip->bytes));

    bw_finding_cure(f, "set %s in the samples",
                    chip->stm32 ? "CONFIG_MEMC=y, CONFIG_MEMC_STM32_OSPI_PSRAM=y and CONFIG_SHARED_MULTI_HEAP=y"
                                : "CONFIG_ESP_SPIRAM=y and CONFIG_ESP_SPIRAM_HEAP_SIZE");
}

/* @return whether the board has RAM beside that on the chip, for containers. */
static bool check_external(const bw_ocre_run *run)
{
    uint32_t count;
    const bw_ocre_external *all = bw_ocre_externals_of(run->board, &count);
    bool any = false;

    for (uint32_t i = 0; i < count; i++) {
        if (!all[i].symbols || !all[i].bytes)
            continue;
        any = true;
        if ((!all[i].stm32 || check_psram_st(run, all[i].node)) && !is_used(run, &all[i]))
            say_external(run, &all[i]);
    }
    return any;
}

static void check_internal(const bw_ocre_run *run)
{
    const bw_memory *sram = bw_ocre_memory_of(run->board, bw_ocre_chosen(run, "zephyr,sram"));

    if (!sram || sram->block.size == 0 || sram->block.size >= RAM_LEAST)
        return;
    bw_finding *f = bw_find_prop(run->tree, BW_CODE_ocre_ram_too_small, sram->node, sram->block.prop,
                                 "zephyr,sram has %s, and the smallest sample takes %u KiB beside the program's own: "
                                 "%u KiB for the runtime, %u KiB for kernel heap, %u KiB of linear memory, %u KiB for "
                                 "the container's file and stacks",
                                 bw_ocre_size(run, sram->block.size), (RAM_LEAST + 1023U) / 1024U, RAM_RUNTIME / 1024U,
                                 RAM_KERNEL_HEAP / 1024U, RAM_HELLO_PAGES / 1024U,
                                 (RAM_HELLO_FILE + RAM_HELLO_STACKS + 1023U) / 1024U);
    bw_finding_cure(f, "run containers of one page of linear memory or less, or choose a board with external RAM");
}

void bw_ocre_check_memory(const bw_ocre_run *run)
{
    if (!check_external(run))
        check_internal(run);
}
