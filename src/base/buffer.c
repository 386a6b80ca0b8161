/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"

#include <glib.h>
#include <stdio.h>

void bw_buffer_grow(bw_buffer *buffer, size_t more)
{
    size_t room = buffer->room ? buffer->room : 4096;

    if (more > SIZE_MAX / 2 - buffer->len)
        g_error("a buffer of %zu and %zu more bytes", buffer->len, more); /* aborts: no such memory */
    while (room - buffer->len < more)
        room *= 2;
    buffer->data = g_realloc(buffer->data, room);
    buffer->room = room;
}

void bw_buffer_free(bw_buffer *buffer)
{
    g_free(buffer->data);
    *buffer = (bw_buffer){0};
}

void bw_buffer_printf(bw_buffer *buffer, const char *format, ...)
{
    va_list ap;
    va_list again;

    va_start(ap, format);
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    if (len > 0) {
        char *to = (char *)bw_buffer_reserve(buffer, (size_t)len + 1);
        vsnprintf(to, (size_t)len + 1, format, again);
        buffer->len += (size_t)len;
    }
    va_end(again);
}
