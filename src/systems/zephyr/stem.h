/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How a target's files are called: long(t) is the board and all segments joined with '_', short(t) leaves the SoC
 * out; a revision is added as '_' and its text with '_' for dots. Case is kept.
 *
 * Source: zephyr_build_string() of Zephyr's cmake/modules/extensions.cmake.
 */
#ifndef BW_SYSTEMS_ZEPHYR_STEM_H
#define BW_SYSTEMS_ZEPHYR_STEM_H

#include "systems/zephyr/zephyr.h"

/** @param qualifiers with or without the leading '/'; NULL: none. @param revision NULL: none */
const char *bw_zephyr_long_stem(bw_arena *arena, const char *board, const char *qualifiers, const char *revision);

/** @return NULL where there is none: without qualifiers. */
const char *bw_zephyr_short_stem(bw_arena *arena, const char *board, const char *qualifiers, const char *revision);

/** What a stem may stand for. */
typedef struct bw_zephyr_stem {
    const char *text;
    const bw_zephyr_target *target;
    const char *revision; /**< or NULL */
    bool is_short;        /**< without the SoC */
} bw_zephyr_stem;

/** The kinds of files whose names matter. */
typedef enum bw_zephyr_ending {
    BW_ZEPHYR_DTS,       /**< .dts */
    BW_ZEPHYR_OVERLAY,   /**< .overlay */
    BW_ZEPHYR_DEFCONFIG, /**< _defconfig */
    BW_ZEPHYR_CONF,      /**< .conf */
    BW_ZEPHYR_NO_ENDING,
} bw_zephyr_ending;

/** All stems that the targets of a board can have, with every listed revision. */
typedef struct bw_zephyr_stems {
    GTree *by_text; /**< text -> bw_zephyr_stem; of two with one text the first */
    /** By ending, those that Zephyr looks for with it: a .dts never has a revision, an overlay always (but of a variant
     *  that takes its parent's devicetree), a .conf always and the SoC; short ones on boards with one SoC only.
     * NULL-terminated, for "did you mean". */
    const char *const *texts[BW_ZEPHYR_NO_ENDING];
} bw_zephyr_stems;

/** The stems of some boards together (of one folder). @param boards NULL-terminated. Free with bw_zephyr_stems_free().
 */
bw_zephyr_stems bw_zephyr_stems_of(bw_arena *arena, const bw_zephyr_board *const *boards);
void bw_zephyr_stems_free(bw_zephyr_stems *stems);

/** Whether Zephyr looks for a file of this stem and ending (a short one on a board with several SoCs: and stops). */
bool bw_zephyr_stem_fits(const bw_zephyr_stem *stem, bw_zephyr_ending ending);

/** @return what @p text stands for, or NULL. */
const bw_zephyr_stem *bw_zephyr_stem_called(const bw_zephyr_stems *stems, const char *text);

extern const char *const bw_zephyr_endings[]; /**< ".dts" and so on */

/** Takes a file's name apart. @param stem_len gets the bytes in front of the ending */
bw_zephyr_ending bw_zephyr_ending_of(const char *name, size_t *stem_len);

#endif
