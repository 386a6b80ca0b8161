/* SPDX-License-Identifier: Apache-2.0 */
/* The boot partition's number where it is written down, and update hooks against the image. */
#include "base/folder.h"
#include "base/text.h"
#include "systems/balena/check_disk_parts.h"
#include "systems/balena/layers.h"

#include <inttypes.h>

const char *bw_balena_size_words(bw_arena *arena, uint64_t bytes)
{
    GString *text = g_string_new(NULL);

    bw_text_size(text, bytes);
    const char *words = bw_arena_printf(arena, "%s (0x%" PRIx64 ")", text->str, bytes);
    g_string_free(text, TRUE);
    return words;
}

/* ---- numbers ---- */

static unsigned boot_number(const bw_balena_image *image)
{
    const bw_balena_partition *boot =
        image->drawn && image->partitions_known && !image->unsure ? bw_balena_disk_find(&image->disk, "boot") : NULL;

    return boot ? boot->number : 0;
}

static const bw_json *member(const bw_json *object, const char *name)
{
    return object && object->kind == BW_JSON_OBJECT ? bw_json_get(object, name) : NULL;
}

static void check_manifest(const bw_balena_repo *repo, const bw_balena_image *shipped, bw_balena_said *said)
{
    const bw_balena_device *device = shipped->device;
    const bw_json *value = member(member(member(device->manifest, "configuration"), "config"), "partition");
    unsigned number = boot_number(shipped);

    if (value && value->kind == BW_JSON_OBJECT)
        value = member(value, "primary");
    if (!number || !value || value->kind != BW_JSON_NUMBER || value->number == (double)number)
        return;
    bw_place place = bw_json_place(value);
    if (!bw_balena_say(said, BW_CODE_balena_boot_partition, place, ""))
        return;
    bw_finding *f =
        bw_findings_add(repo->unit->findings, BW_CODE_balena_boot_partition, place,
                        "config.json is looked for in partition %g, but the boot partition of %s is number %u",
                        value->number, shipped->flasher ? "the flasher" : "the image", number);
    bw_finding_subject(f, device->file, NULL);
    if (shipped->first_extra)
        bw_finding_note(f, shipped->first_extra->place, "%u partitions are made in front of it", number - 1);
    bw_finding_cure(f, "partition: %u", number);
}

/* "u-boot-rockpi-4" of ".../u-boot-rockpi-4_%.bbappend". */
static char *recipe_of(const char *path)
{
    const char *name = bw_path_name(path);

    return g_strndup(name, strcspn(name, "_."));
}

/* U-Boot counts in hexadecimal, with or without 0x. */
static bool hexadecimal(const char *text, uint64_t *number)
{
    char *end;

    while (*text == ' ')
        text++;
    *number = g_ascii_strtoull(text, &end, 16);
    return end != text && *end == 0;
}

static void check_uboot_number(const bw_balena_repo *repo, const bw_balena_image *target, bw_bb_store *store,
                               const char *variable, unsigned wanted, const char *what, bw_balena_said *said)
{
    bw_bb_value value = bw_bb_get(store, variable);
    uint64_t number;

    /* meta-balena's class has defaults, which a U-Boot of the board's own may not use */
    if (!value.text || !value.known || !value.place.file || !g_str_has_prefix(value.place.file, repo->layer->path) ||
        !hexadecimal(value.text, &number) || number == wanted ||
        !bw_balena_say(said, BW_CODE_balena_uboot_partition, value.place, ""))
        return;
    bw_finding *f = bw_findings_add(repo->unit->findings, BW_CODE_balena_uboot_partition, value.place,
                                    "U-Boot takes %s partition for number %" PRIu64 ", but of %s it is %u (0x%X)", what,
                                    number, target->device->file, wanted, wanted);
    bw_finding_subject(f, target->device->file, NULL);
    if (target->first_extra)
        bw_finding_note(f, target->first_extra->place, "partitions in front of it are made here");
    bw_finding_cure(f, "%s = \"0x%X\"", variable, wanted);
}

static bool sets_boot_part(const bw_bb_file *file)
{
    for (uint32_t i = 0; i < file->count; i++) {
        const bw_bb_statement *s = &file->statements[i];

        if (s->kind == BW_BB_ASSIGN &&
            (g_str_has_prefix(s->written, "BALENA_BOOT_PART") ||
             g_str_has_prefix(s->written, "BALENA_DEFAULT_ROOT_PART")) &&
            !g_str_has_prefix(s->written, "BALENA_BOOT_PARTITION"))
            return true;
    }
    return false;
}

static void check_uboot(const bw_balena_repo *repo, const bw_balena_image *target, bw_balena_said *said)
{
    unsigned number = boot_number(target);

    for (uint32_t i = 0; number && i < repo->layer->file_count; i++) {
        const bw_bb_file *file = repo->layer->files[i];

        if (!g_str_has_suffix(file->path, ".bbappend") && !g_str_has_suffix(file->path, ".bb"))
            continue;
        if (!sets_boot_part(file))
            continue;
        char *name = recipe_of(file->path);
        const char *const recipes[] = {name, NULL};
        bw_bb_store *store = bw_balena_store(repo, target->device->machine, recipes);
        check_uboot_number(repo, target, store, "BALENA_BOOT_PART", number, "the boot", said);
        check_uboot_number(repo, target, store, "BALENA_DEFAULT_ROOT_PART", number + 1, "the first root", said);
        bw_bb_store_free(store);
        g_free(name);
    }
}

void bw_balena_check_numbers(const bw_balena_repo *repo, const bw_balena_image *target, const bw_balena_image *shipped,
                             bw_balena_said *said)
{
    check_manifest(repo, shipped, said);
    check_uboot(repo, target, said);
}

/* ---- hooks ---- */

/* Whether another layer of balenaOS, which is not here, may have the file. */
static bool may_be_elsewhere(const bw_balena_repo *repo)
{
    const bw_balena_stack *stack = bw_balena_stack_of(repo);

    for (uint32_t i = 0; i < stack->count; i++) {
        const bw_balena_stacked *layer = &stack->layers[i];

        if (!layer->known || (!layer->conf && !layer->own && strstr(layer->entry, "/meta-balena-") &&
                              !strstr(layer->entry, "/meta-balena/")))
            return true;
    }
    return false;
}

static void check_hook_is_there(const bw_balena_repo *repo, const bw_balena_device *device, const bw_balena_hook *hook,
                                bw_balena_said *said)
{
    if (hook->path || !hook->own || may_be_elsewhere(repo) ||
        !bw_balena_say(said, BW_CODE_balena_hook_missing, hook->place, hook->name))
        return;
    bw_finding *f =
        bw_findings_add(repo->unit->findings, BW_CODE_balena_hook_missing, hook->place,
                        "update hook '%s' is in no folder of the layer, and is none of meta-balena's", hook->name);
    bw_finding_subject(f, device->file, NULL);
}

typedef struct offsets {
    const bw_balena_write *nearest;
    bool any, equal;
} offsets;

static void compare_offsets(offsets *o, const bw_balena_image *image, const bw_balena_write *hook)
{
    for (uint32_t i = 0; image && i < image->disk.write_count; i++) {
        const bw_balena_write *w = &image->disk.writes[i];

        if (w->hook || w->medium || !w->offset_known)
            continue;
        o->any = true;
        o->equal |= w->offset == hook->offset;
        if (!o->nearest || (hook->file && w->file && strcmp(hook->file, w->file) == 0))
            o->nearest = w;
    }
}

static void check_offset(const bw_balena_repo *repo, const bw_balena_image *target, const bw_balena_image *flasher,
                         const bw_balena_write *w, bw_balena_said *said)
{
    bw_arena *arena = &repo->unit->arena;
    offsets o = {0};

    if (w->medium || !w->offset_known || (w->file && strcmp(w->file, "zeroes") == 0))
        return;
    compare_offsets(&o, target, w);
    compare_offsets(&o, flasher, w);
    if (!o.any || o.equal || !bw_balena_say(said, BW_CODE_balena_hook_offset, w->place, w->path))
        return;
    bw_finding *f = bw_findings_add(repo->unit->findings, BW_CODE_balena_hook_offset, w->place,
                                    "an update writes %s at %s, where the image has nothing",
                                    w->file ? w->file : w->path, bw_balena_size_words(arena, w->offset));
    bw_finding_subject(f, target->device->file, NULL);
    bw_finding_note(f, o.nearest->place, "the image has %s at %s", o.nearest->file ? o.nearest->file : o.nearest->path,
                    bw_balena_size_words(arena, o.nearest->offset));
}

/* The path on the boot partition that a hook reads, or NULL. */
static const char *on_boot(const bw_balena_write *w)
{
    static const char *const mounts[] = {"/resin-boot/", "/mnt/boot/"};

    for (size_t i = 0; i < G_N_ELEMENTS(mounts); i++) {
        if (g_str_has_prefix(w->path, mounts[i]))
            return w->path + strlen(mounts[i]) - 1;
    }
    return NULL;
}

static void check_file(const bw_balena_repo *repo, const bw_balena_device *device, const bw_balena_boot_files *files,
                       const bw_balena_write *w, bw_balena_said *said)
{
    const char *path = on_boot(w);
    const char *near = NULL;

    /* What is filled in when the hook is installed is marked by such characters. */
    if (!files->whole || !path || strpbrk(path, "?*@#%"))
        return;
    for (uint32_t i = 0; i < files->count; i++) {
        if (g_pattern_match_simple(files->paths[i], path))
            return;
    }
    if (!bw_balena_say(said, BW_CODE_balena_hook_file, w->place, path))
        return;
    bw_finding *f = bw_findings_add(repo->unit->findings, BW_CODE_balena_hook_file, w->place,
                                    "an update reads %s, which the boot partition of %s does not get: the update stops",
                                    w->path, device->file);
    bw_finding_subject(f, device->file, NULL);
    near = bw_nearest(path, files->paths);
    if (near && !strchr(near, '*'))
        bw_finding_cure(f, "%s is shipped", near);
}

void bw_balena_check_hooks(const bw_balena_repo *repo, const bw_balena_image *target, const bw_balena_image *flasher,
                           bw_balena_said *said)
{
    bool any = false;

    for (uint32_t i = 0; i < target->hook_count; i++)
        check_hook_is_there(repo, target->device, &target->hooks[i], said);
    for (uint32_t i = 0; i < target->disk.write_count; i++)
        any |= target->disk.writes[i].hook;
    bw_balena_boot_files files = any ? bw_balena_boot_files_of(repo, target->device, false) : (bw_balena_boot_files){0};
    for (uint32_t i = 0; i < target->disk.write_count; i++) {
        const bw_balena_write *w = &target->disk.writes[i];

        if (!w->hook || w->flasher)
            continue;
        if (!target->unsure)
            check_offset(repo, target, flasher, w, said);
        check_file(repo, target->device, &files, w, said);
    }
}
