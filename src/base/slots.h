/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a worker knows of a name during one unit, indexed by the name's number.
 *
 * Forgetting everything at the end of a unit costs nothing: the epoch moves on and
 * stale slots read as empty.
 */
#ifndef BW_BASE_SLOTS_H
#define BW_BASE_SLOTS_H

#include "base/names.h"

typedef struct bw_slot {
    void *ptr;
    uint32_t value;
    uint32_t epoch; /**< private */
} bw_slot;

typedef struct bw_slots {
    bw_slot *slots;
    uint32_t size;
    uint32_t epoch;
} bw_slots;

void bw_slots_grow(bw_slots *slots, uint32_t id); /**< private */
void bw_slots_clear(bw_slots *slots);             /**< all slots read as empty */
void bw_slots_free(bw_slots *slots);

/** @return the slot of @p name for writing; zeroed at first use since the last clear. The pointer
 *  is valid until a slot of a newer name is asked for. */
static inline bw_slot *bw_slot_of(bw_slots *slots, const bw_name *name)
{
    if (name->id >= slots->size)
        bw_slots_grow(slots, name->id);
    bw_slot *slot = &slots->slots[name->id];
    if (slot->epoch != slots->epoch)
        *slot = (bw_slot){.epoch = slots->epoch};
    return slot;
}

/** @return the pointer kept for @p name, or NULL; never grows. */
static inline void *bw_slot_ptr(const bw_slots *slots, const bw_name *name)
{
    if (name->id >= slots->size || slots->slots[name->id].epoch != slots->epoch)
        return NULL;
    return slots->slots[name->id].ptr;
}

#endif
