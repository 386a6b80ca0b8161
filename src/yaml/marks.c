/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/marks.h"

#include <glib.h>

void bw_marks_init(bw_marks *marks, const char *text, uint32_t len)
{
    uint32_t ascii = 0;

    *marks = (bw_marks){.len = len};
    while (ascii < len && (unsigned char)text[ascii] < 0x80)
        ascii++;
    if (ascii == len)
        return;
    marks->bytes = g_new(uint32_t, len);
    for (uint32_t i = 0; i < len; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            marks->bytes[marks->count++] = i;
}

void bw_marks_free(bw_marks *marks)
{
    g_free(marks->bytes);
    marks->bytes = NULL;
}

uint32_t bw_marks_byte(const bw_marks *marks, size_t character)
{
    if (!marks->bytes)
        return character < marks->len ? (uint32_t)character : marks->len;
    return character < marks->count ? marks->bytes[character] : marks->len;
}
