/* SPDX-License-Identifier: Apache-2.0 */
#include "image/lfs_reader.h"

#include "base/bytes.h"

#include <stdarg.h>

/* ---- findings ---- */

static uint32_t block_of(const lfs_reader *r, uint64_t at)
{
    return r->lfs->block_size ? (uint32_t)(at / r->lfs->block_size) : 0;
}

bw_finding *lfs_fault(lfs_reader *r, bw_code code, uint64_t at, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    bw_finding *f = bw_findings_add(r->findings, code, bw_file_place(r->lfs->path),
                                    "at byte 0x%" G_GINT64_MODIFIER "x (block %u): %s", at, block_of(r, at), text);
    g_free(text);
    return f;
}

void lfs_fault_note(lfs_reader *r, bw_finding *finding, uint64_t at, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    bw_finding_note(finding, bw_file_place(r->lfs->path), "at byte 0x%" G_GINT64_MODIFIER "x (block %u): %s", at,
                    block_of(r, at), text);
    g_free(text);
}

bool lfs_check_block(lfs_reader *r, uint32_t block, uint64_t at, const char *what)
{
    if (block < r->limit)
        return true;
    lfs_fault(r, BW_CODE_lfs_pointer, at, "%s is block 0x%x; the medium has %u", what, block, r->limit);
    return false;
}

const char *bw_lfs_path(bw_arena *arena, const bw_lfs_entry *entry)
{
    size_t len = 0;

    for (const bw_lfs_entry *e = entry; e->parent; e = e->parent)
        len += 1 + strlen(e->name);
    if (len == 0)
        return "/";
    char *path = bw_arena_alloc(arena, len + 1);
    path[len] = '\0';
    for (const bw_lfs_entry *e = entry; e->parent; e = e->parent) {
        size_t part = strlen(e->name);

        memcpy(path + len - part, e->name, part);
        len -= part + 1;
        path[len] = '/';
    }
    return path;
}

const char *lfs_owner_name(lfs_reader *r, uint32_t block)
{
    uint32_t owner = r->owners[block];

    if (owner & LFS_OWNER_FILE)
        return bw_lfs_path(r->arena, g_ptr_array_index(r->files, owner & ~LFS_OWNER_FILE));
    const lfs_pair *pair = g_ptr_array_index(r->pairs, owner - 1);
    if (pair->dir)
        return bw_arena_printf(r->arena, "the pair {%u, %u} of %s", pair->blocks[0], pair->blocks[1],
                               bw_lfs_path(r->arena, pair->dir));
    return bw_arena_printf(r->arena, "the pair {%u, %u}", pair->blocks[0], pair->blocks[1]);
}

/* ---- superblock ---- */

/* More tags than any block has before the structure of its first entry. */
#define TAGS_MAX 65536
/* Places that begin as a block 1 does and are none: more mean that somebody made them. */
#define PLACES_MAX 4096

/* Whether a block begins as one with a superblock does: the revision, the name's tag, "littlefs"; its structure may
 * stand anywhere behind, checksum or not. */
static bool begins_superblock(const uint8_t *block, size_t len, uint32_t *block_size, uint32_t *block_count)
{
    lfs_log log;

    if (len < 16 || memcmp(block + 8, LFS_MAGIC, LFS_MAGIC_LEN) != 0)
        return false;
    lfs_log_begin(&log, block, (uint32_t)MIN(len, (size_t)UINT32_MAX));
    if (lfs_log_next(&log) != LFS_STEP_TAG || log.tag != lfs_tag(LFS_SUPERBLOCK, 0, LFS_MAGIC_LEN))
        return false;
    for (int i = 0; i < TAGS_MAX && lfs_log_next(&log) == LFS_STEP_TAG; i++)
        if (log.tag == lfs_tag(LFS_INLINESTRUCT, 0, LFS_SUPERBLOCK_LEN)) {
            *block_size = bw_get32le(block + log.at + 8);
            *block_count = bw_get32le(block + log.at + 12);
            return true;
        }
    return false;
}

/* Block 0 says how large blocks are; where it is damaged, block 1 does, which is wherever it says to be. */
static bool find_geometry(const uint8_t *data, size_t len, uint32_t *block_size, uint32_t *block_count)
{
    const uint8_t *p = data + 8;

    if (begins_superblock(data, len, block_size, block_count))
        return true;
    for (int i = 0; i < PLACES_MAX && len >= 16; i++, p++) {
        p = memmem(p, len - (size_t)(p - data), LFS_MAGIC, LFS_MAGIC_LEN);
        if (!p)
            return false;
        size_t begin = (size_t)(p - data) - 8;

        if (begins_superblock(data + begin, MIN(len - begin, begin), block_size, block_count) && *block_size == begin)
            return true;
    }
    return false;
}

uint64_t bw_lfs_size(const uint8_t *data, size_t len)
{
    uint32_t block_size, block_count;

    return find_geometry(data, len, &block_size, &block_count) ? (uint64_t)block_size * block_count : 0;
}

static void fault_geometry(lfs_reader *r, uint64_t at, const char *text)
{
    lfs_fault(r, BW_CODE_lfs_geometry, at, "%s", text);
    r->geometry_bad = true;
}

/* @param at of the structure's bytes in the image. */
static void check_geometry(lfs_reader *r, uint64_t at, uint32_t block_size, const bw_lfs_expect *expect)
{
    bw_lfs *lfs = r->lfs;
    uint64_t says = (uint64_t)lfs->block_size * lfs->block_count;

    if (block_size != lfs->block_size) {
        fault_geometry(r, at + 4,
                       bw_arena_printf(r->arena,
                                       "the superblock that counts says blocks of 0x%x bytes, an older one 0x%x",
                                       block_size, lfs->block_size));
        return;
    }
    if (lfs->block_count < 2) {
        fault_geometry(r, at + 8,
                       bw_arena_printf(r->arena, "the superblock says that there are %u blocks; 2 is the least",
                                       lfs->block_count));
        return;
    }
    if (expect && ((expect->block_size && expect->block_size != lfs->block_size) ||
                   (expect->block_count && expect->block_count != lfs->block_count))) {
        uint32_t want_size = expect->block_size ? expect->block_size : lfs->block_size;
        uint32_t want_count = expect->block_count ? expect->block_count : (uint32_t)(says / want_size);
        bw_finding *f = lfs_fault(r, BW_CODE_lfs_geometry, at + 4,
                                  "the image has %u blocks of 0x%x bytes, but %s has %u of 0x%x: the library does not "
                                  "mount it",
                                  lfs->block_count, lfs->block_size, expect->whose ? expect->whose : "the medium",
                                  want_count, want_size);
        bw_finding_cure(f, "make the image with --block-size 0x%x --size 0x%" G_GINT64_MODIFIER "x", want_size,
                        (uint64_t)want_size * want_count);
        r->geometry_bad = true;
        return;
    }
    if (says != lfs->len)
        fault_geometry(r, at + 8,
                       bw_arena_printf(r->arena,
                                       "the superblock says %u blocks of 0x%x bytes, 0x%" G_GINT64_MODIFIER
                                       "x in all, but the image has 0x%zx",
                                       lfs->block_count, lfs->block_size, says, lfs->len));
}

static void check_limits(lfs_reader *r, uint64_t at)
{
    const bw_lfs *lfs = r->lfs;
    const struct {
        const char *name;
        uint32_t value, most;
    } limits[] = {{"name_max", lfs->name_max, BW_LFS_NAME_MAX},
                  {"file_max", lfs->file_max, BW_LFS_FILE_MAX},
                  {"attr_max", lfs->attr_max, BW_LFS_ATTR_MAX}};

    for (unsigned i = 0; i < G_N_ELEMENTS(limits); i++)
        if (limits[i].value > limits[i].most)
            lfs_fault(r, BW_CODE_lfs_limits, at + 12 + 4 * i,
                      "%s is %u, more than the %u that the library is built with: it does not mount the image",
                      limits[i].name, limits[i].value, limits[i].most);
}

/* Reads the superblock that counts, in the root's pair. @return false when nothing behind it can be read. */
static bool read_superblock(lfs_reader *r, const lfs_pair *pair, const bw_lfs_expect *expect)
{
    const lfs_slot *slot = pair->slots;
    bw_lfs *lfs = r->lfs;

    if (pair->count == 0 || slot->name_type != LFS_SUPERBLOCK || slot->struct_type != LFS_INLINESTRUCT ||
        slot->struct_len != LFS_SUPERBLOCK_LEN) {
        lfs_fault(r, BW_CODE_lfs_superblock, lfs_at(r, pair->live, 4), "the pair {0, 1} has no superblock entry");
        return false;
    }
    const uint8_t *data = lfs_block(r, pair->live) + slot->struct_at;
    uint64_t at = lfs_at(r, pair->live, slot->struct_at);
    lfs->version = bw_get32le(data);
    lfs->block_count = bw_get32le(data + 8);
    lfs->name_max = bw_get32le(data + 12);
    lfs->file_max = bw_get32le(data + 16);
    lfs->attr_max = bw_get32le(data + 20);
    if (lfs->version >> 16 != 2 || (lfs->version & 0xffff) > 1)
        lfs_fault(r, BW_CODE_lfs_version, at, "the disk version is %u.%u; 2.0 and 2.1 can be read", lfs->version >> 16,
                  lfs->version & 0xffff);
    if (lfs->version >> 16 != 2)
        return false;
    check_geometry(r, at, bw_get32le(data + 4), expect);
    check_limits(r, at);
    r->limit = r->geometry_bad ? MAX(lfs->block_count, lfs->image_blocks) : lfs->block_count;
    return true;
}

/* ---- global state ---- */

static void check_state(lfs_reader *r)
{
    uint32_t tag = r->state[0] & ~0x3ffU;

    r->repair = tag & 0x80000000;
    if (lfs_tag_type(tag) == LFS_DELETE)
        lfs_fault(r, BW_CODE_lfs_state, r->state_at,
                  "a move was not finished: entry %u of the pair {%u, %u} counts as deleted", lfs_tag_id(tag),
                  r->state[1], r->state[2]);
    else if (tag || r->state[1] || r->state[2])
        lfs_fault(r, BW_CODE_lfs_state, r->state_at,
                  "the move states of all pairs give {0x%08x, 0x%x, 0x%x} instead of nothing%s", r->state[0],
                  r->state[1], r->state[2], r->repair ? ": the thread may have pairs that no folder names" : "");
}

/* ---- all of it ---- */

static bool prepare(lfs_reader *r)
{
    bw_lfs *lfs = r->lfs;

    if (!find_geometry(lfs->data, lfs->len, &lfs->block_size, &lfs->block_count)) {
        lfs->block_size = 0;
        lfs_fault(r, BW_CODE_lfs_superblock, 0,
                  "there is no superblock: neither block 0 nor a block 1 begins with the word littlefs");
        return false;
    }
    if (lfs->block_size < BW_LFS_BLOCK_MIN || lfs->block_size % 4 || lfs->block_size > lfs->len / 2) {
        uint32_t size = lfs->block_size;

        lfs->block_size = 0;
        if (size < BW_LFS_BLOCK_MIN || size % 4)
            lfs_fault(r, BW_CODE_lfs_geometry, 24,
                      "the superblock says blocks of 0x%x bytes, which must be a multiple of 4 and %u at least", size,
                      BW_LFS_BLOCK_MIN);
        else
            lfs_fault(r, BW_CODE_lfs_geometry, 24,
                      "the superblock says %u blocks of 0x%x bytes, 0x%" G_GINT64_MODIFIER
                      "x in all, but the image has 0x%zx: not even two blocks",
                      lfs->block_count, size, (uint64_t)size * lfs->block_count, lfs->len);
        return false;
    }
    lfs->image_blocks = (uint32_t)MIN(lfs->len / lfs->block_size, (size_t)LFS_NONE - 1);
    r->limit = lfs->image_blocks;
    r->owners = bw_arena_array(r->arena, uint32_t, lfs->image_blocks);
    lfs->owners = r->owners;
    return true;
}

/* More superblocks than the library ever chains: it adds one when the last has been written too often. */
#define CHAIN_MAX 64

/* @return the pair whose superblock counts: the last of the chain. NULL when {0, 1} is lost. */
static const lfs_pair *last_superblock(lfs_reader *r)
{
    uint32_t blocks[2] = {0, 1};
    const lfs_pair *last = lfs_pair_read(r, blocks, 0);

    for (int i = 0; last && last->tail_type == LFS_HARDTAIL && i < CHAIN_MAX; i++) {
        if (!lfs_has_block(r, last->tail[0]) || !lfs_has_block(r, last->tail[1]))
            break;
        const lfs_pair *next = lfs_pair_read(r, last->tail, 0);
        if (!next || next->count == 0 || next->slots[0].name_type != LFS_SUPERBLOCK)
            break;
        last = next;
    }
    return last;
}

/* The superblock stands in the thread, whose pointers are judged by what the superblock says: the first pairs are read
 * for themselves beforehand. */
static bool read_first(lfs_reader *r, const bw_lfs_expect *expect)
{
    const uint32_t blocks[2] = {0, 1};
    bw_findings unheard;
    bw_findings *findings = r->findings;

    bw_findings_init(&unheard, findings->ctx);
    r->findings = &unheard;
    const lfs_pair *pair = last_superblock(r);
    r->findings = findings;
    bw_findings_free(&unheard);
    if (pair)
        return read_superblock(r, pair, expect);
    lfs_pair_read(r, blocks, 0);
    return false;
}

static void count_used(lfs_reader *r)
{
    for (uint32_t i = 0; i < r->lfs->image_blocks; i++)
        r->lfs->used_count += r->owners[i] != 0;
    r->lfs->pair_count = r->pairs->len;
}

bw_lfs *bw_lfs_read(bw_arena *arena, const char *path, const uint8_t *data, size_t len, const bw_lfs_expect *expect,
                    bw_findings *findings)
{
    bw_lfs *lfs = bw_arena_new(arena, bw_lfs);
    lfs_reader r = {
        .lfs = lfs, .arena = arena, .findings = findings, .pairs = g_ptr_array_new(), .files = g_ptr_array_new()};

    lfs->path = bw_arena_strdup(arena, path);
    lfs->data = data;
    lfs->len = len;
    if (prepare(&r) && read_first(&r, expect)) {
        lfs->readable = true;
        lfs_thread_read(&r);
        check_state(&r);
        lfs_folders_read(&r, lfs_root_pair(&r));
        count_used(&r);
    }
    g_ptr_array_free(r.pairs, TRUE);
    g_ptr_array_free(r.files, TRUE);
    return lfs;
}
