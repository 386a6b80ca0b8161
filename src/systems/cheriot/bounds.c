/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/cheriot/bounds.h"

#define MANTISSA_MAX 511U /* 9 bits */
#define EXPONENT_MAX 14U  /* the next one, 15, stands for: */
#define EXPONENT_TOP 24U

static unsigned exponent_of(uint64_t length)
{
    for (unsigned e = 0; e <= EXPONENT_MAX; e++)
        if (length <= (uint64_t)MANTISSA_MAX << e)
            return e;
    return EXPONENT_TOP;
}

uint64_t bw_cheriot_alignment(uint64_t length)
{
    return (uint64_t)1 << exponent_of(length);
}

bool bw_cheriot_exact(uint64_t base, uint64_t length)
{
    return ((base | length) & (bw_cheriot_alignment(length) - 1)) == 0;
}

uint64_t bw_cheriot_round_up(uint64_t length)
{
    uint64_t mask = bw_cheriot_alignment(length) - 1;

    return length > UINT64_MAX - mask ? length & ~mask : (length + mask) & ~mask;
}

/* The longest multiple of 2^e that 9 bits hold, for each e that the base allows: what e is the smallest one for is
 * exact with a larger one too. */
uint64_t bw_cheriot_largest(uint64_t base, uint64_t length)
{
    uint64_t best = 0;

    for (unsigned e = 0; e <= EXPONENT_TOP; e = e == EXPONENT_MAX ? EXPONENT_TOP : e + 1) {
        uint64_t mask = ((uint64_t)1 << e) - 1;
        uint64_t most = (uint64_t)MANTISSA_MAX << e;

        if (base & mask)
            break;
        most = (length < most ? length : most) & ~mask;
        if (most > best)
            best = most;
    }
    return best;
}
