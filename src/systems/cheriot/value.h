/* SPDX-License-Identifier: Apache-2.0 */
/** Private to systems/cheriot: values of a board's document, typed as Lua would take them, with findings. */
#ifndef BW_SYSTEMS_CHERIOT_VALUE_H
#define BW_SYSTEMS_CHERIOT_VALUE_H

#include "systems/cheriot/board.h"

typedef struct bw_cheriot_reader {
    bw_cheriot_board *board;
    bw_arena *arena;
    bw_findings *findings;
    const char *const *keys; /**< of the object at hand, NULL-terminated: bw_cheriot_misspelled() looks at them */
} bw_cheriot_reader;

/** @return whether a member that is missing was spelled wrong: some unknown one is nearest to it. That was said then,
 * so that the member counts as given. */
bool bw_cheriot_misspelled(const bw_cheriot_reader *r, const bw_json *object, const char *key);

typedef enum bw_cheriot_number_use {
    BW_CHERIOT_START, /**< an address: whole, below 2^32 */
    BW_CHERIOT_END,   /**< an end or a size: whole, up to 2^32 */
    BW_CHERIOT_CLOCK, /**< rounded down, which is worth a warning where it changes the value */
} bw_cheriot_number_use;

/** A member of an object that is a number. @param what of it, for messages: "the heap's end" */
bw_cheriot_number bw_cheriot_read_number(bw_cheriot_reader *r, const bw_json *object, const char *key, const char *what,
                                         bw_cheriot_number_use use);

/** A member that is text; NULL for none, for null and, after a finding, for another type. */
const char *bw_cheriot_read_text(bw_cheriot_reader *r, const bw_json *object, const char *key, const bw_json **value);

/** A member by Lua's rule of truth, with a warning where it is no boolean. */
bool bw_cheriot_read_truth(bw_cheriot_reader *r, const bw_json *object, const char *key);

/** A member that is an array of text, or text alone. */
bw_cheriot_words bw_cheriot_read_words(bw_cheriot_reader *r, const bw_json *object, const char *key);

/** A member of this kind; NULL for none, for null and, after a finding, for another type. An empty array and an empty
 *  object are the same in Lua: each counts as both. */
const bw_json *bw_cheriot_read_kind(bw_cheriot_reader *r, const bw_json *object, const char *key, bw_json_kind kind);

/** An extent; r->keys are set. @param value the object, or what stands in its place */
bw_cheriot_extent bw_cheriot_read_extent(bw_cheriot_reader *r, const char *name, bw_place place, const bw_json *value);

/** Warns of members that are not among r->keys. @param where "a device", for the message */
void bw_cheriot_check_keys(bw_cheriot_reader *r, const bw_json *object, const char *where);

#endif
