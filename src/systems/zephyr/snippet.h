/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Snippets: snippet.yml anywhere below <root>/snippets, which append overlays, fragments and flags to a build.
 *
 * Source: Zephyr 4.1, scripts/snippets.py, scripts/schemas/snippet-schema.yml, cmake/modules/snippets.cmake.
 */
#ifndef BW_SYSTEMS_ZEPHYR_SNIPPET_H
#define BW_SYSTEMS_ZEPHYR_SNIPPET_H

#include "systems/zephyr/zephyr.h"
#include "yaml/schema.h"

typedef enum bw_zephyr_append_kind {
    BW_ZEPHYR_APPEND_OVERLAY, /**< EXTRA_DTC_OVERLAY_FILE */
    BW_ZEPHYR_APPEND_CONF,    /**< EXTRA_CONF_FILE */
    BW_ZEPHYR_APPEND_FLAGS,   /**< DTS_EXTRA_CPPFLAGS */
    BW_ZEPHYR_APPEND_SYSBUILD /**< SB_EXTRA_CONF_FILE; not for the image itself */
} bw_zephyr_append_kind;

typedef struct bw_zephyr_append {
    bw_zephyr_append_kind kind;
    const char *value;      /**< path of a file, or one argument of the preprocessor */
    const bw_yaml *at;      /**< of the value */
    const bw_yaml *pattern; /**< boards that it is for; NULL: all */
} bw_zephyr_append;

typedef struct bw_zephyr_snippet {
    const char *name;
    const bw_yaml *at;               /**< the name in its first snippet.yml */
    const bw_zephyr_append *appends; /**< common ones, then pattern by pattern: the order in which they apply */
    uint32_t count;
} bw_zephyr_snippet;

typedef struct bw_zephyr_snippets {
    const bw_zephyr_snippet *items; /**< in order of name */
    uint32_t count;
    bool failed; /**< Zephyr's script would have refused a snippet.yml, and with it any build */
} bw_zephyr_snippets;

extern const bw_schema bw_snippet_yml_schema;

/** Reads all snippets of the roots, the Zephyr tree's last. */
bw_zephyr_snippets bw_zephyr_snippets_load(bw_context *ctx, const char *const *roots, bw_arena *arena,
                                           bw_findings *findings);

const bw_zephyr_snippet *bw_zephyr_snippet_called(const bw_zephyr_snippets *snippets, const char *name);
const char *bw_zephyr_near_snippet(const bw_zephyr_snippets *snippets, const char *name);

/** Whether a pattern (of `boards:`) is for a target: "board/qualifiers" as CMake has it, without a revision. */
bool bw_zephyr_pattern_matches(const char *pattern, const char *target);

#endif
