/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/disk.h"

#include <inttypes.h>
#include <stdlib.h>

/* MBR type bytes. */
#define TYPE_FAT16_LBA 0x0e
#define TYPE_FAT32_LBA 0x0c
#define TYPE_LINUX 0x83
#define TYPE_EXTENDED_LBA 0x0f

/* parted's "optimal" alignment of an image file: 1 MiB. */
#define GRAIN ((uint64_t)2048)
/* parted puts an extended boot record on such a boundary where there is room. */
#define EBR_GRAIN ((uint64_t)128)

#define PER_KIB (1024 / BW_BALENA_SECTOR)
/* Sizes beyond this (4 PiB) are no sizes; sums of ten of them cannot overflow. */
#define KIB_MAX ((uint64_t)1 << 42)

static uint64_t aligned(uint64_t size, uint64_t alignment)
{
    uint64_t over = size % alignment;

    return over ? size + (alignment - over) : size;
}

uint64_t bw_balena_default_root(bool v8, uint64_t boot, uint64_t state, uint64_t alignment)
{
    uint64_t all = (v8 ? (uint64_t)1460 : (uint64_t)700) * 1024; /* without the data partition */

    if (boot >= all || state >= all - boot || alignment == 0 || alignment > KIB_MAX)
        return 0;
    return aligned((all - boot - state) / 2, alignment);
}

bw_balena_sizes bw_balena_default_sizes(bool v8, bool flasher)
{
    bw_balena_sizes s = {
        .flasher = flasher,
        .alignment = 4096,
        .device_specific = 4096,
        .boot = v8 ? 102400 : 40960,
        .state = v8 ? 81920 : 20480,
        .data = (uint64_t)192 * 1024,
    };

    s.root = bw_balena_default_root(v8, s.boot, s.state, s.alignment);
    if (flasher) {
        s.rootb = s.alignment;
        s.state = s.data = 0;
    }
    return s;
}

/* ---- the table ---- */

/* Sizes of the partitions in KiB, rounded as the class does. */
typedef struct lengths {
    uint64_t boot, root, rootb, state, data;
} lengths;

typedef struct making {
    bw_balena_disk *disk;
    unsigned number; /* of the next primary one */
} making;

static void add(making *m, const char *label, unsigned number, uint64_t first, uint64_t last, uint8_t type)
{
    m->disk->partitions[m->disk->partition_count++] = (bw_balena_partition){
        .label = label,
        .number = number,
        .first = first,
        .last = last,
        .type = m->disk->sizes.gpt ? 0 : type,
    };
}

static lengths lengths_of(const bw_balena_sizes *s)
{
    lengths l = {
        .boot = aligned(s->boot, s->alignment),
        .root = aligned(s->root, s->alignment),
        .state = s->state ? aligned(s->state, s->alignment) : s->alignment,
        .data = s->data ? aligned(s->data, s->alignment) : s->alignment,
    };

    l.rootb = s->rootb ? aligned(s->rootb, s->alignment) : l.root;
    return l;
}

/*
 * Where parted ends a partition that is asked for up to "100%". A start on a boundary of 1 MiB gets an end on one too,
 * as long as that is no farther from the disk's end than half a percent of the disk, by which parted takes a percentage
 * for inexact. Any other start gets all there is.
 */
static uint64_t end_of_disk(uint64_t first, uint64_t sectors, uint64_t usable)
{
    uint64_t end = (usable + 1) / GRAIN * GRAIN;
    uint64_t percent = sectors * BW_BALENA_SECTOR / 100; /* bytes */
    uint64_t slack = (percent + BW_BALENA_SECTOR - 1) / BW_BALENA_SECTOR / 2;

    if (first % GRAIN == 0 && end > first && slack > 0 && sectors - end <= slack - 1)
        return end - 1;
    return usable;
}

static const char *label(const making *m, const char *role, bw_arena *arena)
{
    return bw_arena_join(arena, m->disk->sizes.flasher ? "flash-" : "resin-", role, "");
}

/* The extended partition with state and data in it. @param at first sector of the extended one */
static void add_logical(making *m, uint64_t at, const lengths *l, bw_arena *arena)
{
    bw_balena_disk *d = m->disk;
    uint64_t gap = d->sizes.alignment * PER_KIB;
    uint64_t state = at + gap, data = state + l->state * PER_KIB + gap;
    uint64_t record = (data - 1) / EBR_GRAIN * EBR_GRAIN;

    add(m, "extended", 4, at, d->sectors - 1, TYPE_EXTENDED_LBA);
    add(m, label(m, "state", arena), 5, state, state + l->state * PER_KIB - 1, TYPE_LINUX);
    add(m, label(m, "data", arena), 6, data, end_of_disk(data, d->sectors, d->sectors - 1), TYPE_LINUX);
    d->ebr[0] = at;
    d->ebr[1] = MAX(record, data - gap);
}

static void add_balena(making *m, const lengths *l, bw_arena *arena)
{
    bw_balena_disk *d = m->disk;
    const bw_balena_sizes *s = &d->sizes;
    uint64_t at = s->device_specific * PER_KIB;
    const struct {
        const char *role;
        uint64_t size;
        uint8_t type;
    } primary[] = {
        {"boot", l->boot, s->fat32 ? TYPE_FAT32_LBA : TYPE_FAT16_LBA},
        {"rootA", l->root, TYPE_LINUX},
        {"rootB", l->rootb, TYPE_LINUX},
        {"state", l->state, TYPE_LINUX},
    };

    for (int i = 0; i < (s->gpt ? 4 : 3); i++) {
        add(m, label(m, primary[i].role, arena), m->number++, at, at + primary[i].size * PER_KIB - 1, primary[i].type);
        at += primary[i].size * PER_KIB;
    }
    if (s->gpt)
        add(m, label(m, "data", arena), m->number++, at,
            end_of_disk(at, d->sectors, d->sectors - BW_BALENA_GPT_TAIL - 1), 0);
    else
        add_logical(m, at, l, arena);
}

static int by_first_sector(const void *x, const void *y)
{
    const bw_balena_partition *a = x, *b = y;

    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* ---- what parted refuses ---- */

static const char *sizes_problem(const bw_balena_sizes *s)
{
    const uint64_t all[] = {s->alignment, s->device_specific, s->boot, s->root, s->rootb, s->state, s->data};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        if (all[i] > KIB_MAX)
            return "a size is beyond 4 PiB";
    }
    if (s->alignment == 0)
        return "the alignment is 0";
    if (s->boot == 0 || s->root == 0)
        return s->boot ? "the root file system has no size" : "the boot partition has no size";
    if (s->device_specific % s->alignment)
        return "DEVICE_SPECIFIC_SPACE is no multiple of the alignment";
    return NULL;
}

/* Two partitions that overlap, other than logical ones in the extended one. */
static const char *overlap_problem(const bw_balena_disk *d, bw_arena *arena)
{
    const bw_balena_partition *widest = NULL;

    for (uint32_t i = 0; i < d->partition_count; i++) {
        const bw_balena_partition *p = &d->partitions[i];

        if (p->number > 4 && !d->sizes.gpt)
            continue;
        if (widest && p->first <= widest->last)
            return bw_arena_printf(
                arena, "partition %u (%s) starts at sector %" PRIu64 ", within %u (%s), which ends at %" PRIu64,
                p->number, p->label, p->first, widest->number, widest->label, widest->last);
        if (!widest || p->last > widest->last)
            widest = p;
    }
    return NULL;
}

static const char *table_problem(const bw_balena_disk *d, bw_arena *arena)
{
    uint64_t lowest = d->sizes.gpt ? BW_BALENA_GPT_HEAD : 1;
    uint64_t highest = d->sizes.gpt ? d->sectors - BW_BALENA_GPT_TAIL - 1 : d->sectors - 1;

    if (!d->sizes.gpt && d->sectors > UINT32_MAX)
        return "an msdos table counts up to 2 TiB";
    for (uint32_t i = 0; i < d->partition_count; i++) {
        const bw_balena_partition *p = &d->partitions[i];

        if (p->first < lowest)
            return bw_arena_printf(arena,
                                   "%s starts at sector %" PRIu64 ", in the partition table, which ends at %" PRIu64,
                                   p->label, p->first, lowest - 1);
        if (p->last > highest || p->first > p->last)
            return bw_arena_printf(arena, "%s would end at sector %" PRIu64 ", the last usable one is %" PRIu64,
                                   p->label, p->last, highest);
    }
    return overlap_problem(d, arena);
}

bool bw_balena_disk_make(bw_balena_disk *disk, const bw_balena_sizes *sizes, const bw_balena_partition *extra,
                         uint32_t extra_count, bw_arena *arena)
{
    making m = {.disk = disk, .number = 1};

    *disk = (bw_balena_disk){.sizes = *sizes, .problem = sizes_problem(sizes)};
    if (!disk->problem && extra_count && !sizes->gpt)
        disk->problem = "an msdos table has no entry left for a device-specific partition";
    if (!disk->problem && extra_count > 128 - 5)
        disk->problem = "a gpt has 128 entries";
    if (disk->problem)
        return false;

    lengths l = lengths_of(sizes);
    disk->sectors =
        (sizes->device_specific + 3 * sizes->alignment + l.boot + l.root + l.rootb + l.state + l.data) * PER_KIB;
    disk->partitions = bw_arena_array(arena, bw_balena_partition, extra_count + 6);
    for (uint32_t i = 0; i < extra_count; i++) {
        add(&m, extra[i].label, m.number++, extra[i].first, extra[i].last, 0);
        disk->partitions[i].device_specific = true;
        disk->partitions[i].place = extra[i].place;
    }
    add_balena(&m, &l, arena);
    qsort(disk->partitions, disk->partition_count, sizeof *disk->partitions, by_first_sector);
    disk->problem = table_problem(disk, arena);
    return !disk->problem;
}

const bw_balena_partition *bw_balena_disk_find(const bw_balena_disk *disk, const char *role)
{
    for (uint32_t i = 0; i < disk->partition_count; i++) {
        const bw_balena_partition *p = &disk->partitions[i];

        if (!p->device_specific && strlen(p->label) > 6 && strcmp(p->label + 6, role) == 0)
            return p;
    }
    return NULL;
}
