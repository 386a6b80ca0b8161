/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/ocre/verdict.h"

#include "base/text.h"
#include "image/lfs.h"
#include "systems/ocre/external.h"
#include "systems/zephyr/stem.h"
#include "tree/strings.h"
#include "yaml/board_yml.h"

#include <inttypes.h>
#include <string.h>

const char *const bw_ocre_topic_names[BW_OCRE_TOPICS] = {"CPU",        "memory",  "storage",
                                                         "merged.hex", "entropy", "network"};

/* RAM that any sample takes beside its program's own, bytes: the runtime, Ocre's share of the kernel's heap. */
#define RAM_BASE (0x4000U + 0x8000U)
/* hello-world: its file, two pages of linear memory, stacks and heap that the runtime makes for a container. */
#define RAM_STACKS 0x6000U
#define RAM_HELLO (3126U + 0x20000U + RAM_STACKS)
#define RAM_SHARED_HEAP 0x10000U /* of the demo, which runs two containers at once */
/* Larger heaps need another code of Zephyr's, which is left out where SRAM is small: bytes. */
#define SMALL_HEAP_MAX 262136U
#define ARENA_SIMULATED "10485760"

/* The SDK's eight images that the demo preloads: bytes of all together, measured. */
#define SDK_IMAGES 8U
#define SDK_BYTES 353728U
#define BLOCKS_SPARE 2U /* for copy-on-write */
#define BLOCKS_FOLDER 2U
#define BLOCK_LEAST 128U

typedef struct maker {
    const bw_board *board;
    const bw_tree *tree;
    bw_arena *arena;
    bw_ocre_sample sample;
    const bw_ocre_verdict_options *o;
    bw_ocre_verdict *v;
} maker;

static const char *size_text(const maker *m, uint64_t bytes)
{
    GString *size = g_string_new(NULL);

    bw_text_size(size, bytes);
    const char *text = bw_arena_strdup(m->arena, size->str);
    g_string_free(size, TRUE);
    return text;
}

static void add_setting(const maker *m, bw_ocre_need *need, const char *symbol, const char *value, const char *why)
{
    bw_ocre_setting *all = bw_arena_array(m->arena, bw_ocre_setting, need->setting_count + 1);

    if (need->setting_count)
        memcpy(all, need->settings, need->setting_count * sizeof *all);
    all[need->setting_count] = (bw_ocre_setting){symbol, value, why};
    need->settings = all;
    need->setting_count++;
}

/* Sets a symbol unless it is so already. @return whether a line is needed */
static bool want(const maker *m, bw_ocre_need *need, const char *symbol, const char *value, const char *why)
{
    const bw_ocre_symbol *now = bw_ocre_conf_get(m->o->conf, symbol);

    if (now && strcmp(now->value, value) == 0)
        return false;
    add_setting(m, need, symbol, value, why);
    if (need->state == BW_OCRE_READY)
        need->state = BW_OCRE_AFTER;
    return true;
}

/* ---- CPU ---- */

static bool has_aot_container(const maker *m)
{
    for (uint32_t i = 0; m->o->containers && i < m->o->containers->count; i++)
        if (m->o->containers->items[i].wasm.kind == BW_WASM_AOT)
            return true;
    return false;
}

static void judge_cpu(const maker *m)
{
    bw_ocre_need *need = &m->v->needs[BW_OCRE_CPU];
    const bw_ocre_wamr wamr = bw_ocre_wamr_of(m->board);

    if (wamr.unsupported) {
        need->state = BW_OCRE_IMPOSSIBLE;
        need->fact = wamr.cpu_name;
        need->because =
            bw_arena_printf(m->arena, "the WebAssembly runtime has no target for %s in Ocre's build", wamr.cpu_name);
        return;
    }
    if (!wamr.target) {
        need->fact = bw_ocre_is_simulated(m->board) ? "the host's" : "not known";
        return;
    }
    need->fact = wamr.cpu->compatible
                     ? bw_arena_printf(m->arena, "%s, WAMR target %s", wamr.cpu->compatible, wamr.target)
                     : bw_arena_printf(m->arena, "WAMR target %s", wamr.target);
    if (!has_aot_container(m))
        return;
    if (m->sample == BW_OCRE_MINI)
        want(m, need, "OCRE_WAMR_AOT", "y", "a container is compiled ahead of time");
    if (bw_ocre_ram_is_data(m->board))
        want(m, need, "ARM_MPU", "n", "the MPU would forbid to run AOT code from RAM");
    if (bw_ocre_has_fpu(m->board))
        want(m, need, "FPU", "y", "AOT code may use the FPU's registers");
    if (need->state != BW_OCRE_READY)
        need->because = "a container is compiled ahead of time";
}

/* ---- memory ---- */

static uint64_t largest_container(const maker *m)
{
    uint64_t most = 0;

    for (uint32_t i = 0; m->o->containers && i < m->o->containers->count; i++)
        most = MAX(most, bw_ocre_container_ram(&m->o->containers->items[i]));
    return most;
}

static uint64_t ram_wanted(const maker *m)
{
    const uint64_t own = largest_container(m);

    if (m->sample == BW_OCRE_DEMO)
        return RAM_BASE + RAM_SHARED_HEAP + MAX(own, RAM_HELLO + SDK_BYTES / SDK_IMAGES) +
               (RAM_HELLO + SDK_BYTES / SDK_IMAGES);
    return RAM_BASE + MAX(own, RAM_HELLO);
}

/* The simulator's malloc() has 16 KiB unless it is told otherwise. */
static void judge_simulated(const maker *m)
{
    bw_ocre_need *need = &m->v->needs[BW_OCRE_MEMORY];
    uint64_t arena;

    need->fact = "the host's";
    if (bw_ocre_conf_number(m->o->conf, "COMMON_LIBC_MALLOC_ARENA_SIZE", &arena) && arena >= m->v->ram_wanted)
        return;
    want(m, need, "COMMON_LIBC_MALLOC_ARENA_SIZE", ARENA_SIMULATED, "malloc() has 16 KiB by itself");
    if (!m->o->is_64)
        want(m, need, "SYS_HEAP_AUTO", "y", "a heap of more than 256 KiB");
    need->because = "malloc() of the simulator has 16 KiB by itself";
}

/* @return the largest chip that a driver gives to the shared multi heap, and in @p unfed one that none does. */
static const bw_ocre_external *external_of(const maker *m, const bw_ocre_external **unfed)
{
    uint32_t count;
    const bw_ocre_external *all = bw_ocre_externals_of(m->board, &count);
    const bw_ocre_external *best = NULL;

    *unfed = NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (all[i].is_sram || (all[i].stm32 && !bw_tree_by_ref(m->tree, "psram")))
            continue;
        if (!all[i].symbols)
            *unfed = &all[i];
        else if (all[i].bytes && (!best || all[i].bytes > best->bytes))
            best = &all[i];
    }
    return best;
}

static void use_external(const maker *m, bw_ocre_need *need, const bw_ocre_external *chip, uint64_t sram)
{
    for (const char *const *symbol = chip->symbols; *symbol; symbol++)
        want(m, need, *symbol, "y", "containers get the external RAM");
    if (strcmp(chip->symbols[0], "ESP_SPIRAM") == 0)
        want(m, need, "ESP_SPIRAM_HEAP_SIZE", bw_arena_printf(m->arena, "%" PRIu64, chip->bytes / 2),
             "half of the chip, where one MiB is the default");
    if (chip->bytes > SMALL_HEAP_MAX && sram && sram <= 0x40000 && !bw_ocre_conf_is(m->o->conf, "SYS_HEAP_BIG_ONLY"))
        want(m, need, "SYS_HEAP_AUTO", "y", "a heap of more than 256 KiB beside so little SRAM");
}

/* More RAM than zephyr,sram, in a chip or a memory region that no driver of Zephyr gives to the shared multi heap. */
static const char *unfed_text(const maker *m, const bw_ocre_external *unfed, uint64_t sram)
{
    const bw_memory *region = NULL;

    for (uint32_t i = 0; !unfed && i < m->board->memory_count; i++) {
        const bw_memory *one = &m->board->memories[i];

        if (!one->unavailable && one->block.has_size && one->block.size > sram &&
            bw_node_prop_text(one->node, "zephyr,memory-region"))
            region = one;
    }
    if (!unfed && !region)
        return "";
    const char *name = unfed ? unfed->node->name->text : region->name;
    const uint64_t size = unfed ? unfed->bytes : region->block.size;
    return bw_arena_printf(m->arena, "; no driver gives the shared multi heap %s%s%s", size ? "the " : "",
                           size ? bw_arena_printf(m->arena, "%s of ", size_text(m, size)) : "", name);
}

static void judge_memory(const maker *m)
{
    bw_ocre_need *need = &m->v->needs[BW_OCRE_MEMORY];
    const bw_memory *sram = bw_ocre_memory_of(m->board, bw_ocre_chosen_node(m->board, "zephyr,sram"));
    const uint64_t have = sram ? sram->block.size : 0;
    const bw_ocre_external *unfed, *external = external_of(m, &unfed);
    const bool enough = !sram || have >= m->v->ram_wanted;

    need->fact =
        sram ? bw_arena_printf(m->arena, "%s of %s%s%s", size_text(m, have), sram->name,
                               external ? bw_arena_printf(m->arena, ", %s of ", size_text(m, external->bytes)) : "",
                               external ? external->node->name->text : unfed_text(m, unfed, have))
             : "no zephyr,sram";
    if (external && (!enough || m->sample != BW_OCRE_MINI)) {
        use_external(m, need, external, have);
        if (need->state != BW_OCRE_READY)
            need->because = enough ? "containers get the external RAM only from the shared multi heap"
                                   : bw_arena_printf(m->arena, "%s takes %s, which only the external RAM has",
                                                     bw_ocre_sample_names[m->sample], size_text(m, m->v->ram_wanted));
        return;
    }
    if (enough)
        return;
    need->state = BW_OCRE_IMPOSSIBLE;
    need->because =
        bw_arena_printf(m->arena, "%s takes %s beside the program's own%s%s", bw_ocre_sample_names[m->sample],
                        size_text(m, m->v->ram_wanted), unfed ? ", and no driver gives the shared multi heap " : "",
                        unfed ? unfed->node->name->text : "");
}

/* ---- storage ---- */

static uint64_t blocks_of_file(uint64_t size, uint32_t block)
{
    return size <= MIN(256, block / 8) ? 0 : bw_lfs_blocks_of(size, block);
}

uint64_t bw_ocre_blocks_wanted(bw_ocre_sample sample, const bw_ocre_containers *containers, uint32_t block)
{
    uint64_t blocks = BW_OCRE_BLOCKS_EMPTY + BLOCKS_SPARE;

    /* No littlefs has such blocks. */
    if (block < BLOCK_LEAST)
        return UINT64_MAX;
    /* Of each file the last block is half full, as a rule. */
    if (sample == BW_OCRE_MINI)
        blocks += blocks_of_file(RAM_HELLO - 0x20000U - RAM_STACKS, block);
    else
        blocks += MAX((SDK_BYTES + SDK_IMAGES * (uint64_t)block / 2) / block, SDK_IMAGES + 2);
    for (uint32_t i = 0; containers && i < containers->count; i++)
        if (containers->items[i].source)
            blocks += blocks_of_file(containers->items[i].source->len, block);
    if (sample == BW_OCRE_SUPERVISOR)
        blocks += BLOCKS_FOLDER * (containers && containers->count ? containers->count : 1);
    return MAX(blocks, BW_OCRE_BLOCKS_USEFUL);
}

static uint64_t blocks_wanted(void *data, uint32_t block)
{
    const maker *m = data;

    return bw_ocre_blocks_wanted(m->sample, m->o->containers, block);
}

/* Where the driver, not the devicetree, says how large a block is, both must say the same. */
static void match_layout(const maker *m, bw_ocre_need *need)
{
    const bw_ocre_place *place = &m->v->storage;
    const char *symbol = place->flash ? bw_ocre_layout_symbol(m->tree, place->flash) : NULL;
    uint64_t page = BW_OCRE_LAYOUT_DEFAULT;

    if (!symbol || need->state == BW_OCRE_IMPOSSIBLE)
        return;
    bw_ocre_conf_number(m->o->conf, symbol, &page);
    if (page == place->block)
        return;
    want(m, need, symbol, bw_arena_printf(m->arena, "%" PRIu32, place->block),
         "the driver's blocks are as large as those of the image");
    if (!need->because)
        need->because = "the flash's driver has larger blocks than the image by itself";
}

static void judge_storage(const maker *m)
{
    bw_ocre_need *need = &m->v->needs[BW_OCRE_STORAGE];
    const bool merge = bw_ocre_is_set(m->o->section, "merge-hex") || bw_ocre_conf_is(m->o->conf, "OCRE_MERGE_HEX");

    m->v->storage = bw_ocre_find_place(m->board, m->o->section, blocks_wanted, (void *)(uintptr_t)m,
                                       merge && !bw_ocre_is_simulated(m->board), need);
    match_layout(m, need);
}

/* ---- merged.hex ---- */

static bool is_external_stm32(const maker *m)
{
    static const char *const chips[] = {"st,stm32-ospi-nor", "st,stm32-qspi-nor", "st,stm32-xspi-nor"};
    const bw_node *flash = m->v->storage.flash;

    for (size_t i = 0; flash && i < G_N_ELEMENTS(chips); i++)
        if (bw_node_is_compatible(m->tree, flash, chips[i]))
            return true;
    return false;
}

/* Whether Zephyr's Kconfig of the SoC selects BUILD_OUTPUT_HEX: of these families all do; elsewhere some boards set it,
 * which their _defconfig says and no devicetree. Source: Zephyr 4.1, soc/st/stm32/Kconfig. */
static bool makes_hex(const maker *m)
{
    BW_FOR_NODES (m->tree, node) {
        const bw_prop *compatible = bw_node_prop_text(node, "compatible");
        uint32_t at = 0;
        const char *one;

        while ((one = bw_prop_next_string(compatible, &at)))
            if (g_str_has_prefix(one, "st,stm32"))
                return true;
    }
    return false;
}

static void judge_merge(const maker *m)
{
    bw_ocre_need *need = &m->v->needs[BW_OCRE_MERGE];
    const bw_ocre_place *place = &m->v->storage;
    const bool asked = bw_ocre_is_set(m->o->section, "merge-hex") || bw_ocre_conf_is(m->o->conf, "OCRE_MERGE_HEX");

    if (bw_ocre_is_simulated(m->board)) {
        need->fact = bw_arena_printf(m->arena, "flash.bin, storage at 0x%" PRIx64, place->offset);
        return;
    }
    if (!place->known || !place->mapped) {
        need->fact = place->known ? "no CPU address" : "no storage";
        if (asked) {
            need->state = BW_OCRE_IMPOSSIBLE;
            need->because = "no CPU address reaches the storage, and a hex file has nothing else";
        }
        return;
    }
    need->fact = place->has_formula && place->formula != place->address
                     ? bw_arena_printf(m->arena, "storage at 0x%" PRIx64 " (Ocre's formula: 0x%" PRIx64 ")",
                                       place->address, place->formula)
                     : bw_arena_printf(m->arena, "storage at 0x%" PRIx64, place->address);
    if (!asked)
        return;
    want(m, need, "OCRE_MERGE_HEX", "y", "firmware and storage in one file");
    if (!makes_hex(m))
        want(m, need, "BUILD_OUTPUT_HEX", "y", "merged.hex is put together from zephyr.hex");
    if (is_external_stm32(m))
        want(m, need, "STM32_MEMMAP", "y", "the runner passes the loader of the external flash");
    if (place->has_formula && place->formula != place->address)
        want(m, need, "OCRE_STORAGE_PARTITION_ADDR", bw_arena_printf(m->arena, "0x%" PRIx64, place->address),
             "Ocre's formula gives another address");
    if (need->state != BW_OCRE_READY)
        need->because = "merge-hex is asked for";
}

/* ---- entropy and network ---- */

static void judge_random(const maker *m)
{
    bw_ocre_need *need = &m->v->needs[BW_OCRE_RANDOM];
    const bw_node *node = bw_ocre_chosen_node(m->board, "zephyr,entropy");

    if (node && !bw_node_unavailable(m->tree, node)) {
        need->fact = bw_node_path(m->tree, node);
        return;
    }
    need->fact = node ? "zephyr,entropy is not enabled" : "no zephyr,entropy";
    if (want(m, need, "TEST_RANDOM_GENERATOR", "y", "the board has no source of random numbers: for tests alone"))
        need->because = "the network stack asks for random numbers";
    else
        need->fact = "TEST_RANDOM_GENERATOR, for tests alone";
}

static bool is_network(const bw_device *d)
{
    static const char *const words[] = {"ethernet", "-eth", ",eth", "wifi", "wlan", "airoc", "w5500", "enc28j60"};

    /* Generic names of the Devicetree Specification, 2.2.2. */
    const size_t len = strcspn(d->node->name->text, "@");

    if ((len == 8 && strncmp(d->node->name->text, "ethernet", len) == 0) ||
        (len == 4 && strncmp(d->node->name->text, "wifi", len) == 0))
        return true;
    for (size_t i = 0; d->compatible && i < G_N_ELEMENTS(words); i++)
        if (strstr(d->compatible, words[i]) && !strstr(d->compatible, "phy") && !strstr(d->compatible, "mdio"))
            return true;
    return false;
}

static void judge_network(const maker *m)
{
    bw_ocre_need *need = &m->v->needs[BW_OCRE_NETWORK];

    need->fact = "no interface, and none is needed";
    for (uint32_t i = 0; i < m->board->device_count; i++)
        if (!m->board->devices[i].unavailable && is_network(&m->board->devices[i])) {
            const char *compatible = m->board->devices[i].compatible;

            need->fact = compatible ? bw_arena_printf(m->arena, "%s, %s", m->board->devices[i].path, compatible)
                                    : m->board->devices[i].path;
            return;
        }
}

const bw_ocre_verdict *bw_ocre_verdict_of(const bw_tree *tree, bw_ocre_sample sample,
                                          const bw_ocre_verdict_options *options)
{
    static const bw_ocre_verdict_options none;
    maker m = {bw_board_of(tree), tree, &tree->unit->arena, sample, options ? options : &none, NULL};

    m.v = bw_arena_new(m.arena, bw_ocre_verdict);
    m.v->sample = sample;
    m.v->ram_wanted = (ram_wanted(&m) + 1023) / 1024 * 1024;
    judge_cpu(&m);
    if (bw_ocre_is_simulated(m.board))
        judge_simulated(&m);
    else
        judge_memory(&m);
    judge_storage(&m);
    judge_merge(&m);
    judge_random(&m);
    judge_network(&m);
    for (int i = 0; i < BW_OCRE_TOPICS; i++)
        if (i != BW_OCRE_NETWORK)
            m.v->state = MAX(m.v->state, m.v->needs[i].state);
    return m.v;
}

/* ---- names of files ---- */

/* What follows the board's name in a target's, with the slash; "" if nothing does. */
static const char *qualifiers_of(const bw_target *target)
{
    const char *slash = target->board ? strchr(target->name, '/') : NULL;

    return slash ? slash : "";
}

static const char *board_of(const bw_target *target, bw_arena *arena)
{
    /* A devicetree alone is called as its file is. */
    const char *slash = target->board ? NULL : strrchr(target->path, '/');
    const char *name = target->board ? target->board : slash ? slash + 1 : target->path;

    return bw_arena_strndup(arena, name, strcspn(name, target->board ? "@/" : "."));
}

/* @return 0 if it is not known. */
static uint32_t soc_count(bw_context *ctx, const bw_target *target, const char *board, bw_arena *arena)
{
    const char *path = target->base_yml ? target->base_yml : target->board_yml;
    bw_findings unheard;
    uint32_t count = 0;

    if (target->family)
        return target->family->soc_count;
    if (!path)
        return 0;
    bw_findings_init(&unheard, ctx);
    const bw_board_yml *file = bw_board_yml_read(ctx, path, arena, &unheard);
    for (uint32_t i = 0; file && i < file->count; i++)
        if (file->boards[i].name && strcmp(file->boards[i].name, board) == 0)
            count = file->boards[i].soc_count;
    bw_findings_free(&unheard);
    return count;
}

const char *bw_ocre_long_stem(const bw_target *target, bw_arena *arena)
{
    return bw_zephyr_long_stem(arena, board_of(target, arena), qualifiers_of(target), NULL);
}

const char *bw_ocre_board_stem(bw_context *ctx, const bw_target *target, bw_arena *arena)
{
    const char *board = board_of(target, arena);
    const char *brief = soc_count(ctx, target, board, arena) == 1
                            ? bw_zephyr_short_stem(arena, board, qualifiers_of(target), NULL)
                            : NULL;

    return brief ? brief : bw_ocre_long_stem(target, arena);
}
