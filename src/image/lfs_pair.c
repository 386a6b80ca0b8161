/* SPDX-License-Identifier: Apache-2.0 */
#include "image/lfs_reader.h"

#include "base/bytes.h"

/* Where the replay of a log stands. Slots are taken from a pool, so that inserting moves only their numbers. */
typedef struct replay {
    lfs_reader *r;
    lfs_pair *pair;
    lfs_slot *pool;
    uint16_t order[LFS_ID_NONE + 1];
    uint16_t unused[LFS_ID_NONE + 1];
    uint32_t unused_count, pool_count;
    uint32_t count;
    bw_lfs_attribute *spare;
    bool failed; /* said; what follows would only follow from it */
} replay;

static uint64_t here(const replay *p, uint32_t offset)
{
    return lfs_at(p->r, p->pair->live, offset);
}

static void drop_attributes(replay *p, lfs_slot *slot)
{
    while (slot->attributes) {
        bw_lfs_attribute *a = slot->attributes;

        slot->attributes = a->next;
        a->next = p->spare;
        p->spare = a;
    }
}

static void insert_slot(replay *p, uint32_t id)
{
    uint16_t number = p->unused_count ? p->unused[--p->unused_count] : (uint16_t)p->pool_count++;

    p->pool[number] = (lfs_slot){0};
    memmove(p->order + id + 1, p->order + id, (p->count - id) * sizeof *p->order);
    p->order[id] = number;
    p->count++;
}

static void remove_slot(replay *p, uint32_t id)
{
    drop_attributes(p, &p->pool[p->order[id]]);
    p->unused[p->unused_count++] = p->order[id];
    p->count--;
    memmove(p->order + id, p->order + id + 1, (p->count - id) * sizeof *p->order);
}

static void set_attribute(replay *p, lfs_slot *slot, uint8_t type, uint32_t tag, uint32_t at)
{
    bw_lfs_attribute **link = &slot->attributes;

    while (*link && (*link)->type != type)
        link = &(*link)->next;
    if (lfs_tag_size(tag) == LFS_SIZE_DELETED) {
        bw_lfs_attribute *gone = *link;

        if (gone) {
            *link = gone->next;
            gone->next = p->spare;
            p->spare = gone;
        }
        return;
    }
    if (!*link) {
        bw_lfs_attribute *new = p->spare;

        if (new)
            p->spare = new->next;
        else
            new = bw_arena_new(p->r->arena, bw_lfs_attribute);
        *new = (bw_lfs_attribute){.type = type};
        *link = new;
    }
    (*link)->len = lfs_tag_len(tag);
    (*link)->offset = here(p, at + 4);
}

/* A compacted block has its entries in any order: an id beyond those that are there makes them up to it. One that gets
 * no name by the end is reported then. */
static lfs_slot *slot_of(replay *p, uint32_t id, uint32_t at)
{
    if (id == LFS_ID_NONE) {
        lfs_fault(p->r, BW_CODE_lfs_entry, here(p, at), "a tag of an entry says that it is of none");
        p->failed = true;
        return NULL;
    }
    while (p->count <= id)
        insert_slot(p, p->count);
    return &p->pool[p->order[id]];
}

static void replay_name(replay *p, const lfs_log *log)
{
    lfs_slot *slot = slot_of(p, lfs_tag_id(log->tag), log->at);

    if (!slot)
        return;
    slot->name_type = lfs_tag_type(log->tag);
    slot->name_at = log->at + 4;
    slot->name_len = lfs_tag_len(log->tag);
}

static void replay_struct(replay *p, const lfs_log *log)
{
    lfs_slot *slot = slot_of(p, lfs_tag_id(log->tag), log->at);

    if (!slot)
        return;
    slot->struct_type = lfs_tag_size(log->tag) == LFS_SIZE_DELETED ? 0 : lfs_tag_type(log->tag);
    slot->struct_at = log->at + 4;
    slot->struct_len = lfs_tag_len(log->tag);
}

static void replay_attribute(replay *p, const lfs_log *log)
{
    lfs_slot *slot = slot_of(p, lfs_tag_id(log->tag), log->at);

    if (slot)
        set_attribute(p, slot, (uint8_t)lfs_tag_type(log->tag), log->tag, log->at);
}

static void replay_splice(replay *p, const lfs_log *log)
{
    uint32_t id = lfs_tag_id(log->tag);

    if (lfs_tag_type(log->tag) == LFS_CREATE) {
        if (id <= p->count && p->count < LFS_ID_NONE) {
            insert_slot(p, id);
            return;
        }
        lfs_fault(p->r, BW_CODE_lfs_entry, here(p, log->at), "entry %u is created where there are %u entries", id,
                  p->count);
        p->failed = true;
    } else if (id < p->count) {
        remove_slot(p, id);
    } else {
        lfs_fault(p->r, BW_CODE_lfs_entry, here(p, log->at), "entry %u is deleted where there are %u entries", id,
                  p->count);
        p->failed = true;
    }
}

static bool has_len(replay *p, const lfs_log *log, uint32_t len, const char *what)
{
    if (lfs_tag_len(log->tag) == len)
        return true;
    lfs_fault(p->r, BW_CODE_lfs_tag, here(p, log->at), "%s has %u bytes instead of %u", what, lfs_tag_len(log->tag),
              len);
    p->failed = true;
    return false;
}

static void replay_tail(replay *p, const lfs_log *log)
{
    const uint8_t *data = log->block + log->at + 4;

    if (!has_len(p, log, 8, "a tail"))
        return;
    p->pair->tail_type = lfs_tag_type(log->tag);
    p->pair->tail_at = log->at + 4;
    p->pair->tail[0] = bw_get32le(data);
    p->pair->tail[1] = bw_get32le(data + 4);
    /* How the library ends the thread again. */
    if (p->pair->tail[0] == LFS_NONE && p->pair->tail[1] == LFS_NONE)
        p->pair->tail_type = 0;
}

static void replay_state(replay *p, const lfs_log *log)
{
    if (!has_len(p, log, 12, "a move state"))
        return;
    for (unsigned i = 0; i < 3; i++)
        p->pair->movestate[i] = bw_get32le(log->block + log->at + 4 + 4 * i);
    p->pair->movestate_at = log->at;
}

static void replay_tag(replay *p, const lfs_log *log)
{
    uint32_t type = lfs_tag_type(log->tag);

    if (lfs_tag_is_crc(log->tag) || type == LFS_FCRC)
        return;
    if (type == LFS_REG || type == LFS_DIR || type == LFS_SUPERBLOCK) {
        replay_name(p, log);
    } else if (type == LFS_DIRSTRUCT || type == LFS_INLINESTRUCT || type == LFS_CTZSTRUCT) {
        replay_struct(p, log);
    } else if (type >= LFS_USERATTR && type < LFS_USERATTR + 0x100) {
        replay_attribute(p, log);
    } else if (type == LFS_CREATE || type == LFS_DELETE) {
        replay_splice(p, log);
    } else if (type == LFS_SOFTTAIL || type == LFS_HARDTAIL) {
        replay_tail(p, log);
    } else if (type == LFS_MOVESTATE) {
        replay_state(p, log);
    } else {
        lfs_fault(p->r, BW_CODE_lfs_tag, here(p, log->at), "a tag has type 0x%03x, which no littlefs 2 writes", type);
        p->failed = true;
    }
}

/* Every tag of the good commits, in order. */
static void replay_log(lfs_reader *r, lfs_pair *pair)
{
    replay *p = g_new0(replay, 1);
    lfs_log log;

    p->r = r;
    p->pair = pair;
    p->pool = g_new0(lfs_slot, LFS_ID_NONE + 1);
    lfs_log_begin(&log, lfs_block(r, pair->live), r->lfs->block_size);
    while (!p->failed && log.next < pair->scan.end && lfs_log_next(&log) == LFS_STEP_TAG)
        replay_tag(p, &log);
    pair->bad = p->failed;
    pair->slots = bw_arena_array(r->arena, lfs_slot, p->count + 1);
    pair->count = p->count;
    for (uint32_t i = 0; i < p->count; i++)
        pair->slots[i] = p->pool[p->order[i]];
    g_free(p->pool);
    g_free(p);
}

static bool is_erased(const uint8_t *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        if (bytes[i] != 0xff)
            return false;
    return true;
}

/* Why a block that was chosen first has no good commit. An erased one is none at all. */
static void describe_bad(lfs_reader *r, bw_finding *f, uint32_t block, const lfs_scan *scan)
{
    if (scan->mismatch)
        lfs_fault_note(r, f, lfs_at(r, block, scan->crc_at),
                       "its first commit has checksum 0x%08x, but its bytes give 0x%08x", scan->stored, scan->computed);
    else if (is_erased(lfs_block(r, block), r->lfs->block_size))
        lfs_fault_note(r, f, lfs_at(r, block, 0), "it is erased");
    else
        lfs_fault_note(r, f, lfs_at(r, block, 4), "no commit comes to its end here");
}

/* The newer block is damaged, and the older one counts: what was written last is lost. A block that never held
 * metadata is no damaged one: nothing is said of its pair's blocks before they are written. */
static void report_fallback(lfs_reader *r, uint32_t bad, const lfs_scan *scan, uint32_t good, uint32_t revision)
{
    if (!scan->mismatch)
        return;
    bw_finding *f = lfs_fault(r, BW_CODE_lfs_block_damaged, lfs_at(r, bad, scan->crc_at),
                              "the only commit of the newer of the blocks %u and %u, revision %u, has checksum "
                              "0x%08x, but its bytes give 0x%08x",
                              bad, good, scan->revision, scan->stored, scan->computed);
    lfs_fault_note(r, f, lfs_at(r, good, 0), "this older block counts instead, revision %u", revision);
}

/* What stands behind the last good commit, in the live block. */
static void report_end(lfs_reader *r, const lfs_pair *pair)
{
    const lfs_scan *s = &pair->scan;
    const uint8_t *block = lfs_block(r, pair->live);

    if (s->mismatch)
        lfs_fault(
            r, BW_CODE_lfs_block_damaged, lfs_at(r, pair->live, s->crc_at),
            "a commit has checksum 0x%08x, but its bytes from 0x%x on give 0x%08x; what it changed does not count",
            s->stored, s->end, s->computed);
    else if (s->has_fcrc && s->fcrc_size <= r->lfs->block_size - s->end &&
             lfs_crc(0xffffffff, block + s->end, s->fcrc_size) != s->fcrc)
        lfs_fault(r, BW_CODE_lfs_log_end, lfs_at(r, pair->live, s->end),
                  "the 0x%x bytes behind the last commit are not as erased, as a write that lost its power leaves them",
                  s->fcrc_size);
}

lfs_pair *lfs_pair_read(lfs_reader *r, const uint32_t blocks[2], uint64_t at)
{
    lfs_scan scans[2];
    lfs_pair *pair = bw_arena_new(r->arena, lfs_pair);

    for (int i = 0; i < 2; i++)
        lfs_scan_block(&scans[i], lfs_block(r, blocks[i]), r->lfs->block_size);
    /* Newer is a positive difference of 32 bits; on a tie the one named first. */
    int newer = (int32_t)(scans[1].revision - scans[0].revision) > 0;
    int live = scans[newer].good ? newer : !newer;

    if (!scans[live].good) {
        bw_finding *f = lfs_fault(r, BW_CODE_lfs_pair, at, "the pair {%u, %u} is lost: neither block has a good commit",
                                  blocks[0], blocks[1]);
        for (int i = 0; i < 2; i++)
            describe_bad(r, f, blocks[i], &scans[i]);
        return NULL;
    }
    pair->blocks[0] = blocks[0];
    pair->blocks[1] = blocks[1];
    pair->live = blocks[live];
    pair->scan = scans[live];
    if (live != newer)
        report_fallback(r, blocks[newer], &scans[newer], pair->live, pair->scan.revision);
    report_end(r, pair);
    replay_log(r, pair);
    return pair;
}
