/* SPDX-License-Identifier: Apache-2.0 */
/* Where the boot loader's files lie on the disk, outside of all partitions. */
#include "systems/balena/decide.h"

#include "base/text.h"

#include <string.h>

#define KIB 1024u
#define GPT_BYTES ((uint64_t)34 * BW_BALENA_SECTOR) /* protective MBR, header, 32 sectors of entries: UEFI 2.10, 5.3   \
                                                     */
#define FLASH_FILES_MAX 2                           /* BOOTLOADER_… and BOOTLOADER_…_1 of resin-init-flasher */

static bw_findings *findings_of(const bw_balena_type *type)
{
    return type->job->board->tree->unit->findings;
}

static const bw_yaml *loader_of(const bw_balena_type *type)
{
    return bw_yaml_get(type->job->section, "bootloader");
}

bool bw_balena_decide_loader_kind(bw_balena_type *type)
{
    const bw_yaml *loader = loader_of(type);
    const bw_yaml *uboot = bw_yaml_get(loader, "u-boot");
    bool grub = bw_balena_truth(loader, "grub");
    bool x86 = strcmp(type->arch, "amd64") == 0 || strcmp(type->arch, "i386") == 0;
    bw_place place = bw_yaml_place(loader ? loader : type->job->section);

    if (grub && uboot) {
        bw_findings_add(findings_of(type), BW_CODE_balena_loader, place,
                        "the boot loader is either U-Boot or GRUB, and `bootloader:` names both");
        return false;
    }
    if (x86 && uboot) {
        bw_findings_add(findings_of(type), BW_CODE_balena_loader, bw_yaml_place(uboot),
                        "balenaOS starts %s with GRUB, and `bootloader:` names U-Boot", type->arch);
        return false;
    }
    if (grub && strcmp(type->arch, "armv7hf") == 0) {
        bw_findings_add(findings_of(type), BW_CODE_balena_loader, place,
                        "balenaOS has GRUB for amd64, i386 and aarch64, not for %s", type->arch);
        return false;
    }
    type->loader = grub || x86 ? BW_BALENA_GRUB : BW_BALENA_UBOOT;
    return true;
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

static void add_raw(bw_balena_type *type, const bw_yaml *map, const char *file)
{
    bw_balena_raw *raw = &type->raws[type->raw_count];
    const bw_yaml *offset = bw_yaml_get(map, "offset");

    if (!bw_yaml_to_size(offset, &raw->offset))
        return;
    bw_yaml_to_size(bw_yaml_get(map, "max-size"), &raw->max_size);
    raw->file = file;
    raw->place = bw_yaml_place(offset);
    raw->block = raw->offset % KIB == 0 ? KIB : raw->offset % BW_BALENA_SECTOR == 0 ? BW_BALENA_SECTOR : 1;
    raw->seek = raw->offset / raw->block;
    type->raw_count++;
}

static int by_offset(const void *a, const void *b)
{
    const bw_balena_raw *x = a, *y = b;

    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void collect(bw_balena_type *type)
{
    const bw_yaml *loader = loader_of(type);
    const bw_yaml *files = bw_yaml_get(loader, "files");
    const char *uboot = bw_yaml_to_text(bw_yaml_get(loader, "u-boot"));
    uint32_t count = files ? files->count : 0;

    type->raws = bw_arena_zalloc(type->arena, sizeof *type->raws * (count + 1));
    type->loader_file = uboot;
    if (uboot)
        add_raw(type, loader, uboot);
    for (uint32_t i = 0; i < count; i++)
        add_raw(type, files->items[i], bw_yaml_to_text(bw_yaml_get(files->items[i], "file")));
    qsort(type->raws, type->raw_count, sizeof *type->raws, by_offset);
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

static char *range(uint64_t first, uint64_t past)
{
    GString *text = g_string_new(NULL);

    g_string_printf(text, "0x%" G_GINT64_MODIFIER "x–0x%" G_GINT64_MODIFIER "x (", first, past - 1);
    bw_text_size(text, past - first);
    g_string_append_c(text, ')');
    return g_string_free(text, FALSE);
}

static bool clear_of_table(const bw_balena_type *type, const bw_balena_raw *raw)
{
    uint64_t first = type->sizes.gpt ? 0 : BW_BALENA_SECTOR - 66; /* partition entries and signature of the MBR */
    uint64_t past = type->sizes.gpt ? GPT_BYTES : BW_BALENA_SECTOR;

    if (raw->offset >= past || (raw->max_size && raw->offset + raw->max_size <= first))
        return true;
    char *table = range(first, past);
    bw_finding *f = bw_findings_add(findings_of(type), BW_CODE_balena_loader_place, raw->place,
                                    "%s is written at 0x%" G_GINT64_MODIFIER "x, over the %s partition table at %s",
                                    raw->file, raw->offset, type->sizes.gpt ? "GPT" : "MBR's", table);
    if (type->sizes.gpt && raw->offset >= BW_BALENA_SECTOR)
        bw_finding_cure(f, "partition-table: msdos");
    g_free(table);
    return false;
}

static bool clear_of_next(const bw_balena_type *type, const bw_balena_raw *raw, const bw_balena_raw *next)
{
    uint64_t past = raw->offset + (raw->max_size ? raw->max_size : 1);

    if (past <= next->offset)
        return true;
    char *this_range = range(raw->offset, past);
    bw_finding *f = bw_findings_add(findings_of(type), BW_CODE_balena_loader_place, next->place,
                                    "%s at 0x%" G_GINT64_MODIFIER "x is written over %s, which takes %s", next->file,
                                    next->offset, raw->file, this_range);
    bw_finding_note(f, raw->place, "%s is placed here", raw->file);
    g_free(this_range);
    return false;
}

/* The first partition begins behind all files: the space before it is a multiple of the alignment. */
static void make_space(bw_balena_type *type)
{
    uint64_t alignment = type->sizes.alignment * KIB, past = 0;

    for (uint32_t i = 0; i < type->raw_count; i++) {
        const bw_balena_raw *raw = &type->raws[i];
        uint64_t room = raw->max_size ? raw->max_size : (uint64_t)1024 * KIB; /* U-Boot proper with its devicetrees */

        past = MAX(past, raw->offset + room);
    }
    uint64_t space = (past + alignment - 1) / alignment * type->sizes.alignment;
    if (space > type->sizes.device_specific)
        type->sizes.device_specific = space;
}

static bool place_on_disk(bw_balena_type *type)
{
    bool ok = true;

    for (uint32_t i = 0; i < type->raw_count; i++) {
        ok &= clear_of_table(type, &type->raws[i]);
        if (i + 1 < type->raw_count)
            ok &= clear_of_next(type, &type->raws[i], &type->raws[i + 1]);
    }
    if (ok)
        make_space(type);
    return ok;
}

/* ---- devices ------------------------------------------------------------------------------------------------------
 */

/* A name of Linux' below /dev. */
static bool is_device(const char *text)
{
    if (!*text || strlen(text) > 64)
        return false;
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && !strchr("-_.", *text))
            return false;
    return true;
}

static bool decide_device(bw_balena_type *type)
{
    const bw_yaml *value = bw_yaml_get(loader_of(type), "device");
    const char *device = bw_yaml_to_text(value);

    if (!device || g_strcmp0(device, type->internal_device) == 0)
        return true;
    if (!is_device(device)) {
        bw_findings_add(findings_of(type), BW_CODE_balena_loader, bw_yaml_place(value),
                        "\"%s\" is no name of a device below /dev", device);
        return false;
    }
    if (!type->flasher) {
        bw_findings_add(findings_of(type), BW_CODE_balena_loader, bw_yaml_place(value),
                        "the boot loader goes to /dev/%s, which only a flasher writes: `storage:` has none", device);
        return false;
    }
    type->loader_device = device;
    type->boot_device = g_str_has_suffix(device, "boot0") || g_str_has_suffix(device, "boot1");
    if (!type->boot_device && type->raw_count > FLASH_FILES_MAX) {
        bw_findings_add(findings_of(type), BW_CODE_balena_loader, type->raws[FLASH_FILES_MAX].place,
                        "the flasher writes %d files at most to /dev/%s, and here are %u", FLASH_FILES_MAX, device,
                        type->raw_count);
        return false;
    }
    return true;
}

bool bw_balena_decide_loader(bw_balena_type *type)
{
    const bw_yaml *loader = loader_of(type);
    const char *recipe = bw_yaml_to_text(bw_yaml_get(loader, "recipe"));

    type->loader_recipe = recipe ? recipe : "u-boot";
    type->loader_config = bw_yaml_to_text(bw_yaml_get(loader, "config"));
    collect(type);
    bool ok = decide_device(type);
    /* On a device of its own a file is neither near a partition table nor a partition. */
    return (type->loader_device && !type->boot_device ? true : place_on_disk(type)) && ok;
}
