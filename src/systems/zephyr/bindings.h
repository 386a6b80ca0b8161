/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Devicetree bindings: YAML files that say which properties the nodes of a compatible may have.
 *
 *     folders ──► which file has which compatible          (read once, at the first question)
 *     compatible, bus ──► file, and what it includes ──► binding, with its children's
 *
 * Files are parsed when a node asks for them, once a run; all threads share them. Everything keeps its place, for
 * notes.
 *
 * Source: Zephyr 4.1, scripts/dts/python-devicetree (edtlib.py: Binding, EDT._init_compat2binding()),
 * doc/build/dts/bindings-syntax.rst.
 */
#ifndef BW_SYSTEMS_ZEPHYR_BINDINGS_H
#define BW_SYSTEMS_ZEPHYR_BINDINGS_H

#include "systems/zephyr/binding_folder.h"
#include "yaml/schema.h"

#include <glib.h>

typedef enum bw_zephyr_type {
    BW_ZEPHYR_BOOLEAN,
    BW_ZEPHYR_INT,
    BW_ZEPHYR_ARRAY,
    BW_ZEPHYR_UINT8_ARRAY,
    BW_ZEPHYR_STRING,
    BW_ZEPHYR_STRING_ARRAY,
    BW_ZEPHYR_PHANDLE,
    BW_ZEPHYR_PHANDLES,
    BW_ZEPHYR_PHANDLE_ARRAY,
    BW_ZEPHYR_PATH,
    BW_ZEPHYR_COMPOUND,
    BW_ZEPHYR_NO_TYPE, /**< not said, or none of these: the binding has a finding */
} bw_zephyr_type;

extern const char *const bw_zephyr_type_names[]; /**< by type, NULL at the end */

/** What a binding says of one property. Values are NULL where it says nothing. */
typedef struct bw_zephyr_spec {
    const bw_name *name;
    const bw_yaml *at; /**< the property's name */
    bw_zephyr_type type;
    const bw_yaml *type_at;
    const bw_yaml *required;   /**< "true" or "false" */
    const bw_yaml *deprecated; /**< likewise */
    const bw_yaml *values;     /**< enum: a list */
    const bw_yaml *constant;   /**< const */
    const bw_yaml *fallback;   /**< default */
    const bw_yaml *space;      /**< specifier-space */
} bw_zephyr_spec;

/** Names of the cells behind a reference to a node: "gpio-cells: [pin, flags]". */
typedef struct bw_zephyr_cells {
    const char *space; /**< "gpio" */
    const bw_yaml *at; /**< the list */
    uint32_t count;
} bw_zephyr_cells;

typedef struct bw_zephyr_binding bw_zephyr_binding;
struct bw_zephyr_binding {
    const char *path;         /**< of the file that has it */
    const char *compatible;   /**< NULL of a child without one */
    const bw_yaml *at;        /**< its compatible; of a child its child-binding */
    const char *on_bus;       /**< or NULL */
    const char *const *buses; /**< that it is; NULL-terminated */
    const bw_zephyr_spec *specs;
    uint32_t spec_count;
    const bw_zephyr_spec *const *required; /**< of specs; NULL-terminated */
    const bw_zephyr_cells *cells;
    uint32_t cell_count;
    const bw_zephyr_binding *child;
    const bw_findings *findings; /**< what is wrong with the file; the same of parent and child */
    bool broken;                 /**< Zephyr refuses it */
    GHashTable *by_name;         /**< private: bw_name -> bw_zephyr_spec */
};

typedef struct bw_zephyr_bindings bw_zephyr_bindings;

/** @param dirs folders with bindings, NULL-terminated, copied; later ones win where two files have one name.
 *  Nothing is read yet. Thread-safe from then on.
 *  @param folders what others read already, outliving the bindings; or NULL */
bw_zephyr_bindings *bw_zephyr_bindings_new(bw_context *ctx, const char *const *dirs,
                                           bw_zephyr_binding_folders *folders);
void bw_zephyr_bindings_free(bw_zephyr_bindings *bindings);

/** @param buses that the node is on, NULL-terminated. @return the binding of a node, or NULL. */
const bw_zephyr_binding *bw_zephyr_binding_of(bw_zephyr_bindings *bindings, const char *compatible,
                                              const char *const *buses);

/** @return whether some binding has this compatible, whatever the bus. */
bool bw_zephyr_bindings_know(bw_zephyr_bindings *bindings, const char *compatible);

/** @return the compatible of a binding that @p compatible most probably stands for, or NULL: the same but for case and
 *  separators, or for one letter inside of the device's name. Other digits, and more or less at the end, make another
 *  device (cortex-a9 and cortex-a5, timer and timers). */
const char *bw_zephyr_near_compatible(bw_zephyr_bindings *bindings, const char *compatible);

/** @return whether vendor-prefixes.txt has it, or there is none. */
bool bw_zephyr_vendor_known(bw_zephyr_bindings *bindings, const char *vendor, size_t len);
const char *bw_zephyr_near_vendor(bw_zephyr_bindings *bindings, const char *vendor);

static inline const bw_zephyr_spec *bw_zephyr_spec_of(const bw_zephyr_binding *binding, const bw_name *name)
{
    return (const bw_zephyr_spec *)g_hash_table_lookup(binding->by_name, name);
}

#endif
