/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sample is configured with against what its board has: heaps and who feeds them, code compiled ahead of time,
 * merged.hex, random numbers, the workspace. Source: project-ocre/ocre-runtime, zephyr/Kconfig, src/platform/zephyr;
 * Zephyr, lib/heap, arch/arm/core/mpu.
 */
#include "systems/ocre/check.h"
#include "systems/ocre/external.h"
#include "systems/ocre/wamr.h"

#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

#define SMALL_HEAP_MAX 262136U
/* SYS_HEAP_SMALL_ONLY is the default up to this SRAM: bytes. */
#define SMALL_SRAM_MAX 0x40000U

bool bw_ocre_run_is(const bw_ocre_run *run, const char *symbol)
{
    return run->app && bw_ocre_conf_is(run->app->settings, symbol);
}

/* Where a line of configuration is to be edited: where it is set, else the board's .conf, else that of all boards. */
static bw_place place_of(const bw_ocre_run *run, const char *symbol)
{
    const bw_ocre_app *b = run->app;
    const bw_ocre_symbol *set = bw_ocre_conf_get(b->settings, symbol);
    const bw_ocre_folder *folder = &b->sdk->samples[b->sample];

    if (set && set->place.file)
        return set->place;
    return bw_file_place(b->conf ? b->conf->path : folder->prj ? folder->prj : folder->folder);
}

const char *bw_ocre_conf_name(const bw_ocre_run *run)
{
    return run->app->conf ? run->app->conf->path : "the sample's .conf for the board";
}

/* ---- heaps ---- */

static bool is_fed(const bw_ocre_run *run, const bw_ocre_external *chip)
{
    for (const char *const *symbol = chip->symbols; symbol && *symbol; symbol++)
        if (strcmp(*symbol, "MEMC") == 0 || strcmp(*symbol, "ESP_SPIRAM") == 0)
            return bw_ocre_run_is(run, *symbol);
    return false;
}

/* The first allocation calls through a pointer that nobody set, or gets nothing. */
static void say_no_region(const bw_ocre_run *run, const bw_ocre_external *idle, const bw_ocre_external *orphan)
{
    bw_finding *f =
        bw_findings_add(run->tree->unit->findings, BW_CODE_ocre_heap_without_region, place_of(run, "SHARED_MULTI_HEAP"),
                        "nobody gives external RAM to the shared multi heap, from which Ocre takes all "
                        "memory of containers: the first one crashes");

    if (idle) {
        bw_ocre_note(run, f, idle->node, NULL, "the driver of this chip would, but CONFIG_%s is not set",
                     idle->symbols[0]);
        bw_finding_cure(f, "set CONFIG_%s=y", idle->symbols[0]);
        return;
    }
    if (orphan)
        bw_ocre_note(run, f, orphan->node, NULL, "the driver of this chip registers nothing there");
    else if (f)
        bw_find_note_node(run->tree, f, run->tree->root, "no chip of external RAM is enabled in this devicetree");
    bw_finding_cure(f, "take the line out: containers get malloc()'s memory then");
}

static uint64_t sram_size(const bw_ocre_run *run)
{
    const bw_memory *sram = bw_ocre_memory_of(run->board, bw_ocre_chosen(run, "zephyr,sram"));

    return sram ? sram->block.size : 0;
}

/* @return the line that leaves large heaps out, nowhere if it is the default; false if they are there */
static bool small_only(const bw_ocre_run *run)
{
    if (run->app->is_64 || bw_ocre_run_is(run, "SYS_HEAP_AUTO") || bw_ocre_run_is(run, "SYS_HEAP_BIG_ONLY"))
        return false;
    return bw_ocre_run_is(run, "SYS_HEAP_SMALL_ONLY") || bw_ocre_is_simulated(run->board) ||
           (sram_size(run) && sram_size(run) <= SMALL_SRAM_MAX);
}

static void say_small_only(const bw_ocre_run *run, uint64_t bytes, const char *what, const char *symbol)
{
    if (bytes <= SMALL_HEAP_MAX || !small_only(run))
        return;
    bw_finding *f =
        bw_findings_add(run->tree->unit->findings, BW_CODE_ocre_heap_small_only, place_of(run, symbol),
                        "%s of %s is more than Zephyr's small heaps hold, 262136 bytes, and others are "
                        "left out %s",
                        what, bw_ocre_size(run, bytes),
                        bw_ocre_run_is(run, "SYS_HEAP_SMALL_ONLY") ? "by CONFIG_SYS_HEAP_SMALL_ONLY"
                                                                   : "by default where SRAM is 256 KiB or less");
    bw_finding_cure(f, "set CONFIG_SYS_HEAP_AUTO=y");
}

static void check_heaps(const bw_ocre_run *run)
{
    uint32_t count;
    const bw_ocre_external *all = bw_ocre_externals_of(run->board, &count);
    const bw_ocre_external *fed = NULL, *idle = NULL, *orphan = NULL;
    uint64_t arena;

    for (uint32_t i = 0; i < count; i++)
        *(is_fed(run, &all[i]) ? &fed : all[i].symbols ? &idle : &orphan) = &all[i];
    if (bw_ocre_run_is(run, "SHARED_MULTI_HEAP") && !fed && !run->tree->lacks_nodes)
        say_no_region(run, idle, orphan);
    if (fed && bw_ocre_run_is(run, "SHARED_MULTI_HEAP"))
        say_small_only(run, fed->bytes, "the external heap", "SHARED_MULTI_HEAP");
    if (bw_ocre_conf_number(run->app->settings, "COMMON_LIBC_MALLOC_ARENA_SIZE", &arena))
        say_small_only(run, arena, "malloc()'s arena", "COMMON_LIBC_MALLOC_ARENA_SIZE");
}

/* ---- code compiled ahead of time ---- */

static void check_aot(const bw_ocre_run *run)
{
    const bool data_only = bw_ocre_ram_is_data(run->board);
    bw_finding *f;

    if (!bw_ocre_run_is(run, "OCRE_WAMR_AOT"))
        return;
    if (data_only && !bw_ocre_conf_is_not(run->app->settings, "ARM_MPU")) {
        f = bw_findings_add(run->tree->unit->findings, BW_CODE_ocre_aot_mpu, place_of(run, "OCRE_WAMR_AOT"),
                            "the MPU of this CPU's architecture, ARMv8-M, lets nothing run from RAM, where containers "
                            "compiled ahead of time are loaded");
        bw_ocre_note(run, f, bw_ocre_wamr_of(run->board).cpu->node, NULL, "the CPU is here");
        bw_finding_cure(f, "set CONFIG_ARM_MPU=n in %s, or CONFIG_OCRE_WAMR_AOT=n", bw_ocre_conf_name(run));
    } else if (data_only && bw_ocre_has_fpu(run->board) && !bw_ocre_run_is(run, "FPU")) {
        /* Who turns the MPU off means to run such containers, and Ocre's recipe makes them for the FPU's registers. */
        f = bw_findings_add(run->tree->unit->findings, BW_CODE_ocre_aot_float, place_of(run, "ARM_MPU"),
                            "containers compiled ahead of time as Ocre's pages say, for eabihf, use the FPU, which "
                            "CONFIG_FPU does not turn on");
        bw_finding_cure(f, "set CONFIG_FPU=y, or compile them with --target-abi=eabi");
    }
}

/* ---- merged.hex ---- */

static bool is_stm32_nor(const bw_ocre_run *run)
{
    static const char *const chips[] = {"st,stm32-ospi-nor", "st,stm32-qspi-nor", "st,stm32-xspi-nor"};
    const bw_node *flash = run->storage.flash ? run->storage.flash->node : NULL;

    for (size_t i = 0; flash && i < G_N_ELEMENTS(chips); i++)
        if (bw_node_is_compatible(run->tree, flash, chips[i]))
            return true;
    return false;
}

static void check_merge(const bw_ocre_run *run)
{
    bw_finding *f;

    if (!bw_ocre_run_is(run, "OCRE_MERGE_HEX") || bw_ocre_is_simulated(run->board))
        return;
    if (bw_ocre_conf_is_not(run->app->settings, "BUILD_OUTPUT_HEX")) {
        f = bw_findings_add(run->tree->unit->findings, BW_CODE_ocre_merge_no_hex, place_of(run, "BUILD_OUTPUT_HEX"),
                            "merged.hex is made from zephyr.hex, which this leaves out");
        bw_finding_note(f, place_of(run, "OCRE_MERGE_HEX"), "it is asked for here");
        bw_finding_cure(f, "take the line out");
    }
    if (is_stm32_nor(run) && !bw_ocre_run_is(run, "STM32_MEMMAP")) {
        f = bw_findings_add(run->tree->unit->findings, BW_CODE_ocre_merge_without_memmap,
                            place_of(run, "OCRE_MERGE_HEX"),
                            "the storage is in an external flash, whose loader the runner gets only with "
                            "CONFIG_STM32_MEMMAP");
        bw_ocre_note(run, f, run->storage.flash->node, NULL, "the flash is here");
        bw_finding_cure(f, "set CONFIG_STM32_MEMMAP=y");
    }
}

/* ---- random numbers ---- */

static void check_random(const bw_ocre_run *run)
{
    const bw_node *node = bw_ocre_chosen(run, "zephyr,entropy");

    if ((node && !bw_node_unavailable(run->tree, node)) || run->tree->lacks_nodes ||
        bw_ocre_run_is(run, "TEST_RANDOM_GENERATOR"))
        return;
    bw_finding *f =
        bw_findings_add(run->tree->unit->findings, BW_CODE_ocre_entropy_missing, place_of(run, "TEST_RANDOM_GENERATOR"),
                        "neither a device nor CONFIG_TEST_RANDOM_GENERATOR gives the random numbers that "
                        "Ocre's network stack asks for");
    if (node)
        bw_ocre_note(run, f, node, bw_node_prop_text(node, "status"), "zephyr,entropy is not enabled");
    bw_finding_cure(f, "choose a device as zephyr,entropy, or set CONFIG_TEST_RANDOM_GENERATOR=y in %s",
                    bw_ocre_conf_name(run));
}

/* ---- the workspace ---- */

/* Modules that the SoCs of a folder of Zephyr's soc/ cannot be built without. */
static const char *hal_of(const char *vendor)
{
    static const struct {
        const char *vendor, *hal;
    } hals[] = {
        {"st", "hal_stm32"},
        {"nordic", "hal_nordic"},
        {"raspberrypi", "hal_rpi_pico"},
        {"espressif", "hal_espressif"},
        {"nxp", "hal_nxp"},
        {"adi", "hal_adi"},
        {"ambiq", "hal_ambiq"},
        {"atmel", "hal_atmel"},
        {"microchip", "hal_microchip"},
        {"silabs", "hal_silabs"},
        {"renesas", "hal_renesas"},
        {"infineon", "hal_infineon"},
        {"ti", "hal_ti"},
        {"gd", "hal_gigadevice"},
        {"nuvoton", "hal_nuvoton"},
        {"wch", "hal_wch"},
        {"realtek", "hal_realtek"},
        {"bouffalolab", "hal_bouffalolab"},
        {"openisa", "hal_openisa"},
        {"intel", "hal_intel"},
        {"telink", "hal_telink"},
    };

    for (size_t i = 0; vendor && i < G_N_ELEMENTS(hals); i++)
        if (strcmp(hals[i].vendor, vendor) == 0)
            return hals[i].hal;
    return NULL;
}

static void check_imports(const bw_ocre_run *run)
{
    const bw_ocre_sdk *sdk = run->app->sdk;
    const char *hal = sdk->imports ? hal_of(run->app->vendor) : NULL;

    if (!hal || g_strv_contains(sdk->imports, hal))
        return;
    bw_finding *f = bw_findings_add(
        run->tree->unit->findings, BW_CODE_ocre_hal_not_imported, bw_yaml_place(sdk->imports_at),
        "SoCs of soc/%s are built with %s, which Ocre's workspace does not import", run->app->vendor, hal);
    bw_finding_cure(f, "add %s here, or build in a workspace with all of Zephyr's modules", hal);
}

void bw_ocre_check_conf(const bw_ocre_run *run)
{
    check_heaps(run);
    check_aot(run);
    check_merge(run);
    check_random(run);
    check_imports(run);
}
