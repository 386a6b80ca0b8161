/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slots.h"

#include <glib.h>
#include <string.h>

void bw_slots_grow(bw_slots *slots, uint32_t id)
{
    uint32_t size = slots->size ? slots->size : 4096;

    while (size <= id)
        size *= 2;
    slots->slots = g_renew(bw_slot, slots->slots, size);
    memset(slots->slots + slots->size, 0, (size - slots->size) * sizeof *slots->slots);
    slots->size = size;
    if (slots->epoch == 0)
        slots->epoch = 1;
}

void bw_slots_clear(bw_slots *slots)
{
    if (++slots->epoch == 0) { /* after 2^32 units */
        if (slots->slots)
            memset(slots->slots, 0, slots->size * sizeof *slots->slots);
        slots->epoch = 1;
    }
}

void bw_slots_free(bw_slots *slots)
{
    g_free(slots->slots);
    memset(slots, 0, sizeof *slots);
}
