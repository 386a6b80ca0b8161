/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which ranges a CHERIoT capability can hold exactly.
 *
 * Source: CHERIoT-Platform/cheriot-sail, src/cheri_cap_common.sail: 9 bits of mantissa, 4 bits of exponent, where 15
 * stands for 24. A range is exact when its base and its length are multiples of 2^e, e being the smallest of 0…14 with
 * length <= 511 << e, else 24.
 */
#ifndef BW_SYSTEMS_CHERIOT_BOUNDS_H
#define BW_SYSTEMS_CHERIOT_BOUNDS_H

#include <stdbool.h>
#include <stdint.h>

/** Bytes to which base and length of a range of @p length bytes must be aligned: a power of two. */
uint64_t bw_cheriot_alignment(uint64_t length);
bool bw_cheriot_exact(uint64_t base, uint64_t length);
/** CRRL: the smallest length not below @p length that can be held exactly (with a fitting base). */
uint64_t bw_cheriot_round_up(uint64_t length);
/** The largest length not above @p length that starts at @p base and is exact; 0 if there is none. */
uint64_t bw_cheriot_largest(uint64_t base, uint64_t length);

/** An import table entry keeps a device's size in 24 bits. */
#define BW_CHERIOT_MAX_DEVICE ((uint64_t)1 << 24)

#endif
