/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Include directories that nobody has to name: found by walking up from a source file.
 *
 * Layouts known: a Linux kernel tree (arch/<arch>/boot/dts beside include/dt-bindings), an export of
 * its devicetrees (a folder with include/dt-bindings), and a Zephyr tree (include/zephyr beside dts/);
 * Zephyr's order is the one of its cmake/modules/pre_dt.cmake.
 */
#ifndef BW_BOARD_ROOTS_H
#define BW_BOARD_ROOTS_H

#include "base/arena.h"
#include "dts/dts.h"

typedef enum bw_root_kind { BW_ROOT_NONE, BW_ROOT_LINUX, BW_ROOT_ZEPHYR } bw_root_kind;

typedef struct bw_root {
    bw_root_kind kind;
    bw_dialect dialect;              /**< the language that this tree's tools read */
    const char *path;                /**< the tree's folder without a trailing '/'; NULL of NONE */
    const char *const *include_dirs; /**< as bw_dts_options has them; never NULL */
    const char *const *dts_dirs;
    const char *const *more_files; /**< NULL */
} bw_root;

/** Roots seen in a run. Thread-safe. */
typedef struct bw_roots bw_roots;

bw_roots *bw_roots_new(void);
void bw_roots_free(bw_roots *roots);

/** @return the root that @p path (a source file) lies in; one of kind NONE when there is none. Belongs to
 *          @p roots. Paths of the result are @p path's own beginning, so findings read well. */
const bw_root *bw_roots_find(bw_roots *roots, const char *path);

#endif
