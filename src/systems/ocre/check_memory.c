/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RAM for containers: the internal one, which malloc() has, and external chips, which somebody must register with the
 * shared multi heap. Source: project-ocre/ocre-runtime, src/platform/zephyr/memory.c; Zephyr, lib/heap/multi_heap.c
 * and drivers/memc.
 */
#include "systems/ocre/check.h"

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

static bool is_psram_st(const bw_tree *tree, const bw_node *node)
{
    return bw_node_is_compatible(tree, node, "st,stm32-ospi-psram") ||
           bw_node_is_compatible(tree, node, "st,stm32-xspi-psram");
}

static const bw_memory *memory_of(const bw_board *board, const bw_node *node)
{
    for (uint32_t i = 0; node && i < board->memory_count; i++)
        if (board->memories[i].node == node && board->memories[i].block.has_size)
            return &board->memories[i];
    return NULL;
}

/* The driver of STM32's PSRAM registers the node with the label psram, whatever the chip says. @return whether it is
 * there and of the chip's size. */
static bool check_psram_st(const bw_ocre_run *run, const bw_node *chip)
{
    const bw_node *region = bw_tree_by_ref(run->tree, "psram");
    const bw_memory *memory = memory_of(run->board, region);
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

static void say_external(const bw_ocre_run *run, const bw_node *node, uint64_t bytes, const char *symbols)
{
    bw_finding *f = bw_find_node(run->tree, BW_CODE_ocre_external_ram_unused, node,
                                 "%s of external RAM serve containers only when the shared multi heap has them",
                                 bw_ocre_size(run, bytes));
    bw_finding_cure(f, "set %s in the samples", symbols);
}

/* @return whether the board has RAM beside that on the chip, for containers. */
static bool check_external(const bw_ocre_run *run)
{
    const bw_node *sram = bw_ocre_chosen(run, "zephyr,sram");
    bool any = false;

    BW_FOR_NODES (run->tree, node) {
        const bool st = is_psram_st(run->tree, node);
        const bool espressif = !st && bw_node_is_compatible(run->tree, node, "espressif,esp32-psram");
        uint32_t size = 0;

        if ((!st && !espressif) || bw_node_unavailable(run->tree, node) ||
            bw_prop_u32(bw_node_prop_text(node, "size"), &size) != BW_STATE_OK || size == 0)
            continue;
        any = true;
        if (st) {
            if (check_psram_st(run, node) && sram != bw_tree_by_ref(run->tree, "psram"))
                say_external(run, node, size / 8,
                             bw_node_is_compatible(run->tree, node, "st,stm32-ospi-psram")
                                 ? "CONFIG_MEMC=y, CONFIG_MEMC_STM32_OSPI_PSRAM=y and CONFIG_SHARED_MULTI_HEAP=y"
                                 : "CONFIG_MEMC=y, CONFIG_MEMC_STM32_XSPI_PSRAM=y and CONFIG_SHARED_MULTI_HEAP=y");
        } else if (node != sram) {
            say_external(run, node, size, "CONFIG_ESP_SPIRAM=y and CONFIG_ESP_SPIRAM_HEAP_SIZE");
        }
    }
    return any;
}

static void check_internal(const bw_ocre_run *run)
{
    const bw_memory *sram = memory_of(run->board, bw_ocre_chosen(run, "zephyr,sram"));

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
