/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fresh littlefs image: first the folders are sorted and laid out, then all metadata is written, then the files.
 *
 * Pairs come first, in the order of the thread, then the data of files. Each pair has one commit in its first block;
 * the second stays erased, but for {0, 1}, where the same commit stands in both. Nothing is taken from time or chance.
 */
#include "image/lfs_disk.h"

#include "base/bytes.h"

/* Fewer than the 255 at which the library splits a pair, so that it may add some before. */
#define ENTRIES_MAX 200U

/* Bytes that the library keeps free in a block that it compacts: tail, state, a deletion and the checksum. */
#define SPARE 40U

/* A tag with 8 bytes. */
#define TAIL_LEN 12U
/* FCRC and CRC with their tags. */
#define END_LEN 20U

#define SHOWN_FILES 5U

typedef struct folder folder;

typedef struct item {
    const bw_lfs_node *node;
    folder *folder; /* of a folder */
    uint32_t head;  /* of a file that is not inlined */
    uint32_t blocks;
} item;

/* A part of a folder: the entries of one pair. */
typedef struct part {
    uint32_t begin, end; /* of the folder's items */
    uint32_t pair;       /* its first block */
} part;

struct folder {
    const bw_lfs_node *node; /* the root's has no name */
    item *items;
    uint32_t count;
    GArray *parts; /* of part */
};

typedef struct writer {
    const bw_lfs_options *o;
    bw_findings *findings;
    const char *place;
    bw_lfs_image *image;
    GPtrArray *folders; /* of folder, in the order of the thread */
    bool failed;
    /* the commit that is being written */
    uint8_t *block;
    uint32_t at, previous, crc;
} writer;

/* ---- input ---- */

const char *bw_lfs_options_problem(bw_arena *arena, const bw_lfs_options *o)
{
    if (o->block_size < BW_LFS_BLOCK_MIN || o->block_size % 4)
        return bw_arena_printf(arena, "blocks of %u bytes: littlefs needs 128 at least, a multiple of 4",
                               o->block_size);
    if (o->block_count < 2)
        return "the image has fewer than 2 blocks";
    if (o->block_count > INT32_MAX)
        return bw_arena_printf(arena, "%u blocks are more than littlefs can number", o->block_count);
    if (o->prog_size == 0 || o->block_size % o->prog_size)
        return bw_arena_printf(arena, "a block of 0x%x bytes is no multiple of the program size, %u", o->block_size,
                               o->prog_size);
    if (o->name_max == 0 || o->name_max > LFS_SIZE_MAX)
        return bw_arena_printf(arena, "names of %u bytes: 1 to %u can be stored", o->name_max, LFS_SIZE_MAX);
    if (o->file_max == 0 || o->file_max > BW_LFS_FILE_MAX)
        return bw_arena_printf(arena, "files of %u bytes: 1 to %u can be stored", o->file_max, BW_LFS_FILE_MAX);
    if (o->attr_max > BW_LFS_ATTR_MAX)
        return bw_arena_printf(arena, "attributes of %u bytes: 0 to %u can be stored", o->attr_max, BW_LFS_ATTR_MAX);
    if (o->inline_max > MIN(o->block_size / 2, LFS_SIZE_MAX))
        return bw_arena_printf(arena, "files of %u bytes cannot be inlined: %u at most in blocks of 0x%x",
                               o->inline_max, MIN(o->block_size / 2, LFS_SIZE_MAX), o->block_size);
    if (o->version != BW_LFS_VERSION_2_0 && o->version != BW_LFS_VERSION_2_1)
        return "the disk version is 2.0 or 2.1";
    return NULL;
}

static const char *place_of(const writer *w, const bw_lfs_node *node)
{
    return node->source ? node->source : w->place;
}

static void check_node(writer *w, const bw_lfs_node *n)
{
    size_t len = strlen(n->name);
    const char *problem = NULL;

    if (len == 0)
        problem = "a name is empty";
    else if (strchr(n->name, '/'))
        problem = "a name has a '/' in it";
    else if (strcmp(n->name, ".") == 0 || strcmp(n->name, "..") == 0)
        problem = "a name means a folder itself or the one around it";
    if (problem) {
        bw_findings_add(w->findings, BW_CODE_lfs_name, bw_file_place(place_of(w, n)), "%s", problem);
        w->failed = true;
    } else if (len > w->o->name_max) {
        bw_findings_add(w->findings, BW_CODE_lfs_name, bw_file_place(place_of(w, n)),
                        "the name has %zu bytes, more than the %u that the image allows", len, w->o->name_max);
        w->failed = true;
    }
    if (!n->is_dir && n->size > w->o->file_max) {
        bw_findings_add(w->findings, BW_CODE_lfs_space, bw_file_place(place_of(w, n)),
                        "the file has %" G_GUINT64_FORMAT " bytes, more than the %u that the image allows", n->size,
                        w->o->file_max);
        w->failed = true;
    }
}

static int compare_items(const void *a, const void *b)
{
    const bw_lfs_node *x = ((const item *)a)->node;
    const bw_lfs_node *y = ((const item *)b)->node;

    return bw_lfs_compare(x->name, strlen(x->name), y->name, strlen(y->name));
}

static bool is_inlined(const writer *w, const bw_lfs_node *n)
{
    return n->size <= w->o->inline_max;
}

/* ---- layout ---- */

/* Bytes of an entry's tags. */
static uint32_t entry_len(const writer *w, const bw_lfs_node *n)
{
    uint32_t structure = n->is_dir || !is_inlined(w, n) ? 8 : (uint32_t)n->size;

    return 4 + (uint32_t)strlen(n->name) + 4 + structure;
}

/* What the tags of a pair may take: about half a block, as the library keeps it, so that it can append before it has
 * to split the pair. */
static uint32_t part_room(const writer *w)
{
    uint32_t block = w->o->block_size;
    uint32_t half = (block / 2 + w->o->prog_size - 1) / w->o->prog_size * w->o->prog_size;

    return MIN(half - END_LEN, block - SPARE);
}

static void cut_folder(writer *w, folder *f, bool is_root)
{
    uint32_t begin = 0;

    f->parts = g_array_new(FALSE, TRUE, sizeof(part));
    do {
        uint32_t used = 4 + TAIL_LEN + (is_root && begin == 0 ? 4 + LFS_MAGIC_LEN + 4 + LFS_SUPERBLOCK_LEN : 0);
        uint32_t end = begin;

        while (end < f->count && end - begin < ENTRIES_MAX) {
            uint32_t len = entry_len(w, f->items[end].node);

            /* An entry that is too long for half a block has it to itself. */
            if (used + len > part_room(w) && !(end == begin && used + len <= w->o->block_size - SPARE))
                break;
            used += len;
            end++;
        }
        /* The superblock may stand alone, before an entry that does not fit beside it. */
        if (end == begin && end < f->count && !(is_root && begin == 0 && f->parts->len == 0)) {
            bw_findings_add(w->findings, BW_CODE_lfs_name, bw_file_place(place_of(w, f->items[end].node)),
                            "the name and what stands with it take %u bytes, more than a block of 0x%x has room for",
                            entry_len(w, f->items[end].node), w->o->block_size);
            w->failed = true;
            return;
        }
        part p = {.begin = begin, .end = end};
        g_array_append_val(f->parts, p);
        begin = end;
    } while (begin < f->count);
}

/* Sorts a folder and those below it; they follow it in the thread. */
static folder *lay_out(writer *w, const bw_lfs_node *node)
{
    folder *f = g_new0(folder, 1);
    bool is_root = w->folders->len == 0;

    f->node = node;
    g_ptr_array_add(w->folders, f);
    for (const bw_lfs_node *n = node->children; n; n = n->next)
        f->count++;
    f->items = g_new0(item, f->count + 1);
    uint32_t i = 0;
    for (const bw_lfs_node *n = node->children; n; n = n->next) {
        check_node(w, n);
        f->items[i++].node = n;
    }
    qsort(f->items, f->count, sizeof *f->items, compare_items);
    for (i = 1; i < f->count; i++)
        if (compare_items(&f->items[i - 1], &f->items[i]) == 0) {
            bw_findings_add(w->findings, BW_CODE_lfs_name_duplicate, bw_file_place(place_of(w, f->items[i].node)),
                            "'%s' is there twice", f->items[i].node->name);
            w->failed = true;
        }
    if (!w->failed)
        cut_folder(w, f, is_root);
    for (i = 0; i < f->count && !w->failed; i++) {
        const bw_lfs_node *n = f->items[i].node;

        if (n->is_dir)
            f->items[i].folder = lay_out(w, n);
        else if (!is_inlined(w, n))
            f->items[i].blocks = bw_lfs_blocks_of(n->size, w->o->block_size);
    }
    return f;
}

#define EACH_FOLDER(w, f)                                                                                              \
    for (guint f##_i = 0; f##_i < (w)->folders->len; f##_i++)                                                          \
        for (folder *f = g_ptr_array_index((w)->folders, f##_i); f; f = NULL)

static int compare_blocks(gconstpointer a, gconstpointer b)
{
    const item *x = *(const item *const *)a;
    const item *y = *(const item *const *)b;

    return (x->blocks < y->blocks) - (x->blocks > y->blocks);
}

static void report_space(writer *w, uint64_t need, uint64_t folders)
{
    const bw_lfs_options *o = w->o;
    GPtrArray *files = g_ptr_array_new();
    bw_finding *f = bw_findings_add(w->findings, BW_CODE_lfs_space, bw_file_place(w->place),
                                    "the files need %" G_GUINT64_FORMAT " blocks of 0x%x bytes, %" G_GUINT64_FORMAT
                                    " of them for folders; the image has %u",
                                    need, o->block_size, folders, o->block_count);

    EACH_FOLDER(w, dir)
    for (uint32_t i = 0; i < dir->count; i++)
        if (dir->items[i].blocks)
            g_ptr_array_add(files, &dir->items[i]);
    g_ptr_array_sort(files, compare_blocks);
    for (guint i = 0; i < files->len && i < SHOWN_FILES; i++) {
        const item *t = g_ptr_array_index(files, i);

        bw_finding_note(f, bw_file_place(place_of(w, t->node)), "this file takes %u blocks", t->blocks);
    }
    uint64_t size = need * o->block_size;
    bw_finding_cure(f, "give it 0x%" G_GINT64_MODIFIER "x bytes, and two blocks more for changes", size);
    g_ptr_array_free(files, TRUE);
}

/* Gives out the blocks: pairs, then data. */
static bool place_blocks(writer *w)
{
    uint64_t pairs = 0;
    uint64_t data = 0;
    uint32_t next = 0;

    EACH_FOLDER(w, f)
    {
        pairs += f->parts->len;
        for (uint32_t i = 0; i < f->count; i++)
            data += f->items[i].blocks;
    }
    if (2 * pairs + data > w->o->block_count) {
        report_space(w, 2 * pairs + data, 2 * pairs);
        return false;
    }
    EACH_FOLDER(w, f)
    for (guint p = 0; p < f->parts->len; p++, next += 2)
        g_array_index(f->parts, part, p).pair = next;
    EACH_FOLDER(w, f)
    for (uint32_t i = 0; i < f->count; i++)
        if (f->items[i].blocks) {
            next += f->items[i].blocks;
            f->items[i].head = next - 1;
        }
    w->image->used_count = next;
    return true;
}

/* ---- metadata ---- */

static uint8_t *block_at(const writer *w, uint32_t block)
{
    return w->image->bytes.data + (uint64_t)block * w->o->block_size;
}

static void begin_commit(writer *w, uint32_t block, uint32_t revision)
{
    w->block = block_at(w, block);
    bw_put32le(w->block, revision);
    w->crc = lfs_crc(0xffffffff, w->block, 4);
    w->at = 4;
    w->previous = 0xffffffff;
}

static void put_word(writer *w, uint32_t tag)
{
    bw_put32(w->block + w->at, tag ^ w->previous);
    w->crc = lfs_crc(w->crc, w->block + w->at, 4);
    w->at += 4;
    w->previous = tag;
}

/* @return where the bytes go; done_tag() when they are there. */
static uint8_t *put_tag(writer *w, uint32_t type, uint32_t id, uint32_t len)
{
    put_word(w, lfs_tag(type, id, len));
    return w->block + w->at;
}

static void done_tag(writer *w, uint32_t len)
{
    w->crc = lfs_crc(w->crc, w->block + w->at, len);
    w->at += len;
}

static void put_pair(writer *w, uint32_t type, uint32_t id, uint32_t a, uint32_t b)
{
    uint8_t *data = put_tag(w, type, id, 8);

    bw_put32le(data, a);
    bw_put32le(data + 4, b);
    done_tag(w, 8);
}

static void put_superblock(writer *w)
{
    const bw_lfs_options *o = w->o;
    const uint32_t fields[6] = {o->version, o->block_size, o->block_count, o->name_max, o->file_max, o->attr_max};

    memcpy(put_tag(w, LFS_SUPERBLOCK, 0, LFS_MAGIC_LEN), LFS_MAGIC, LFS_MAGIC_LEN);
    done_tag(w, LFS_MAGIC_LEN);
    uint8_t *data = put_tag(w, LFS_INLINESTRUCT, 0, LFS_SUPERBLOCK_LEN);
    for (unsigned i = 0; i < 6; i++)
        bw_put32le(data + 4 * i, fields[i]);
    done_tag(w, LFS_SUPERBLOCK_LEN);
}

static bool load(writer *w, const bw_lfs_node *n, uint8_t *to)
{
    if (n->size == 0)
        return true;
    if (n->bytes) {
        memcpy(to, n->bytes, n->size);
        return true;
    }
    if (w->o->load && w->o->load(w->o->user, n, to))
        return true;
    w->failed = true;
    return false;
}

static void put_entry(writer *w, uint32_t id, const item *t)
{
    const bw_lfs_node *n = t->node;
    uint32_t len = (uint32_t)strlen(n->name);

    memcpy(put_tag(w, n->is_dir ? LFS_DIR : LFS_REG, id, len), n->name, len);
    done_tag(w, len);
    if (n->is_dir) {
        uint32_t pair = g_array_index(t->folder->parts, part, 0).pair;

        put_pair(w, LFS_DIRSTRUCT, id, pair, pair + 1);
    } else if (t->blocks) {
        put_pair(w, LFS_CTZSTRUCT, id, t->head, (uint32_t)n->size);
    } else {
        load(w, n, put_tag(w, LFS_INLINESTRUCT, id, (uint32_t)n->size));
        done_tag(w, (uint32_t)n->size);
    }
}

static uint32_t align_up(uint32_t value, uint32_t to)
{
    return (value + to - 1) / to * to;
}

/* The checksum, padded to the program size; more commits of padding alone where that is more than a tag can hold. What
 * follows is erased: if there is room for a program of the device, FCRC says so, and the library may append. */
static void end_commit(writer *w)
{
    const uint32_t block = w->o->block_size;
    const uint32_t prog = w->o->prog_size;
    const uint32_t end = align_up(MIN(w->at + END_LEN, block), prog);
    uint8_t erased[64];

    memset(erased, 0xff, sizeof erased);
    while (w->at < end) {
        uint32_t next = MIN(end - (w->at + 4), LFS_SIZE_MAX) + w->at + 4;

        /* The commit after it needs room for itself. */
        if (next < end)
            next = MIN(next, end - END_LEN);
        if (next == end && end <= block - prog && w->o->version >= BW_LFS_VERSION_2_1) {
            uint32_t crc = 0xffffffff;

            for (uint32_t left = prog; left;) {
                uint32_t n = MIN(left, (uint32_t)sizeof erased);
                crc = lfs_crc(crc, erased, n);
                left -= n;
            }
            put_pair(w, LFS_FCRC, LFS_ID_NONE, prog, crc);
        }
        put_word(w, lfs_tag(LFS_CRC, LFS_ID_NONE, next - (w->at + 4)));
        bw_put32le(w->block + w->at, w->crc);
        w->at = next;
        w->crc = 0xffffffff;
    }
}

static void write_part(writer *w, const folder *f, guint index, uint32_t block, uint32_t revision, uint32_t next_folder)
{
    const part *p = &g_array_index(f->parts, part, index);
    uint32_t id = 0;

    begin_commit(w, block, revision);
    if (p->pair == 0) {
        put_superblock(w);
        id = 1;
    }
    for (uint32_t i = p->begin; i < p->end; i++)
        put_entry(w, id++, &f->items[i]);
    if (index + 1 < f->parts->len)
        put_pair(w, LFS_HARDTAIL, LFS_ID_NONE, p->pair + 2, p->pair + 3);
    else if (next_folder)
        put_pair(w, LFS_SOFTTAIL, LFS_ID_NONE, next_folder, next_folder + 1);
    end_commit(w);
}

static void write_metadata(writer *w)
{
    for (guint i = 0; i < w->folders->len && !w->failed; i++) {
        const folder *f = g_ptr_array_index(w->folders, i);
        const folder *next = i + 1 < w->folders->len ? g_ptr_array_index(w->folders, i + 1) : NULL;
        uint32_t next_pair = next ? g_array_index(next->parts, part, 0).pair : 0;

        for (guint p = 0; p < f->parts->len; p++)
            write_part(w, f, p, g_array_index(f->parts, part, p).pair, 1, next_pair);
    }
    /* The first pair twice: it survives one bad block, and says where it begins in both. */
    write_part(w, g_ptr_array_index(w->folders, 0), 0, 1, 2,
               w->folders->len > 1 ? g_array_index(((folder *)g_ptr_array_index(w->folders, 1))->parts, part, 0).pair
                                   : 0);
}

/* ---- data ---- */

/* Spreads the bytes over the blocks, from the last one back, so that they can be loaded into place. */
static void write_file(writer *w, const item *t)
{
    const uint32_t size = w->o->block_size;
    const uint32_t first = t->head + 1 - t->blocks;
    uint8_t *begin = block_at(w, first);
    uint64_t left = t->node->size;

    if (!load(w, t->node, begin))
        return;
    for (uint32_t i = t->blocks; i-- > 1;) {
        uint32_t pointers = (uint32_t)__builtin_ctz(i) + 1;
        uint32_t offset;
        uint8_t *block = begin + (uint64_t)i * size;

        lfs_ctz_index(size, left - 1, &offset);
        uint32_t len = offset + 1 - 4 * pointers;
        left -= len;
        memmove(block + 4 * pointers, begin + left, len);
        memset(block + 4 * pointers + len, 0xff, size - 4 * pointers - len);
        for (uint32_t x = 0; x < pointers; x++)
            bw_put32le(block + 4 * x, first + i - (1U << x));
    }
    memset(begin + left, 0xff, size - left);
}

static void write_files(writer *w)
{
    EACH_FOLDER(w, f)
    for (uint32_t i = 0; i < f->count && !w->failed; i++) {
        w->image->file_count += !f->items[i].node->is_dir;
        if (f->items[i].blocks)
            write_file(w, &f->items[i]);
    }
}

static void free_folder(gpointer p)
{
    folder *f = p;

    if (f->parts)
        g_array_free(f->parts, TRUE);
    g_free(f->items);
    g_free(f);
}

bool bw_lfs_make(const bw_lfs_node *root, const bw_lfs_options *options, const char *place, bw_lfs_image *image,
                 bw_findings *findings)
{
    writer w = {.o = options,
                .findings = findings,
                .place = place,
                .image = image,
                .folders = g_ptr_array_new_with_free_func(free_folder)};

    *image = (bw_lfs_image){.block_size = options->block_size, .block_count = options->block_count};
    lay_out(&w, root);
    if (!w.failed && place_blocks(&w)) {
        size_t len = (size_t)image->used_count * options->block_size;

        /* Data blocks are written whole; only those of pairs have to be erased before. */
        bw_buffer_reserve(&image->bytes, len);
        image->bytes.len = len;
        EACH_FOLDER(&w, f)
        for (guint p = 0; p < f->parts->len; p++)
            memset(block_at(&w, g_array_index(f->parts, part, p).pair), 0xff, 2 * (size_t)options->block_size);
        image->dir_count = w.folders->len;
        write_metadata(&w);
        write_files(&w);
    } else {
        w.failed = true;
    }
    g_ptr_array_free(w.folders, TRUE);
    if (w.failed)
        bw_buffer_free(&image->bytes);
    return !w.failed;
}
