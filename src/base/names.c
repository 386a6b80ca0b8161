/* SPDX-License-Identifier: Apache-2.0 */
#include "base/names.h"

#include "base/arena.h"

#include <glib.h>
#include <string.h>

#define BUCKETS 262144U /* the Linux tree has some 200,000 names */
#define SHARDS 64U

typedef struct shard {
    GMutex lock;
    bw_arena arena;
} shard;

struct bw_names {
    _Atomic(bw_name *) buckets[BUCKETS];
    shard shards[SHARDS];
    _Atomic(uint32_t) count;
};

bw_names *bw_names_new(void)
{
    bw_names *names = g_malloc0(sizeof *names);

    for (unsigned i = 0; i < SHARDS; i++) {
        g_mutex_init(&names->shards[i].lock);
        bw_arena_init(&names->shards[i].arena);
    }
    return names;
}

void bw_names_free(bw_names *names)
{
    if (!names)
        return;
    for (unsigned i = 0; i < SHARDS; i++) {
        g_mutex_clear(&names->shards[i].lock);
        bw_arena_free(&names->shards[i].arena);
    }
    g_free(names);
}

/* FNV-1a in 8-byte steps with a final mix: short names take two or three rounds. */
static uint32_t hash_text(const char *text, size_t len)
{
    uint64_t h = 0x9e3779b97f4a7c15ULL ^ len;

    while (len >= 8) {
        uint64_t word;

        memcpy(&word, text, 8);
        h = (h ^ word) * 0x9fb21c651e98df25ULL;
        h ^= h >> 32;
        text += 8;
        len -= 8;
    }
    if (len) {
        uint64_t word = 0;

        memcpy(&word, text, len);
        h = (h ^ word) * 0x9fb21c651e98df25ULL;
        h ^= h >> 32;
    }
    h *= 0xd6e8feb86659fd93ULL;
    return (uint32_t)(h >> 32);
}

static const bw_name *find(bw_names *names, uint32_t hash, const char *text, size_t len)
{
    const bw_name *n = atomic_load_explicit(&names->buckets[hash % BUCKETS], memory_order_acquire);

    while (n) {
        if (n->hash == hash && n->len == len && memcmp(n->text, text, len) == 0)
            return n;
        n = atomic_load_explicit(&n->next, memory_order_acquire);
    }
    return NULL;
}

static bool is_identifier(const char *text, size_t len)
{
    if (len == 0 || !(g_ascii_isalpha(text[0]) || text[0] == '_'))
        return false;
    for (size_t i = 1; i < len; i++)
        if (!(g_ascii_isalnum(text[i]) || text[i] == '_'))
            return false;
    return true;
}

/* Letters, digits, and @p others. */
static bool has_only(const char *text, size_t len, const char *others)
{
    for (size_t i = 0; i < len; i++)
        if (!g_ascii_isalnum(text[i]) && (text[i] == '\0' || !strchr(others, text[i])))
            return false;
    return true;
}

static bw_name *make(bw_arena *arena, uint32_t hash, const char *text, size_t len)
{
    bw_name *n = bw_arena_zalloc(arena, sizeof *n + len + 1);
    const char *at = len ? memchr(text, '@', len) : NULL;
    size_t base = at ? (size_t)(at - text) : len;

    n->hash = hash;
    n->len = (uint32_t)len;
    n->base_len = (uint32_t)base;
    n->identifier = is_identifier(text, len);
    if (len)
        memcpy(n->text, text, len);
    /* Most names are identifiers, whose characters both may have. */
    n->node_chars = n->identifier || has_only(text, len, ",._+-@");
    n->property_chars = n->identifier || has_only(text, len, ",._+*#?-");
    return n;
}

const bw_name *bw_intern(bw_names *names, const char *text, size_t len)
{
    uint32_t hash = hash_text(text, len);
    const bw_name *known = find(names, hash, text, len);

    if (known)
        return known;
    shard *s = &names->shards[hash % SHARDS];
    g_mutex_lock(&s->lock);
    known = find(names, hash, text, len);
    if (!known) {
        bw_name *n = make(&s->arena, hash, text, len);
        _Atomic(bw_name *) *bucket = &names->buckets[hash % BUCKETS];

        n->id = atomic_fetch_add(&names->count, 1);
        atomic_init(&n->next, atomic_load(bucket));
        atomic_store_explicit(bucket, n, memory_order_release);
        known = n;
    }
    g_mutex_unlock(&s->lock);
    return known;
}

const bw_name *bw_intern_str(bw_names *names, const char *text)
{
    return bw_intern(names, text, strlen(text));
}

const bw_name *bw_names_find(bw_names *names, const char *text, size_t len)
{
    return find(names, hash_text(text, len), text, len);
}

uint32_t bw_names_count(bw_names *names)
{
    return atomic_load(&names->count);
}
