/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images, flasher and kernel: 33, 34, 39 to 41, 43 and 47 of the list in docs/balena.md. What a machine has is asked of
 * the evaluated metadata; what a layer that is not there might set is unknown, and then nothing is said.
 *
 * Source: meta-balena-common, classes/image-balena.bbclass and recipes-support/resin-init/.
 */
#include "json/write.h"
#include "systems/balena/check_parts.h"
#include "systems/balena/words.h"

static bool is_boot_list(const char *name)
{
    static const char *const lists[] = {"BALENA_BOOT_PARTITION_FILES", "RESIN_BOOT_PARTITION_FILES"};

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        const size_t len = strlen(lists[i]);
        if (strncmp(name, lists[i], len) == 0 && (!name[len] || name[len] == ':' || name[len] == '_'))
            return true;
    }
    return false;
}

/* The colon that parts source and target; those in ${…} do not count. NULL: there is none. */
static const char *parting_colon(const char *item)
{
    unsigned open = 0;

    for (; *item; item++) {
        if (item[0] == '$' && item[1] == '{')
            open++;
        else if (*item == '}' && open)
            open--;
        else if (*item == ':' && !open)
            return item;
    }
    return NULL;
}

/* ---- 33, 34: items as they are written ---- */

static bool is_kernel(const char *item, size_t len)
{
    static const char *const kernels[] = {
        "${KERNEL_IMAGETYPE}${KERNEL_INITRAMFS}-${MACHINE}.bin",
        "${KERNEL_IMAGETYPE}-${MACHINE}.bin",
        "${KERNEL_IMAGETYPE}-initramfs-${MACHINE}.bin",
    };
    static const char *const types[] = {"zImage", "Image", "Image.gz", "bzImage", "uImage", "fitImage"};

    for (size_t i = 0; i < G_N_ELEMENTS(kernels); i++)
        if (strlen(kernels[i]) == len && strncmp(item, kernels[i], len) == 0)
            return true;
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        const size_t type = strlen(types[i]);
        if (strncmp(item, types[i], type) == 0 && g_str_has_prefix(item + type, "${KERNEL_INITRAMFS}-") && len > 4 &&
            strncmp(item + len - 4, ".bin", 4) == 0)
            return true;
    }
    return false;
}

/* @param kernel the finding of this file that the kernel is in the list, or NULL: one a file, the others are notes */
static void check_item(const bw_balena_repo *repo, const bw_balena_word *word, bw_finding **kernel)
{
    const char *colon = parting_colon(word->text);
    bw_findings *findings = repo->unit->findings;

    if (!colon) {
        if (!strstr(word->text, "${")) {
            bw_finding *f = bw_findings_add(findings, BW_CODE_balena_boot_files, word->place,
                                            "%s has no colon: the image class refuses it", word->text);
            bw_finding_cure(f, "write %s:/%s", word->text, word->text);
        }
        return;
    }
    const char *target = colon + 1;
    const char *third = parting_colon(target);
    const size_t len = third ? (size_t)(third - target) : strlen(target);
    if (colon == word->text)
        bw_findings_add(findings, BW_CODE_balena_boot_files, word->place, "%s names no source", word->text);
    else if (len && target[0] != '/' && target[0] != '$') {
        bw_finding *f =
            bw_findings_add(findings, BW_CODE_balena_boot_files, word->place,
                            "%.*s is no place on the boot partition: it does not begin with /", (int)len, target);
        bw_finding_cure(f, "write %.*s/%.*s", (int)(target - word->text), word->text, (int)len, target);
    }
    if (!is_kernel(word->text, (size_t)(colon - word->text)))
        return;
    if (*kernel)
        bw_finding_note(*kernel, word->place, "and here");
    else
        *kernel = bw_findings_add(findings, BW_CODE_balena_boot_kernel, word->place,
                                  "the kernel is put on the boot partition; it belongs into the root file system");
}

static void check_boot_lists(const bw_balena_repo *repo)
{
    for (uint32_t i = 0; i < repo->layer->file_count; i++) {
        const bw_bb_file *file = repo->layer->files[i];
        bw_finding *kernel = NULL;
        for (uint32_t k = 0; k < file->count; k++) {
            const bw_bb_statement *st = &file->statements[k];
            if (st->kind != BW_BB_ASSIGN || !is_boot_list(st->written) || strstr(st->written, "remove"))
                continue;
            GArray *words = bw_balena_words(repo->unit, st);
            for (guint w = 0; w < words->len; w++)
                check_item(repo, &g_array_index(words, bw_balena_word, w), &kernel);
            g_array_free(words, TRUE);
        }
    }
}

/* ---- 39 to 41: the flasher ---- */

/* Whether anything in force or not says this variable: another layer's overrides may make it count. */
static bool may_be_set(bw_bb_store *store, const char *name)
{
    if (bw_bb_get(store, name).text)
        return true;
    GPtrArray *variants = bw_bb_variants(store, name);
    const bool any = variants->len > 0;
    g_ptr_array_free(variants, TRUE);
    return any;
}

/* Whether a file is put on a boot partition: TRUE, FALSE, or -1 when what is put there is not all known. */
static int ships(bw_bb_store *store, const char *list, const char *file)
{
    const bw_bb_value value = bw_bb_get(store, list);
    char **items = g_strsplit_set(value.text ? value.text : "", " \t\n", -1);
    int found = value.text && value.known && bw_bb_is_whole(store) ? FALSE : -1;

    for (char **i = items; *i && found != TRUE; i++) {
        const char *colon = parting_colon(*i);
        if (!colon)
            continue;
        const char *target = colon + 1;
        const bool folder = !*target || g_str_has_suffix(target, "/");
        char *source = g_strndup(*i, (gsize)(colon - *i));
        char *name = folder ? g_path_get_basename(source) : g_path_get_basename(target);
        if (strcmp(name, file) == 0 || (*target == '/' && strcmp(target + 1, file) == 0))
            found = TRUE;
        else if (folder && !strchr(name, '.')) /* may be a folder with anything in it */
            found = -1;
        g_free(name);
        g_free(source);
    }
    g_strfreev(items);
    return found;
}

/* Whether the manifest's operations make a file on the boot partition. */
static bool is_operated(const bw_balena_device *device, const char *file)
{
    static const bw_json_format format = {.compact = true};
    const bw_json *configuration = device->manifest ? bw_json_get(device->manifest, "configuration") : NULL;
    const bw_json *operations = configuration ? bw_json_get(configuration, "operations") : NULL;
    char *text = operations ? bw_json_text_of(operations, &format) : NULL;
    const bool found = text && strstr(text, file);

    g_free(text);
    return found;
}

static void check_bootloader(const bw_balena_repo *repo, const bw_balena_device *device, bw_bb_store *init,
                             bw_bb_store *flasher, const char *suffix)
{
    static const char *const wanted[] = {"BOOTLOADER_IMAGE", "BOOTLOADER_BLOCK_SIZE_OFFSET",
                                         "BOOTLOADER_SKIP_OUTPUT_BLOCKS"};
    char *name = g_strconcat("BOOTLOADER_FLASH_DEVICE", suffix, NULL);
    const bw_bb_value target = bw_bb_get(init, name);

    for (size_t i = 0; target.text && *target.text && i < G_N_ELEMENTS(wanted); i++) {
        char *other = g_strconcat(wanted[i], suffix, NULL);
        if (!may_be_set(init, other))
            bw_findings_add(repo->unit->findings, BW_CODE_balena_flasher_bootloader, target.place,
                            "%s is set, but %s is not", name, other);
        g_free(other);
    }
    g_free(name);
    name = g_strconcat("BOOTLOADER_IMAGE", suffix, NULL);
    const bw_bb_value image = bw_bb_get(init, name);
    if (target.text && image.text && image.known && *image.text && !is_operated(device, image.text) &&
        ships(flasher, "BALENA_BOOT_PARTITION_FILES", image.text) == FALSE)
        bw_findings_add(repo->unit->findings, BW_CODE_balena_flasher_bootloader, image.place,
                        "%s, which the flasher of %s shall write, is not on its boot partition", image.text,
                        device->file);
    g_free(name);
}

static void check_config(const bw_balena_repo *repo, const bw_balena_device *device, bw_bb_store *init,
                         bw_bb_store *flasher)
{
    const bw_bb_value config = bw_bb_get(init, "INTERNAL_DEVICE_BOOTLOADER_CONFIG");

    if (!config.text || !*config.text)
        return;
    if (!may_be_set(init, "INTERNAL_DEVICE_BOOTLOADER_CONFIG_PATH")) {
        bw_findings_add(repo->unit->findings, BW_CODE_balena_flasher_config, config.place,
                        "INTERNAL_DEVICE_BOOTLOADER_CONFIG is set for %s, but INTERNAL_DEVICE_BOOTLOADER_CONFIG_PATH "
                        "is not: the build stops",
                        device->file);
        return;
    }
    if (config.known && ships(flasher, "BALENA_BOOT_PARTITION_FILES", config.text) == FALSE)
        bw_findings_add(repo->unit->findings, BW_CODE_balena_flasher_config, config.place,
                        "%s is not on the boot partition of the flasher of %s", config.text, device->file);
}

/* Whether the layer sets a variable anywhere, in a file that any recipe may read. */
static bool is_written(const bw_balena_repo *repo, const char *name)
{
    const size_t len = strlen(name);

    for (uint32_t i = 0; i < repo->layer->file_count; i++)
        for (uint32_t k = 0; k < repo->layer->files[i]->count; k++) {
            const bw_bb_statement *st = &repo->layer->files[i]->statements[k];
            if (st->kind == BW_BB_ASSIGN && strncmp(st->written, name, len) == 0 &&
                (!st->written[len] || st->written[len] == ':' || st->written[len] == '_'))
                return true;
        }
    return false;
}

/* A layer of balena that is private here may set what the flasher needs. */
static bool has_private_layer(const bw_balena_repo *repo)
{
    for (uint32_t i = 0; i < repo->submodule_count; i++) {
        const bw_balena_submodule *sub = &repo->submodules[i];
        if (!sub->present && g_str_has_prefix(sub->path, "layers/meta-balena-"))
            return true;
    }
    return false;
}

static void check_flasher(const bw_balena_repo *repo, const bw_balena_device *device)
{
    static const char *const init_recipes[] = {"resin-init-flasher", NULL};
    static const char *const image_recipes[] = {"balena-image-flasher", NULL};
    bw_bb_store *init = bw_balena_store(repo, device->machine, init_recipes);
    bw_bb_store *flasher = bw_balena_store(repo, device->machine, image_recipes);

    if (!may_be_set(init, "INTERNAL_DEVICE_KERNEL") && !is_written(repo, "INTERNAL_DEVICE_KERNEL") &&
        !has_private_layer(repo))
        bw_balena_find(repo, device, BW_CODE_balena_flasher_target,
                       bw_json_get(bw_json_get(device->manifest, "yocto"), "image"),
                       "%s has a flasher image, but nothing sets INTERNAL_DEVICE_KERNEL", device->file);
    check_bootloader(repo, device, init, flasher, "");
    check_bootloader(repo, device, init, flasher, "_1");
    check_config(repo, device, init, flasher);
    bw_bb_store_free(init);
    bw_bb_store_free(flasher);
}

/* ---- 43: the kernel ---- */

static bool inherits_class(const bw_bb_file *file)
{
    for (uint32_t k = 0; k < file->count; k++) {
        const bw_bb_statement *st = &file->statements[k];
        if (st->kind == BW_BB_INHERIT && (strstr(st->value, "kernel-balena") || strstr(st->value, "kernel-resin")))
            return true;
    }
    return false;
}

static void check_kernel(const bw_balena_repo *repo)
{
    const bw_bb_file *kernel = NULL;

    for (uint32_t i = 0; i < repo->layer->file_count; i++) {
        const bw_bb_file *file = repo->layer->files[i];
        const char *name = strrchr(file->path, '/');
        if (inherits_class(file))
            return;
        if (!kernel && strstr(file->path, "/recipes-kernel/linux") && name && g_str_has_prefix(name, "/linux-"))
            kernel = file;
    }
    const bw_balena_stack *stack = bw_balena_stack_of(repo);
    const char *conf = repo->layer->conf ? repo->layer->conf->path : NULL;
    if (kernel || (conf && stack->count))
        bw_findings_add(repo->unit->findings, BW_CODE_balena_kernel_class, bw_file_place(kernel ? kernel->path : conf),
                        kernel ? "no recipe of the layer inherits kernel-balena: the kernel lacks what balenaOS needs"
                               : "the layer has no append of a kernel that inherits kernel-balena");
}

/* ---- 47: GPT ---- */

static void check_gpt(const bw_balena_repo *repo)
{
    const bw_bb_statement *late = NULL;

    for (uint32_t i = 0; i < repo->layer->file_count; i++) {
        const bw_bb_file *file = repo->layer->files[i];
        for (uint32_t k = 0; k < file->count; k++) {
            const bw_bb_statement *st = &file->statements[k];
            if (!st->value)
                continue;
            if (st->kind == BW_BB_ASSIGN && strstr(st->value, "gptfdisk") && strstr(file->path, "initramfs"))
                return;
            if (st->kind != BW_BB_ASSIGN || !g_str_has_prefix(st->written, "PARTITION_TABLE_TYPE") ||
                strcmp(st->value, "gpt") != 0)
                continue;
            if (bw_balena_is_conf(file->path))
                return;
            late = late ? late : st;
        }
    }
    if (late)
        bw_findings_add(repo->unit->findings, BW_CODE_balena_gpt_late, late->name_place,
                        "%s is set where the initramfs does not see it: it has no tools for GPT", late->written);
}

void bw_balena_check_images(const bw_balena_repo *repo)
{
    if (!repo->layer)
        return;
    check_boot_lists(repo);
    for (uint32_t i = 0; i < repo->device_count; i++)
        if (repo->devices[i].flasher && repo->devices[i].machine)
            check_flasher(repo, &repo->devices[i]);
    check_kernel(repo);
    check_gpt(repo);
}
