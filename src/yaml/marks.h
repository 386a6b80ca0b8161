/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From libyaml's marks, which count characters, to bytes. Private to yaml.
 */
#ifndef BW_YAML_MARKS_H
#define BW_YAML_MARKS_H

#include <stddef.h>
#include <stdint.h>

typedef struct bw_marks {
    uint32_t *bytes; /**< of each character; NULL when all are ASCII */
    uint32_t count;  /**< characters */
    uint32_t len;    /**< bytes */
} bw_marks;

/** @param text valid UTF-8; a byte order mark counts as a character, because libyaml is told the encoding. */
void bw_marks_init(bw_marks *marks, const char *text, uint32_t len);
void bw_marks_free(bw_marks *marks);
uint32_t bw_marks_byte(const bw_marks *marks, size_t character);

#endif
