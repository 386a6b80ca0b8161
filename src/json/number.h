/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Numbers as lua-cjson reads them: what strtod() of D. Gay's dtoa.c takes, behind cjson's own look at the first bytes.
 */
#ifndef BW_JSON_NUMBER_H
#define BW_JSON_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/** How a number differs from JSON; a set. */
enum {
    BW_JSON_HEX = 1 << 0,          /**< 0x10: what CHERIoT's files are full of */
    BW_JSON_HEX_FRACTION = 1 << 1, /**< 0x1.8, 0x1p4 */
    BW_JSON_LEADING_ZERO = 1 << 2, /**< 010 is ten */
    BW_JSON_PLUS = 1 << 3,
    BW_JSON_BARE_POINT = 1 << 4, /**< "1.", "-.5" */
    BW_JSON_NOT_FINITE = 1 << 5, /**< inf, nan, 1e400 */
    BW_JSON_LAST_ODDITY = BW_JSON_NOT_FINITE,
};

typedef struct bw_json_number {
    uint32_t len; /**< bytes that belong to it; 0: no number */
    double value;
    uint32_t oddities;
} bw_json_number;

/** @return whether lua-cjson takes the bytes as the begin of a number: a digit, '-', '+', inf or nan. */
bool bw_json_number_begins(const char *text, uint32_t len);
bw_json_number bw_json_number_scan(const char *text, uint32_t len);

/** One of the bits above as a noun for a message, and what to write instead (or NULL). */
const char *bw_json_oddity_name(uint32_t oddity);
const char *bw_json_oddity_cure(uint32_t oddity);

#endif
