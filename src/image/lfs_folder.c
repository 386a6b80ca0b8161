/* SPDX-License-Identifier: Apache-2.0 */
#include "image/lfs_reader.h"

#include "base/bytes.h"

/* Deeper folders are not looked into: paths would outgrow what any system takes. */
#define DEPTH_MAX 256

/* ---- pairs ---- */

static lfs_pair *pair_at(const lfs_reader *r, uint32_t index)
{
    return g_ptr_array_index(r->pairs, index);
}

/* @return the index of the pair that a block is of, or -1. */
static int64_t pair_of(const lfs_reader *r, uint32_t block)
{
    uint32_t owner = r->owners[block];

    return owner == 0 || owner & LFS_OWNER_FILE ? -1 : (int64_t)owner - 1;
}

static bool is_super(const lfs_pair *pair)
{
    return pair->count && pair->slots[0].name_type == LFS_SUPERBLOCK;
}

/* Reads a pair whose blocks are free, and takes them. @return false after a finding; then it is there, but empty. */
static bool take_pair(lfs_reader *r, const uint32_t blocks[2], uint64_t at, bool in_thread)
{
    lfs_pair *pair = lfs_pair_read(r, blocks, at);
    bool good = pair != NULL;

    if (!pair) {
        pair = bw_arena_new(r->arena, lfs_pair);
        pair->blocks[0] = blocks[0];
        pair->blocks[1] = blocks[1];
        pair->lost = true;
        r->incomplete = true;
    }
    pair->in_thread = in_thread;
    pair->next = -1;
    g_ptr_array_add(r->pairs, pair);
    for (int i = 0; i < 2; i++)
        if (!r->owners[blocks[i]])
            r->owners[blocks[i]] = r->pairs->len;
    return good;
}

/* Whether both numbers are of the medium, of the image, and two. */
static bool check_pair(lfs_reader *r, const uint32_t blocks[2], uint64_t at, const char *what)
{
    for (unsigned i = 0; i < 2; i++)
        if (!lfs_check_block(r, blocks[i], at + 4 * i, what))
            return false;
    if (blocks[0] == blocks[1]) {
        lfs_fault(r, BW_CODE_lfs_pointer, at, "%s is block %u twice; a pair has two", what, blocks[0]);
        return false;
    }
    return lfs_has_block(r, blocks[0]) && lfs_has_block(r, blocks[1]);
}

/* ---- the thread ---- */

/* A tail that leads to blocks in use. */
static void report_taken(lfs_reader *r, const uint32_t tail[2], uint64_t at)
{
    int64_t first = pair_of(r, tail[0]);
    int64_t second = pair_of(r, tail[1]);

    if (first >= 0 && first == second) {
        lfs_fault(r, BW_CODE_lfs_thread, at, "the thread comes back to the pair {%u, %u}: it has no end", tail[0],
                  tail[1]);
        return;
    }
    uint32_t shared = first >= 0 ? tail[0] : tail[1];
    lfs_fault(r, BW_CODE_lfs_block_shared, at, "block %u of the pair {%u, %u} is in use already, by %s", shared,
              tail[0], tail[1], lfs_owner_name(r, shared));
}

void lfs_thread_read(lfs_reader *r)
{
    uint32_t blocks[2] = {0, 1};
    uint64_t at = 0;
    lfs_pair *before = NULL;

    for (;;) {
        bool good = check_pair(r, blocks, at, "the next pair of the thread");

        if (good && (r->owners[blocks[0]] || r->owners[blocks[1]])) {
            report_taken(r, blocks, at);
            good = false;
        }
        if (!good) {
            r->incomplete = true;
            break;
        }
        good = take_pair(r, blocks, at, true);
        lfs_pair *pair = pair_at(r, r->pairs->len - 1);
        if (before && before->tail_type == LFS_HARDTAIL)
            before->next = (int64_t)r->pairs->len - 1;
        else if (before)
            pair->begins = true;
        if (!good)
            break;
        for (unsigned i = 0; i < 3; i++)
            r->state[i] ^= pair->movestate[i];
        if (pair->movestate_at)
            r->state_at = lfs_at(r, pair->live, pair->movestate_at);
        if (!pair->tail_type)
            break;
        before = pair;
        at = lfs_at(r, pair->live, pair->tail_at);
        memcpy(blocks, pair->tail, sizeof blocks);
    }
}

uint32_t lfs_root_pair(lfs_reader *r)
{
    uint32_t root = 0;

    while (pair_at(r, root)->next >= 0 && is_super(pair_at(r, (uint32_t)pair_at(r, root)->next))) {
        pair_at(r, root)->named = true;
        root = (uint32_t)pair_at(r, root)->next;
    }
    return root;
}

/* The pairs of a folder that is not in the thread, whose first one was taken. */
static void take_rest(lfs_reader *r, uint32_t index)
{
    for (;;) {
        lfs_pair *pair = pair_at(r, index);
        uint64_t at = lfs_at(r, pair->live, pair->tail_at);

        if (pair->tail_type != LFS_HARDTAIL || !check_pair(r, pair->tail, at, "the next pair of a folder"))
            return;
        int64_t there = pair_of(r, pair->tail[0]);
        if (there >= 0 && there == pair_of(r, pair->tail[1]) && pair_at(r, (uint32_t)there)->in_thread &&
            !pair_at(r, (uint32_t)there)->begins && !pair_at(r, (uint32_t)there)->named) {
            pair->next = there; /* after a loss of power the thread may have the rest */
            return;
        }
        if (r->owners[pair->tail[0]] || r->owners[pair->tail[1]]) {
            report_taken(r, pair->tail, at);
            return;
        }
        if (!take_pair(r, pair->tail, at, false))
            return;
        index = (uint32_t)(pair->next = (int64_t)r->pairs->len - 1);
    }
}

/* ---- entries ---- */

/* What is wrong with a name, or NULL. */
static const char *name_problem(const char *name, uint32_t len)
{
    if (len == 0)
        return "is empty";
    if (memchr(name, '/', len))
        return "has a '/' in it";
    if (memchr(name, '\0', len))
        return "has a NUL in it";
    if ((len == 1 && name[0] == '.') || (len == 2 && name[0] == '.' && name[1] == '.'))
        return "means a folder itself or the one around it";
    return NULL;
}

static void check_name(lfs_reader *r, bw_lfs_entry *e, const char *bytes)
{
    const char *problem = name_problem(bytes, e->name_len);
    const char *path = bw_lfs_path(r->arena, e);

    if (problem) {
        lfs_fault(r, BW_CODE_lfs_name, e->offset, "the name of %s %s", path, problem);
        e->broken = e->bad_name = true;
    } else if (e->name_len > r->lfs->name_max && !r->geometry_bad) {
        lfs_fault(r, BW_CODE_lfs_name, e->offset, "the name of %s has %u bytes, more than the %u of the superblock",
                  path, e->name_len, r->lfs->name_max);
    }
}

static void check_attributes(lfs_reader *r, const bw_lfs_entry *e)
{
    for (const bw_lfs_attribute *a = e->attributes; a; a = a->next)
        if (a->len > r->lfs->attr_max && !r->geometry_bad)
            lfs_fault(r, BW_CODE_lfs_attribute, a->offset,
                      "attribute 0x%02x of %s has %u bytes, more than the %u of the superblock", a->type,
                      bw_lfs_path(r->arena, e), a->len, r->lfs->attr_max);
}

static void set_file(lfs_reader *r, bw_lfs_entry *e, const lfs_pair *pair, const lfs_slot *slot)
{
    const uint8_t *data = lfs_block(r, pair->live) + slot->struct_at;

    e->data_offset = lfs_at(r, pair->live, slot->struct_at);
    if (slot->struct_type == LFS_INLINESTRUCT) {
        e->inlined = true;
        e->size = slot->struct_len;
        return;
    }
    e->head = bw_get32le(data);
    e->size = bw_get32le(data + 4);
    e->blocks = bw_lfs_blocks_of(e->size, r->lfs->block_size);
}

/* Whether name and structure of an entry are there, and of one kind. */
static bool check_slot(lfs_reader *r, const lfs_pair *pair, uint32_t id, const char *path)
{
    const lfs_slot *s = &pair->slots[id];
    uint64_t at = lfs_at(r, pair->live, s->name_at ? s->name_at - 4 : s->struct_at ? s->struct_at - 4 : 0);

    if (!s->name_type)
        lfs_fault(r, BW_CODE_lfs_entry, at, "entry %u of the pair {%u, %u} has no name", id, pair->blocks[0],
                  pair->blocks[1]);
    else if (s->name_type == LFS_SUPERBLOCK)
        lfs_fault(r, BW_CODE_lfs_entry, at, "entry %u of the pair {%u, %u} is a superblock, which stands first", id,
                  pair->blocks[0], pair->blocks[1]);
    else if (!s->struct_type)
        lfs_fault(r, BW_CODE_lfs_entry, at, "%s has a name, but no structure: neither content nor blocks", path);
    else if ((s->name_type == LFS_DIR) != (s->struct_type == LFS_DIRSTRUCT))
        lfs_fault(r, BW_CODE_lfs_entry, at, "%s is a %s by its name tag, and has the structure of a %s", path,
                  s->name_type == LFS_DIR ? "folder" : "file", s->name_type == LFS_DIR ? "file" : "folder");
    else if (s->struct_type != LFS_INLINESTRUCT && s->struct_len != 8)
        lfs_fault(r, BW_CODE_lfs_entry, at, "the structure of %s has %u bytes instead of 8", path, s->struct_len);
    else
        return true;
    r->incomplete = true;
    return false;
}

static bool is_moved_away(const lfs_reader *r, const lfs_pair *pair, uint32_t id)
{
    return lfs_tag_type(r->state[0]) == LFS_DELETE && lfs_tag_id(r->state[0]) == id &&
           ((r->state[1] == pair->blocks[0] && r->state[2] == pair->blocks[1]) ||
            (r->state[1] == pair->blocks[1] && r->state[2] == pair->blocks[0]));
}

static bw_lfs_entry *make_entry(lfs_reader *r, bw_lfs_entry *dir, const lfs_pair *pair, uint32_t id)
{
    const lfs_slot *s = &pair->slots[id];
    const char *name = (const char *)lfs_block(r, pair->live) + s->name_at;
    bw_lfs_entry *e = bw_arena_new(r->arena, bw_lfs_entry);

    e->parent = dir;
    e->name = bw_arena_strndup(r->arena, name, s->name_len);
    e->name_len = s->name_len;
    e->offset = lfs_at(r, pair->live, s->name_at ? s->name_at - 4 : 0);
    e->is_dir = s->name_type == LFS_DIR;
    e->attributes = s->attributes;
    if (!check_slot(r, pair, id, bw_lfs_path(r->arena, e)))
        return NULL;
    check_name(r, e, name);
    check_attributes(r, e);
    if (e->is_dir) {
        e->pair[0] = bw_get32le(lfs_block(r, pair->live) + s->struct_at);
        e->pair[1] = bw_get32le(lfs_block(r, pair->live) + s->struct_at + 4);
        e->data_offset = lfs_at(r, pair->live, s->struct_at);
    } else {
        set_file(r, e, pair, s);
    }
    return e;
}

/* ---- order of names ---- */

typedef struct order {
    GHashTable *names; /* of bw_lfs_entry */
    const bw_lfs_entry *greatest;
    bw_finding *finding;
    uint64_t count;
} order;

static guint hash_name(gconstpointer p)
{
    const bw_lfs_entry *e = p;

    return lfs_crc(0xffffffff, e->name, e->name_len);
}

static gboolean equal_names(gconstpointer a, gconstpointer b)
{
    const bw_lfs_entry *x = a;
    const bw_lfs_entry *y = b;

    return x->name_len == y->name_len && memcmp(x->name, y->name, x->name_len) == 0;
}

static void check_order(lfs_reader *r, order *o, bw_lfs_entry *e)
{
    const bw_lfs_entry *twin = g_hash_table_lookup(o->names, e);

    if (e->bad_name)
        return;
    if (twin) {
        bw_finding *f = lfs_fault(r, BW_CODE_lfs_name_duplicate, e->offset, "%s is there twice; only one can be opened",
                                  bw_lfs_path(r->arena, e));
        lfs_fault_note(r, f, twin->offset, "the other one is here");
        e->broken = e->bad_name = true; /* it cannot be extracted beside the other */
        return;
    }
    g_hash_table_add(o->names, e);
    const bw_lfs_entry *g = o->greatest;
    if (!g || bw_lfs_compare(g->name, g->name_len, e->name, e->name_len) < 0) {
        o->greatest = e;
        return;
    }
    if (o->count++ == 0) {
        o->finding = lfs_fault(r, BW_CODE_lfs_order, e->offset, "%s stands behind '%s', which comes after it in order",
                               bw_lfs_path(r->arena, e), g->name);
        lfs_fault_note(r, o->finding, g->offset, "'%s' is here", g->name);
    }
}

/* ---- folders ---- */

static void read_folder(lfs_reader *r, bw_lfs_entry *dir, uint32_t index);

/* The pair that a folder's entry names. @return its index, or -1 after a finding. */
static int64_t find_folder(lfs_reader *r, bw_lfs_entry *dir)
{
    const char *path = bw_lfs_path(r->arena, dir);

    if (!check_pair(r, dir->pair, dir->data_offset, "a folder's pair"))
        return -1;
    int64_t first = pair_of(r, dir->pair[0]);
    int64_t second = pair_of(r, dir->pair[1]);
    if (first >= 0 && first == second) {
        lfs_pair *pair = pair_at(r, (uint32_t)first);
        if (!pair->named && pair->begins) {
            pair->named = pair->lost;
            return pair->lost ? -1 : first;
        }
        lfs_fault(r, BW_CODE_lfs_block_shared, dir->data_offset, "the pair {%u, %u} of %s is in use already, by %s",
                  dir->pair[0], dir->pair[1], path, lfs_owner_name(r, dir->pair[0]));
        return -1;
    }
    int64_t half = first >= 0 ? first : second;
    if ((first >= 0 && second >= 0) ||
        (half >= 0 && (pair_at(r, (uint32_t)half)->named || !pair_at(r, (uint32_t)half)->in_thread))) {
        uint32_t shared = first >= 0 ? dir->pair[0] : dir->pair[1];
        lfs_fault(r, BW_CODE_lfs_block_shared, dir->data_offset, "block %u of the pair of %s is in use already, by %s",
                  shared, path, lfs_owner_name(r, shared));
        return -1;
    }
    if (!r->repair && !r->incomplete) {
        bw_finding *f = lfs_fault(r, BW_CODE_lfs_directory_lost, dir->data_offset,
                                  "the pair {%u, %u} of %s is not in the thread: its blocks look free to the library",
                                  dir->pair[0], dir->pair[1], path);
        if (half >= 0)
            lfs_fault_note(r, f, lfs_at(r, pair_at(r, (uint32_t)half)->live, 0),
                           "the thread has the pair {%u, %u} instead", pair_at(r, (uint32_t)half)->blocks[0],
                           pair_at(r, (uint32_t)half)->blocks[1]);
        bw_finding_cure(f, "copy its files out before anything is written");
    }
    if (half >= 0)
        pair_at(r, (uint32_t)half)->named = true;
    if (!take_pair(r, dir->pair, dir->data_offset, false))
        return -1;
    uint32_t index = r->pairs->len - 1;
    take_rest(r, index);
    return index;
}

static void read_child(lfs_reader *r, bw_lfs_entry *e)
{
    if (!e->is_dir) {
        r->lfs->file_count++;
        return;
    }
    r->lfs->dir_count++;
    int64_t index = find_folder(r, e);
    if (index < 0) {
        e->broken = r->incomplete = true;
    } else if (r->depth == DEPTH_MAX) {
        lfs_fault(r, BW_CODE_lfs_depth, e->offset,
                  "folders are more than %d deep here; what is below was not looked at", DEPTH_MAX);
        e->broken = r->incomplete = true;
        pair_at(r, (uint32_t)index)->named = true;
    } else {
        r->depth++;
        read_folder(r, e, (uint32_t)index);
        r->depth--;
    }
}

static void read_folder(lfs_reader *r, bw_lfs_entry *dir, uint32_t index)
{
    bw_lfs_entry **link = &dir->children;
    order o = {.names = g_hash_table_new(hash_name, equal_names)};

    memcpy(dir->pair, pair_at(r, index)->blocks, sizeof dir->pair);
    for (int64_t i = index; i >= 0 && !pair_at(r, (uint32_t)i)->named; i = pair_at(r, (uint32_t)i)->next) {
        lfs_pair *pair = pair_at(r, (uint32_t)i);

        pair->named = true;
        pair->dir = dir;
        dir->blocks += 2;
        for (uint32_t id = is_super(pair) && !dir->parent ? 1 : 0; id < pair->count; id++) {
            bw_lfs_entry *e = is_moved_away(r, pair, id) ? NULL : make_entry(r, dir, pair, id);
            if (!e)
                continue;
            check_order(r, &o, e);
            *link = e;
            link = &e->next;
        }
    }
    g_hash_table_destroy(o.names);
    for (bw_lfs_entry *e = dir->children; e; e = e->next)
        read_child(r, e);
}

static void check_files(lfs_reader *r, bw_lfs_entry *dir)
{
    for (bw_lfs_entry *e = dir->children; e; e = e->next) {
        if (e->is_dir)
            check_files(r, e);
        else
            lfs_file_check(r, e);
    }
}

/* Pairs that begin a folder which nothing names. They waste space until the library looks for them. */
static void check_orphans(lfs_reader *r)
{
    for (uint32_t i = 0; i < r->pairs->len; i++) {
        const lfs_pair *pair = pair_at(r, i);

        if (pair->begins && !pair->named)
            lfs_fault(r, BW_CODE_lfs_orphan, lfs_at(r, pair->live, 0),
                      "the pair {%u, %u} is in the thread, but no folder names it: its blocks are wasted",
                      pair->blocks[0], pair->blocks[1]);
    }
}

void lfs_folders_read(lfs_reader *r, uint32_t root_pair)
{
    bw_lfs_entry *root = bw_arena_new(r->arena, bw_lfs_entry);

    root->name = "";
    root->is_dir = true;
    r->lfs->root = root;
    r->lfs->dir_count = 1;
    for (uint32_t i = 0; i < r->pairs->len; i++)
        r->incomplete |= pair_at(r, i)->bad;
    read_folder(r, root, root_pair);
    check_files(r, root);
    if (!r->incomplete && !r->repair)
        check_orphans(r);
}
