/* SPDX-License-Identifier: Apache-2.0 */
/**
 * board.yml: who a board is. Zephyr's hardware model v2, unchanged.
 *
 * Source: Zephyr 4.1, scripts/schemas/board-schema.yml and scripts/list_boards.py;
 * doc/hardware/porting/board_porting.rst. Beyond it a variant may say include-parent-dts and include-parent-kconfig,
 * keys that Zephyr's later schema has for variants of a SoC, and no version of its build reads yet.
 */
#ifndef BW_YAML_BOARD_YML_H
#define BW_YAML_BOARD_YML_H

#include "yaml/schema.h"

typedef struct bw_yml_variant bw_yml_variant;

/** A variant of a SoC, of another variant, or (qualifier set) of an extended board. */
struct bw_yml_variant {
    const char *name;
    const char *cpucluster;                      /**< or NULL */
    const char *qualifier;                       /**< or NULL */
    const bw_yaml *at;                           /**< the name's place */
    const bw_yaml *cpucluster_at, *qualifier_at; /**< or NULL */
    bool parent_dts;                             /**< without a .dts of its own it takes what it varies' */
    bool parent_kconfig;                         /**< its configuration begins with that of what it varies */
    const bw_yaml *parent_at;                    /**< the first of both keys, or NULL */
    bw_yml_variant *variants;
    uint32_t variant_count;
};

typedef struct bw_yml_soc {
    const char *name;
    const bw_yaml *at;
    bw_yml_variant *variants;
    uint32_t variant_count;
} bw_yml_soc;

typedef struct bw_yml_revision {
    const char *name;
    const bw_yaml *at;
} bw_yml_revision;

typedef struct bw_yml_board {
    const char *name;               /**< NULL of an extension */
    const char *extend;             /**< the board that it extends, or NULL */
    const char *full_name, *vendor; /**< or NULL */
    const bw_yaml *at;
    const bw_yaml *vendor_at; /**< or NULL */
    bw_yml_soc *socs;
    uint32_t soc_count;
    bw_yml_variant *variants;
    uint32_t variant_count;
    const char *revision_format;  /**< "major.minor.patch", "letter", "number", "custom"; NULL: no revisions */
    const char *default_revision; /**< or NULL */
    const bw_yaml *default_at;    /**< its place, or NULL */
    bool revision_exact;
    bw_yml_revision *revisions;
    uint32_t revision_count;
} bw_yml_board;

typedef struct bw_board_yml {
    bw_source *source;
    bw_yml_board *boards; /**< in the order of the file */
    uint32_t count;
} bw_board_yml;

/** The keys of the file, for checking and documentation. */
extern const bw_schema bw_board_yml_schema;

/** Reads a board.yml into @p arena. @return NULL with findings when it is wrong. */
const bw_board_yml *bw_board_yml_read(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings);

#endif
