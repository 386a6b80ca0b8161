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

/* Under the address sanitizer objects have guarded bytes between them, as if each came from malloc(). */
#if defined(__SANITIZE_ADDRESS__)
#define BW_ARENA_GUARD 16
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BW_ARENA_GUARD 16
#endif
#endif
#ifdef BW_ARENA_GUARD
#include <sanitizer/asan_interface.h>
#define BW_ARENA_OPEN(p, size) ASAN_UNPOISON_MEMORY_REGION((p), (size))
#define BW_ARENA_CLOSE(p, size) ASAN_POISON_MEMORY_REGION((p), (size))
#else
#define BW_ARENA_GUARD 0
#define BW_ARENA_OPEN(p, size) ((void)0)
#define BW_ARENA_CLOSE(p, size) ((void)0)
#endif

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
    size_t rounded = ((size + 7) & ~(size_t)7) + BW_ARENA_GUARD;
    char *p;

    if (rounded < size || (size_t)(arena->end - arena->next) < rounded) {
        p = bw_arena_grow(arena, rounded);
    } else {
        p = arena->next;
        arena->next += rounded;
    }
    BW_ARENA_OPEN(p, size);
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
/** Three texts as one: bw_arena_printf() takes ten times as long. */
char *bw_arena_join(bw_arena *arena, const char *a, const char *b, const char *c);
char *bw_arena_printf(bw_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
