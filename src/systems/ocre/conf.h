/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a sample of Ocre is configured with: its prj.conf, the board's _defconfig and Kconfig defaults, and the sample's
 * .conf for the board, as far as Ocre's needs depend on it. Nothing is evaluated beyond the lines themselves and the
 * defaults that are known of single symbols.
 *
 * Sources: Zephyr, cmake/modules/kconfig.cmake (order of fragments: the last one wins).
 */
#ifndef BW_SYSTEMS_OCRE_CONF_H
#define BW_SYSTEMS_OCRE_CONF_H

#include "systems/zephyr/kconfig.h"

/** A symbol that is set. */
typedef struct bw_ocre_symbol {
    const char *name;   /**< without CONFIG_ */
    const char *value;  /**< "y", "n", "4096", "0x1000", a text without its quotes */
    bw_place place;     /**< nowhere of what is known of Ocre itself */
    bool of_board_file; /**< set by the sample's .conf for the board */
} bw_ocre_symbol;

typedef struct bw_ocre_conf bw_ocre_conf;

/** An empty one in the arena. */
bw_ocre_conf *bw_ocre_conf_new(bw_arena *arena);
/** Sets a symbol; an earlier value is gone. Texts are copied. */
void bw_ocre_conf_set(bw_ocre_conf *conf, const char *name, const char *value, bw_place place, bool of_board_file);
/** Reads a .conf or _defconfig on top. @return false with a finding if it cannot be read. */
bool bw_ocre_conf_read(bw_ocre_conf *conf, bw_context *ctx, const char *path, bool of_board_file,
                       bw_findings *findings);

/** @return what a symbol is set to, or NULL. */
const bw_ocre_symbol *bw_ocre_conf_get(const bw_ocre_conf *conf, const char *name);
bool bw_ocre_conf_is(const bw_ocre_conf *conf, const char *name);     /**< =y */
bool bw_ocre_conf_is_not(const bw_ocre_conf *conf, const char *name); /**< =n, or "is not set" */
/** @return false unless it is set to a number. */
bool bw_ocre_conf_number(const bw_ocre_conf *conf, const char *name, uint64_t *value);

#endif
