/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Bump allocator: everything of one run lives in it and goes with it.
 *
 * Memory comes from the C heap in chunks; exhaustion aborts the process, as GLib does.
 * Not thread-safe: one arena belongs to one worker.
 */
#ifndef BW_BASE_ARENA_H
#define BW_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct bw_arena_chunk bw_arena_chunk;

typedef struct bw_arena {
    char *next;             /**< first free byte of the current chunk */
    char *end;              /**< one past the current chunk */
    bw_arena_chunk *chunks; /**< all chunks, the current one first */
    bw_arena_chunk *spare;  /**< chunks kept by bw_arena_reset() for reuse */
} bw_arena;

void bw_arena_init(bw_arena *arena);
void bw_arena_reset(bw_arena *arena); /**< forgets all objects, keeps the memory */
void bw_arena_free(bw_arena *arena);  /**< gives all memory back */

/** Slow path of bw_arena_alloc(). */
void *bw_arena_grow(bw_arena *arena, size_t size);

/** @return @p size bytes, 8-aligned, not cleared; never NULL. */
static inline void *bw_arena_alloc(bw_arena *arena, size_t size)
{
    size_t rounded = (size + 7) & ~(size_t)7;

    if (rounded < size || (size_t)(arena->end - arena->next) < rounded)
        return bw_arena_grow(arena, rounded);
    char *p = arena->next;
    arena->next += rounded;
    return p;
}

static inline void *bw_arena_zalloc(bw_arena *arena, size_t size)
{
    return memset(bw_arena_alloc(arena, size), 0, size);
}

#define bw_arena_new(arena, type) ((type *)bw_arena_zalloc((arena), sizeof(type)))
#define bw_arena_array(arena, type, n) ((type *)bw_arena_zalloc((arena), sizeof(type) * (n)))

void *bw_arena_dup(bw_arena *arena, const void *data, size_t size);
/** Copies @p len bytes and ends them with a NUL. */
char *bw_arena_strndup(bw_arena *arena, const char *text, size_t len);
char *bw_arena_strdup(bw_arena *arena, const char *text);
char *bw_arena_printf(bw_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
