/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <glib.h>
#include <stdarg.h>
#include <stdio.h>

/* The first chunk is small, since many arenas hold little; each further one is twice as large. */
#define CHUNK_MIN ((size_t)4 * 1024)
#if BW_ARENA_GUARD
#define CHUNK_MAX ((size_t)32 * 1024) /* what the sanitizer's allocator hands out cheaply */
#else
#define CHUNK_MAX ((size_t)256 * 1024)
#endif
#define KEEP_MAX ((size_t)64 * 1024 * 1024) /* larger chunks are given back by bw_arena_reset() */

struct bw_arena_chunk {
    bw_arena_chunk *next;
    size_t size; /* of the bytes that follow this header */
};

void bw_arena_init(bw_arena *arena)
{
    memset(arena, 0, sizeof *arena);
}

static void use_chunk(bw_arena *arena, bw_arena_chunk *chunk)
{
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->next = (char *)(chunk + 1);
    arena->end = arena->next + chunk->size;
    BW_ARENA_CLOSE(arena->next, chunk->size);
}

static bw_arena_chunk *new_chunk(const bw_arena *arena, size_t size)
{
    size_t wanted = arena->chunks ? MIN(2 * arena->chunks->size, CHUNK_MAX) : CHUNK_MIN;

    wanted = MAX(wanted, size);
    bw_arena_chunk *chunk = g_malloc(sizeof *chunk + wanted);
    chunk->size = wanted;
    return chunk;
}

void *bw_arena_grow(bw_arena *arena, size_t size)
{
    bw_arena_chunk **link = &arena->spare;

    while (*link && (*link)->size < size)
        link = &(*link)->next;
    bw_arena_chunk *chunk = *link;
    if (chunk)
        *link = chunk->next;
    else
        chunk = new_chunk(arena, size);
    use_chunk(arena, chunk);
    char *p = arena->next;
    arena->next += size;
    return p;
}

void bw_arena_reset(bw_arena *arena)
{
    while (arena->chunks) {
        bw_arena_chunk *chunk = arena->chunks;

        arena->chunks = chunk->next;
        if (chunk->size > KEEP_MAX) {
            BW_ARENA_OPEN(chunk + 1, chunk->size);
            g_free(chunk);
        } else {
            chunk->next = arena->spare;
            arena->spare = chunk;
        }
    }
    arena->next = arena->end = NULL;
}

static void free_list(bw_arena_chunk *chunk)
{
    while (chunk) {
        bw_arena_chunk *next = chunk->next;

        BW_ARENA_OPEN(chunk + 1, chunk->size);
        g_free(chunk);
        chunk = next;
    }
}

void bw_arena_free(bw_arena *arena)
{
    free_list(arena->chunks);
    free_list(arena->spare);
    bw_arena_init(arena);
}

void *bw_arena_dup(bw_arena *arena, const void *data, size_t size)
{
    void *copy = bw_arena_alloc(arena, size);

    if (size)
        memcpy(copy, data, size);
    return copy;
}

char *bw_arena_strndup(bw_arena *arena, const char *text, size_t len)
{
    char *copy = bw_arena_alloc(arena, len + 1);

    if (len)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *bw_arena_strdup(bw_arena *arena, const char *text)
{
    return bw_arena_strndup(arena, text, strlen(text));
}

char *bw_arena_join(bw_arena *arena, const char *a, const char *b, const char *c)
{
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);
    size_t c_len = strlen(c);
    char *text = bw_arena_alloc(arena, a_len + b_len + c_len + 1);

    memcpy(text, a, a_len);
    memcpy(text + a_len, b, b_len);
    memcpy(text + a_len + b_len, c, c_len + 1);
    return text;
}

char *bw_arena_printf(bw_arena *arena, const char *format, ...)
{
    va_list ap;
    va_list again;

    va_start(ap, format);
    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    char *text = bw_arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}
