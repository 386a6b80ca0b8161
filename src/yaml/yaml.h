/* SPDX-License-Identifier: Apache-2.0 */
/**
 * YAML and JSON as values with places.
 *
 * Scalars stay the text that was written and are typed by who reads them (yaml/schema.h), never
 * guessed. Source: YAML 1.1 as libyaml reads it; merge keys as PyYAML has them, because Zephyr's
 * own reader is PyYAML.
 */
#ifndef BW_YAML_YAML_H
#define BW_YAML_YAML_H

#include "base/context.h"

typedef enum bw_yaml_kind { BW_YAML_SCALAR, BW_YAML_LIST, BW_YAML_MAP } bw_yaml_kind;

typedef struct bw_yaml bw_yaml;

typedef struct bw_yaml_entry {
    const bw_yaml *key; /**< a scalar */
    const bw_yaml *value;
} bw_yaml_entry;

struct bw_yaml {
    bw_yaml_kind kind;
    bool plain;          /**< of a scalar: written without quotes, and not as a block */
    uint32_t begin, end; /**< bytes of the source */
    bw_source *source;
    const char *text; /**< of a scalar: unescaped and NUL-terminated; never NULL there */
    uint32_t len;     /**< bytes of text; the text holds no NUL */
    uint32_t count;   /**< of items or entries */
    const bw_yaml *const *items;
    const bw_yaml_entry *entries; /**< in the order of the file, each key once; merged ones last */
};

/** More than any board's description has; beyond it a file is refused with a finding. */
#define BW_YAML_MAX_BYTES ((uint32_t)16 * 1024 * 1024)
#define BW_YAML_MAX_DEPTH 64
#define BW_YAML_MAX_VALUES 1000000 /**< with every alias counted as often as it is used */

/**
 * Reads the one document of a source into @p arena. An empty file is an empty plain scalar.
 * A value used through an alias is shared, so the result is a graph without cycles.
 * @return NULL when the text is not YAML: one finding says why. Duplicate keys are findings, too,
 *         but the value comes (with the last one, as PyYAML has it).
 */
const bw_yaml *bw_yaml_read(bw_source *source, bw_arena *arena, bw_findings *findings);

/** Opens a file and reads it likewise. @return NULL also when it cannot be read, with a finding. */
const bw_yaml *bw_yaml_read_file(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings);

/** @return the value of a key, or NULL if there is none or @p map is no map (or NULL). */
const bw_yaml *bw_yaml_get(const bw_yaml *map, const char *key);

/** @return whether it is the null of YAML: nothing, "~", "null", "Null" or "NULL", unquoted. */
bool bw_yaml_is_null(const bw_yaml *value);

/** Where a value stands; of maps and lists the first line only, so that a caret can show it. */
bw_place bw_yaml_place(const bw_yaml *value);

/** What it is, for a message: "a list", "a map", "nothing", "text". */
const char *bw_yaml_kind_name(const bw_yaml *value);

#endif
