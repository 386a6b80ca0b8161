/* SPDX-License-Identifier: Apache-2.0 */
/** Numbers in bytes that need not be aligned: big-endian, as the cells of a devicetree, and little-endian, as most
 * media. */
#ifndef BW_BASE_BYTES_H
#define BW_BASE_BYTES_H

#include <stdint.h>

static inline uint32_t bw_get16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}
static inline uint32_t bw_get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline uint64_t bw_get64(const uint8_t *p)
{
    return (uint64_t)bw_get32(p) << 32 | bw_get32(p + 4);
}
static inline void bw_put32(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}
static inline void bw_put64(uint8_t *p, uint64_t value)
{
    bw_put32(p, (uint32_t)(value >> 32));
    bw_put32(p + 4, (uint32_t)value);
}

static inline uint32_t bw_get32le(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}
static inline void bw_put32le(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
    p[2] = (uint8_t)(value >> 16);
    p[3] = (uint8_t)(value >> 24);
}

#endif
