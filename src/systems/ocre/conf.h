/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a sample of Ocre is configured with: its prj.conf, the board's _defconfig and Kconfig defaults, and the sample's
 * .conf for the board, as far as Ocre's needs depend on it. Nothing is evaluated beyond the lines themselves, the
 * conditions that name the board, and the defaults that are known of single symbols.
 *
 * Sources: Zephyr, cmake/modules/kconfig.cmake (order of fragments: the last one wins).
 */
#ifndef BW_SYSTEMS_OCRE_CONF_H
#define BW_SYSTEMS_OCRE_CONF_H

#include "systems/zephyr/kconfig.h"

/** Who sets a symbol. */
typedef enum bw_ocre_setter {
    BW_OCRE_BY_DEFAULT,    /**< a Kconfig file of the board; an assignment of any other wins */
    BW_OCRE_BY_BOARD,      /**< its _defconfig */
    BW_OCRE_BY_SAMPLE,     /**< prj.conf */
    BW_OCRE_BY_BOARD_FILE, /**< the sample's .conf for the board */
} bw_ocre_setter;

/** A symbol that is set. */
typedef struct bw_ocre_symbol {
    const struct bw_ocre_symbol *next;
    const char *name;  /**< without CONFIG_ */
    const char *value; /**< "y", "n", "4096", "0x1000", a text without its quotes */
    bw_place place;    /**< nowhere of what is known of Ocre itself */
    bw_ocre_setter setter;
} bw_ocre_symbol;

typedef struct bw_ocre_conf {
    bw_arena *arena;
    const bw_ocre_symbol *first; /**< the newest; of two with one name the first counts */
} bw_ocre_conf;

/** An empty one in the arena. */
bw_ocre_conf *bw_ocre_conf_new(bw_arena *arena);
/** Sets a symbol. Texts must live as long as the configuration. */
void bw_ocre_conf_set(bw_ocre_conf *conf, const char *name, const char *value, bw_place place, bw_ocre_setter setter);
/** Reads a .conf or _defconfig on top. @return false with a finding if it cannot be read. */
bool bw_ocre_conf_read(bw_ocre_conf *conf, bw_context *ctx, const char *path, bw_ocre_setter setter,
                       bw_findings *findings);
/** Reads the defaults of a board's Kconfig file, for symbols that nothing sets yet. Conditions that name another board
 *  than @p board ("BOARD_PLANK") count as false, what is not known as true. Findings are zephyr's, and not made. */
void bw_ocre_conf_read_defaults(bw_ocre_conf *conf, bw_context *ctx, const char *path, const char *board);

/** @return what a symbol is set to, or NULL. */
const bw_ocre_symbol *bw_ocre_conf_get(const bw_ocre_conf *conf, const char *name);
bool bw_ocre_conf_is(const bw_ocre_conf *conf, const char *name);     /**< =y */
bool bw_ocre_conf_is_not(const bw_ocre_conf *conf, const char *name); /**< =n, or "is not set" */
/** @return false unless it is set to a number. */
bool bw_ocre_conf_number(const bw_ocre_conf *conf, const char *name, uint64_t *value);

#endif
