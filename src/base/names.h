/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Interned names: one bw_name for each distinct string of a context, compared by pointer.
 *
 * Names live as long as their table. Each has a dense number, so that a worker can keep what
 * it knows of a name (macro, label, offset in a string table) in an array instead of a hash
 * table. Thread-safe: lookups take no lock, insertions take one of a few.
 */
#ifndef BW_BASE_NAMES_H
#define BW_BASE_NAMES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bw_name bw_name;
typedef struct bw_names bw_names;

struct bw_name {
    _Atomic(bw_name *) next; /**< hash chain, private */
    uint32_t hash;           /**< private */
    uint32_t id;             /**< dense number, from 0 */
    uint32_t len;            /**< bytes of text without the NUL */
    uint32_t base_len;       /**< bytes before the first '@' (all of them without one) */
    _Atomic(uint8_t) macro;  /**< some file of this context defines a macro of this name */
    bool identifier;         /**< a C identifier: [A-Za-z_][A-Za-z0-9_]* */
    bool node_chars;         /**< only characters that a node's name may have: A-Za-z0-9,._+-@ */
    bool property_chars;     /**< only characters that a property's name may have: A-Za-z0-9,._+*#?- */
    char text[];             /**< NUL-terminated */
};

bw_names *bw_names_new(void);
void bw_names_free(bw_names *names);

const bw_name *bw_intern(bw_names *names, const char *text, size_t len);
const bw_name *bw_intern_str(bw_names *names, const char *text);
/** @return the name, or NULL if nothing of this context has it. */
const bw_name *bw_names_find(bw_names *names, const char *text, size_t len);
/** @return one more than the largest id given out so far. */
uint32_t bw_names_count(bw_names *names);

/** @return the unit address of a node name ("1000" of "uart@1000"), "" without one. */
static inline const char *bw_name_unit(const bw_name *name)
{
    return name->base_len < name->len ? name->text + name->base_len + 1 : "";
}

#endif
