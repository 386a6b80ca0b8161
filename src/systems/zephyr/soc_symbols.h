/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The Kconfig symbols of SoCs: what the Kconfig.soc files below the SoC roots define, read as far as it is asked for.
 *
 * Source: Zephyr 4.1, soc/Kconfig.v2 and scripts/list_hardware.py: each folder of a soc.yml has a Kconfig.soc.
 */
#ifndef BW_SYSTEMS_ZEPHYR_SOC_SYMBOLS_H
#define BW_SYSTEMS_ZEPHYR_SOC_SYMBOLS_H

#include "systems/zephyr/zephyr.h"

typedef struct bw_zephyr_soc_symbols bw_zephyr_soc_symbols;

typedef enum bw_zephyr_symbol_kind {
    BW_ZEPHYR_SYMBOL_UNDEFINED,
    BW_ZEPHYR_SYMBOL_SELECTED, /**< without a prompt: only a select can set it */
    BW_ZEPHYR_SYMBOL_OPTION,   /**< with a prompt */
} bw_zephyr_symbol_kind;

/** Thread-safe. The model must outlive it. */
bw_zephyr_soc_symbols *bw_zephyr_soc_symbols_new(const bw_zephyr *zephyr);
void bw_zephyr_soc_symbols_free(bw_zephyr_soc_symbols *symbols);

/** Whether there are Kconfig files of SoCs at all: an export of a tree may leave them out. */
bool bw_zephyr_has_soc_symbols(bw_zephyr_soc_symbols *symbols);

/** What a symbol is. @param near SoCs in whose folders it is looked for first; NULL-terminated, or NULL */
bw_zephyr_symbol_kind bw_zephyr_kind_of_symbol(bw_zephyr_soc_symbols *symbols, const bw_zephyr_soc *const *near,
                                               const char *symbol);

/** @return the nearest symbol of all, in @p arena, or NULL. */
const char *bw_zephyr_near_soc_symbol(bw_zephyr_soc_symbols *symbols, const char *symbol, bw_arena *arena);

#endif
