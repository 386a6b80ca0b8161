/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A growing run of bytes: blobs and texts are made in it. Kept and cleared between boards, it
 * stops allocating after the largest one. Memory exhaustion aborts, as GLib does.
 */
#ifndef BW_BASE_BUFFER_H
#define BW_BASE_BUFFER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Zero-initialise before use. */
typedef struct bw_buffer {
    uint8_t *data;
    size_t len, room;
} bw_buffer;

void bw_buffer_grow(bw_buffer *buffer, size_t more); /**< slow path of bw_buffer_reserve() */
void bw_buffer_free(bw_buffer *buffer);              /**< back to the zero-initialised state */

static inline void bw_buffer_clear(bw_buffer *buffer)
{
    buffer->len = 0;
}

/** @return where the next @p more bytes may be written; add what was written to len. */
static inline uint8_t *bw_buffer_reserve(bw_buffer *buffer, size_t more)
{
    if (buffer->room - buffer->len < more)
        bw_buffer_grow(buffer, more);
    return buffer->data + buffer->len;
}

static inline void bw_buffer_add(bw_buffer *buffer, const void *data, size_t len)
{
    if (len) {
        memcpy(bw_buffer_reserve(buffer, len), data, len);
        buffer->len += len;
    }
}

static inline void bw_buffer_zeros(bw_buffer *buffer, size_t len)
{
    if (len) {
        memset(bw_buffer_reserve(buffer, len), 0, len);
        buffer->len += len;
    }
}

static inline void bw_buffer_byte(bw_buffer *buffer, uint8_t byte)
{
    *bw_buffer_reserve(buffer, 1) = byte;
    buffer->len++;
}

static inline void bw_buffer_text(bw_buffer *buffer, const char *text)
{
    bw_buffer_add(buffer, text, strlen(text));
}

void bw_buffer_printf(bw_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
