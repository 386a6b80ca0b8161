/* SPDX-License-Identifier: Apache-2.0 */
/* Disks: sizes, raw writes against all that lies on the disk. */
#include "systems/balena/check_disk.h"

#include "systems/balena/check_disk_parts.h"

#include <inttypes.h>

#define SECTOR ((uint64_t)BW_BALENA_SECTOR)

/* ---- one statement, one finding ---- */

bw_balena_said *bw_balena_said_new(void)
{
    return (bw_balena_said *)g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void bw_balena_said_free(bw_balena_said *said)
{
    g_hash_table_destroy((GHashTable *)said);
}

bool bw_balena_say(bw_balena_said *said, bw_code code, bw_place place, const char *what)
{
    char *key = g_strdup_printf("%s %s:%u:%u %s", bw_codes[code].name, place.file ? place.file : "", place.line,
                                place.column, what);

    return g_hash_table_add((GHashTable *)said, key);
}

typedef struct judging {
    const bw_balena_repo *repo;
    const bw_balena_image *image;
    bw_balena_said *said;
    bw_arena *arena;
} judging;

__attribute__((format(printf, 5, 6))) static bw_finding *find(judging *j, bw_code code, bw_place place,
                                                              const char *what, const char *format, ...)
{
    va_list ap;

    if (!place.file)
        place = bw_file_place(j->image->device->path);
    if (!bw_balena_say(j->said, code, place, what))
        return NULL;
    va_start(ap, format);
    bw_finding *f = bw_findings_addv(j->repo->unit->findings, code, place, format, ap);
    va_end(ap);
    if (f)
        bw_finding_subject(f, j->image->device->file, NULL);
    return f;
}

/* "33 KiB (0x8400)" */
static const char *size(judging *j, uint64_t bytes)
{
    return bw_balena_size_words(j->arena, bytes);
}

/* ---- sizes ---- */

static bool is_own(const judging *j, bw_place place)
{
    return place.file && j->repo->layer && g_str_has_prefix(place.file, j->repo->layer->path);
}

static void check_sizes(judging *j)
{
    const bw_balena_setting *s = j->image->settings;
    uint64_t alignment = s[BW_BALENA_ALIGNMENT].value;
    const bw_balena_setting *space = &s[BW_BALENA_SPACE];

    if (!s[BW_BALENA_ALIGNMENT].known || alignment == 0)
        return;
    if (space->set && space->known && space->value % alignment)
        find(j, BW_CODE_balena_space_unaligned, space->place, "",
             "DEVICE_SPECIFIC_SPACE is %" PRIu64 " KiB, no multiple of BALENA_IMAGE_ALIGNMENT, which is %" PRIu64
             " KiB: the image is not made",
             space->value, alignment);
    for (int i = BW_BALENA_BOOT_SIZE; i <= BW_BALENA_STATE_SIZE; i++) {
        uint64_t up = s[i].value + (alignment - s[i].value % alignment);

        if (s[i].set && s[i].known && s[i].value % alignment && is_own(j, s[i].place))
            find(j, BW_CODE_balena_size_unaligned, s[i].place, "",
                 "%s is %" PRIu64 " KiB, no multiple of %" PRIu64 " KiB: the partition gets %" PRIu64 " KiB%s",
                 s[i].name, s[i].value, alignment, up,
                 i == BW_BALENA_BOOT_SIZE ? ", and room for an update is counted without the rest" : "");
    }
}

/* ---- the table ---- */

/* What parted would refuse. */
static void check_table(judging *j)
{
    const bw_balena_disk *d = &j->image->disk;
    const bw_balena_setting *s = &j->image->settings[BW_BALENA_SPACE];
    const bw_balena_partition *extra = j->image->first_extra;

    if (j->image->unknown || !d->problem || (s->known && s->value % MAX(d->sizes.alignment, 1)))
        return;
    if (extra && !d->sizes.gpt) {
        find(j, BW_CODE_balena_mkpart_msdos, extra->place, "",
             "partition '%s' is made on an msdos table, whose four entries balenaOS needs itself", extra->label);
        return;
    }
    find(j, BW_CODE_balena_disk, extra ? extra->place : s->place, "", "the disk of %s cannot be made: %s",
         j->image->device->file, d->problem);
}

/* ---- raw writes ---- */

static const char *name_of(const bw_balena_write *w)
{
    return w->file ? w->file : w->path;
}

/* Where a write ends for certain: one byte behind its begin if its size is not known. */
static uint64_t certain_end(const bw_balena_write *w)
{
    uint64_t bytes = w->size ? w->size : 1;

    return bytes > UINT64_MAX - w->offset ? UINT64_MAX : w->offset + bytes;
}

static bool meets(const bw_balena_write *w, uint64_t begin, uint64_t end)
{
    return w->offset < end && certain_end(w) > begin;
}

static void say_overlap(judging *j, const bw_balena_write *w, uint64_t begin, uint64_t end, const char *what,
                        bw_place other)
{
    uint64_t from = MAX(w->offset, begin), to = MIN(certain_end(w), end);
    bw_finding *f;

    if (w->size)
        f = find(j, BW_CODE_balena_write_overlap, w->place, what,
                 "%s at %s, %s long, overwrites %" PRIu64 " bytes of %s, which has sectors %" PRIu64 " to %" PRIu64,
                 name_of(w), size(j, w->offset), size(j, w->size), to - from, what, begin / SECTOR, (end - 1) / SECTOR);
    else
        f = find(j, BW_CODE_balena_write_overlap, w->place, what,
                 "%s is written at %s, sector %" PRIu64 ", into %s, which has sectors %" PRIu64 " to %" PRIu64,
                 name_of(w), size(j, w->offset), w->offset / SECTOR, what, begin / SECTOR, (end - 1) / SECTOR);
    if (other.file)
        bw_finding_note(f, other, "it is made here");
}

/* The table itself. @return whether the write is wrong there */
static bool check_against_table(judging *j, const bw_balena_write *w)
{
    bool gpt = j->image->disk.sizes.gpt;
    uint64_t end = gpt ? BW_BALENA_GPT_HEAD * SECTOR : SECTOR;

    if (gpt ? meets(w, 440, end) : meets(w, 446, 512)) {
        say_overlap(j, w, gpt ? (w->offset < SECTOR ? 440 : SECTOR) : 446, end,
                    gpt ? "the partition table (GPT)" : "the partition table (MBR)", (bw_place){0});
        return true;
    }
    if (!gpt && !w->hook && w->offset < 446 && (w->size ? certain_end(w) : w->most ? w->offset + w->most : 0) > 440)
        find(j, BW_CODE_balena_disk_signature, w->place, "",
             "%s is written over bytes 440 to 445: the disk signature of the MBR, from which Linux makes PARTUUIDs",
             name_of(w));
    return false;
}

/* What lies on the disk: a device-specific partition that the write begins in has to hold it. */
static bool check_against_partitions(judging *j, const bw_balena_write *w)
{
    const bw_balena_disk *d = &j->image->disk;

    for (uint32_t i = 0; i < d->partition_count; i++) {
        const bw_balena_partition *p = &d->partitions[i];
        uint64_t begin = p->first * SECTOR, end = (p->last + 1) * SECTOR;

        if (!meets(w, begin, end))
            continue;
        if (p->device_specific && w->offset >= begin && certain_end(w) <= end)
            return false;
        if (p->device_specific && w->offset >= begin) {
            bw_finding *f =
                find(j, BW_CODE_balena_file_too_large, w->place, p->label,
                     "%s has %s, its partition '%s' from its offset on %s: %" PRIu64 " too few", name_of(w),
                     size(j, w->size), p->label, size(j, end - w->offset), certain_end(w) - end);
            if (p->place.file)
                bw_finding_note(f, p->place, "the partition is made here");
            return true;
        }
        say_overlap(j, w, begin, end, bw_arena_join(j->arena, "partition '", p->label, "'"), p->place);
        return true;
    }
    return false;
}

static void check_against_space(judging *j, const bw_balena_write *w)
{
    const bw_balena_setting *space = &j->image->settings[BW_BALENA_SPACE];
    uint64_t end = j->image->disk.sizes.device_specific * 1024;
    bw_finding *f;

    if (certain_end(w) <= end)
        return;
    if (w->offset >= end)
        f = find(j, BW_CODE_balena_write_overlap, w->place, "space",
                 "%s is written at %s, but the boot partition begins at %s", name_of(w), size(j, w->offset),
                 size(j, end));
    else
        f = find(j, BW_CODE_balena_write_overlap, w->place, "space",
                 "%s at %s, %s long, reaches %" PRIu64 " bytes into the boot partition, which begins at %s", name_of(w),
                 size(j, w->offset), size(j, w->size), certain_end(w) - end, size(j, end));
    if (space->place.file)
        bw_finding_note(f, space->place, "DEVICE_SPECIFIC_SPACE is set here");
    bw_finding_cure(f, "a DEVICE_SPECIFIC_SPACE of %" PRIu64 " KiB or more",
                    (certain_end(w) / 1024 / j->image->disk.sizes.alignment + 1) * j->image->disk.sizes.alignment);
}

static bool is_zeroes(const bw_balena_write *w)
{
    return w->file && strcmp(w->file, "zeroes") == 0;
}

/* Others of the image; writes are in order of their offset. */
static void check_against_writes(judging *j, uint32_t index)
{
    const bw_balena_disk *d = &j->image->disk;
    const bw_balena_write *w = &d->writes[index];

    for (uint32_t i = index + 1; i < d->write_count; i++) {
        const bw_balena_write *next = &d->writes[i];

        if (next->medium || !next->offset_known || next->offset >= certain_end(w))
            break;
        if (next->hook || next->maybe || w->maybe || is_zeroes(w) || is_zeroes(next))
            continue;
        bw_finding *f =
            find(j, BW_CODE_balena_write_overlap, next->place, w->path,
                 "%s at %s is written over %s, which is at %s%s%s", name_of(next), size(j, next->offset), name_of(w),
                 size(j, w->offset), w->size ? " and as long as " : "", w->size ? size(j, w->size) : "");
        bw_finding_note(f, w->place, "%s is written here", name_of(w));
    }
}

static void check_writes(judging *j)
{
    const bw_balena_disk *d = &j->image->disk;

    for (uint32_t i = 0; i < d->write_count; i++) {
        const bw_balena_write *w = &d->writes[i];

        if (w->truncates && !w->maybe)
            find(j, BW_CODE_balena_write_truncates, w->place, "",
                 "dd without conv=notrunc cuts the image off behind %s", name_of(w));
        if (w->medium || !w->offset_known || !j->image->drawn)
            continue;
        if (check_against_table(j, w) || check_against_partitions(j, w))
            continue;
        check_against_space(j, w);
        if (!w->hook)
            check_against_writes(j, i);
    }
}

void bw_balena_check_image(const bw_balena_repo *repo, const bw_balena_image *image, bw_balena_said *said)
{
    judging j = {.repo = repo, .image = image, .said = said, .arena = &repo->unit->arena};

    check_sizes(&j);
    if (image->unsure)
        return;
    check_table(&j);
    check_writes(&j);
}

void bw_balena_check_disk(const bw_balena_repo *repo)
{
    bw_balena_said *said = bw_balena_said_new();

    for (uint32_t i = 0; repo->layer && i < repo->device_count; i++) {
        const bw_balena_device *device = &repo->devices[i];
        bw_balena_image target, flasher;

        if (!device->machine)
            continue;
        bw_balena_image_read(&target, repo, device, false, NULL);
        bw_balena_check_image(repo, &target, said);
        if (device->flasher) {
            bw_balena_image_read(&flasher, repo, device, true, NULL);
            bw_balena_check_image(repo, &flasher, said);
        }
        bw_balena_check_numbers(repo, &target, device->flasher ? &flasher : &target, said);
        bw_balena_check_hooks(repo, &target, device->flasher ? &flasher : NULL, said);
    }
    bw_balena_said_free(said);
}
