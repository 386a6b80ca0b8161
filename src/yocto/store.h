/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The tables behind bw_bb_store. Private to src/yocto.
 *
 *     store ─ name ─► variable ─ pieces of its value (each knows its statement)
 *                        │ └──── appends, prepends, removes, with the overrides that they wait for
 *                        └────── variants: the same variable under overrides ("FOO:plank" of "FOO")
 *
 * A value is kept as a list of pieces until it is asked for: files that add to one variable ten thousand times cost no
 * more than they are long.
 */
#ifndef BW_YOCTO_STORE_H
#define BW_YOCTO_STORE_H

#include "yocto/bitbake.h"

typedef struct bw_bb_piece {
    struct bw_bb_piece *next;
    const char *text;
    const bw_bb_statement *from; /**< NULL: given by the program */
    uint32_t order;              /**< of its statement in the whole run */
} bw_bb_piece;

typedef struct bw_bb_pieces {
    bw_bb_piece *first, *last;
} bw_bb_pieces;

/** One `:append`, `:prepend` or `:remove`. */
typedef struct bw_bb_change {
    struct bw_bb_change *next;
    bw_bb_piece piece;
    const char *overrides; /**< all of these must be in force, joined as names are; NULL: none */
} bw_bb_change;

typedef struct bw_bb_changes {
    bw_bb_change *first, *last;
} bw_bb_changes;

typedef struct bw_bb_variable bw_bb_variable;

typedef struct bw_bb_variant {
    struct bw_bb_variant *next;
    bw_bb_variable *variable;
    const char *overrides; /**< what its name has behind that of the variable */
} bw_bb_variant;

typedef struct bw_bb_flag_value {
    struct bw_bb_flag_value *next;
    const bw_name *name;
    bw_bb_pieces value;
} bw_bb_flag_value;

struct bw_bb_variable {
    const bw_name *name;
    bool set, weakly_set;
    bool registered; /**< as a variant of those that it overrides */
    bool busy;       /**< its value is being made: whoever asks again goes in a circle */
    bool feeds;      /**< OVERRIDES comes from it */
    bw_bb_pieces value, weak;
    bw_bb_changes appends, prepends, removes;
    bw_bb_variant *variants, *last_variant;
    bw_bb_flag_value *flags;
    uint32_t cached_at; /**< generation of cached; 0: none */
    bw_bb_value cached;
};

struct bw_bb_store {
    bw_unit *unit;
    bw_bb_style style;
    GHashTable *variables; /**< const bw_name * → bw_bb_variable * */
    GPtrArray *unexpanded; /**< those with ${ in their names, of bw_bb_variable * */
    GPtrArray *paths;      /**< folders of BBPATH, of const char * */
    GHashTable *files_of;  /**< names that include finds elsewhere: const bw_name * → path */
    GHashTable *inherited; /**< paths of classes that were read: const bw_name * */
    GPtrArray *overrides;  /**< in force, weakest first, of const bw_name * */
    GHashTable *in_force;  /**< the same as a set */
    bool overriding;       /**< overrides are being found out */
    bool overrides_stale;
    bool overrides_known;
    bool closed;         /**< all folders are at hand */
    GPtrArray *missing;  /**< what was included or inherited and not found, of const char * */
    uint32_t generation; /**< moves on with each change; from 1 */
    uint32_t sequence;   /**< of statements */
    unsigned depth;      /**< of includes */
    unsigned expanding;  /**< depth of values within values */
    unsigned files;
    uint64_t work;   /**< bytes made by expanding so far */
    const char *now; /**< "${LAYERDIR}" while a layer's conf is read: replaced at once; or NULL */
    const char *now_text;
};

/** The variable of a name, made when it is not there. NULL: the name is absurd. */
bw_bb_variable *bw_bb_variable_of(bw_bb_store *store, const char *name, size_t len);
bw_bb_variable *bw_bb_variable_find(const bw_bb_store *store, const char *name, size_t len);

/** Carries out a statement that assigns, or `NAME = "value"` without one. */
void bw_bb_assign(bw_bb_store *store, const bw_bb_statement *statement);
void bw_bb_assign_text(bw_bb_store *store, const char *name, const char *value);
/** A text with what bw_bb_store_now() says put in. */
const char *bw_bb_with_now(bw_bb_store *store, const char *text);
/** `unset`. */
void bw_bb_unset(bw_bb_store *store, const char *words);

/** Makes names with `${…}` what they come to. */
void bw_bb_settle(bw_bb_store *store);

/** The value of a variable; what has part in it is added to @p parts (of const bw_bb_statement *) unless NULL. */
bw_bb_value bw_bb_value_of(bw_bb_store *store, bw_bb_variable *variable, GPtrArray *parts);
bw_bb_value bw_bb_expand_text(bw_bb_store *store, const char *text);

/** Whether all of the words, joined as names are, are overrides in force. */
bool bw_bb_in_force(bw_bb_store *store, const char *words);

/** `${@…}`: the expression between `${@` and `}`. @return its value as text, or NULL when it is beyond the few
 *  expressions that are understood. */
char *bw_bb_python(bw_bb_store *store, const char *text, size_t len);

#endif
