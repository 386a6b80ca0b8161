/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meta-balena 8 has larger partitions. Devices in the field keep those that they have, and an update that does not fit
 * fails: machines that were released before name the old sizes.
 *
 * Source: balena-os/meta-balena, classes/image_types_balena.bbclass before and since 8.0.0.
 */
#include "systems/balena/disk.h"
#include "systems/balena/update.h"

#include <stdlib.h>

static bool is_old(const bw_balena_repo *repo)
{
    return repo->version && g_ascii_isdigit(repo->version[0]) && atoi(repo->version) < 8;
}

static bool is_in_field(const bw_balena_device *device)
{
    return device->machine && device->state && g_ascii_strcasecmp(device->state, "RELEASED") == 0;
}

/* Whether the layer itself says a size for a machine. */
static bool says(const bw_balena_repo *repo, const char *machine, const char *name)
{
    static const char *const recipes[] = {"balena-image", NULL};
    bw_bb_store *store = bw_balena_store(repo, machine, recipes);
    GPtrArray *parts = bw_bb_parts(store, name);
    bool found = false;

    for (guint i = 0; i < parts->len; i++) {
        const bw_bb_statement *st = parts->pdata[i];
        found |= st->name_place.file && g_str_has_prefix(st->name_place.file, repo->layer->path);
    }
    g_ptr_array_free(parts, TRUE);
    /* Under an override that a layer that is not here may bring. */
    GPtrArray *variants = bw_bb_variants(store, name);
    if (!bw_bb_is_whole(store))
        for (guint i = 0; i < variants->len; i++) {
            bool machine_of_another = false;
            for (uint32_t d = 0; d < repo->device_count; d++)
                machine_of_another |= repo->devices[d].machine && strcmp(repo->devices[d].machine, machine) != 0 &&
                                      strcmp(repo->devices[d].machine, variants->pdata[i]) == 0;
            found |= !machine_of_another;
        }
    g_ptr_array_free(variants, TRUE);
    bw_bb_store_free(store);
    return found;
}

/* The file that lines for images go into: balena-image.inc, else balena-image.bbappend. */
static const bw_bb_file *image_file(const bw_balena_repo *repo)
{
    static const char *const endings[] = {"/balena-image.inc", "/balena-image.bbappend"};

    for (size_t k = 0; k < G_N_ELEMENTS(endings); k++)
        for (uint32_t i = 0; i < repo->layer->file_count; i++)
            if (g_str_has_suffix(repo->layer->files[i]->path, endings[k]))
                return repo->layer->files[i];
    return NULL;
}

void bw_balena_update_sizes(bw_balena_updates *update)
{
    const bw_balena_repo *repo = update->repo;
    const bw_bb_file *file = image_file(repo);
    const char sep = update->to->style == BW_BB_NEW_STYLE ? ':' : '_';
    const bw_balena_sizes old = bw_balena_default_sizes(false, false);
    const struct {
        const char *name;
        uint64_t size;
    } sizes[] = {{"BALENA_BOOT_SIZE", old.boot}, {"BALENA_STATE_SIZE", old.state}, {"IMAGE_ROOTFS_SIZE", old.root}};

    if (!is_old(repo) || !file)
        return;
    GString *lines = g_string_new(NULL);
    for (uint32_t i = 0; i < repo->device_count; i++) {
        const bw_balena_device *device = &repo->devices[i];
        GString *named = g_string_new(NULL);
        bool seen = false;

        for (uint32_t k = 0; k < i; k++)
            seen |=
                repo->devices[k].machine && device->machine && strcmp(repo->devices[k].machine, device->machine) == 0;
        for (size_t s = 0; !seen && is_in_field(device) && s < G_N_ELEMENTS(sizes); s++)
            if (!says(repo, device->machine, sizes[s].name))
                g_string_append_printf(named, "%s%c%s = \"%" G_GUINT64_FORMAT "\"\n", sizes[s].name, sep,
                                       device->machine, sizes[s].size);
        if (named->len) {
            bw_finding *f =
                bw_findings_add(repo->unit->findings, BW_CODE_balena_update_sizes, bw_file_place(device->path),
                                "%s is released, and does not name the partition sizes that it has", device->machine);
            bw_finding_cure(f, "name them in %s (--fix)", strrchr(file->path, '/') + 1);
            g_string_append(lines, named->str);
        }
        g_string_free(named, TRUE);
    }
    if (lines->len) {
        const bool ended = !file->source->len || file->source->text[file->source->len - 1] == '\n';
        g_string_prepend(lines, "\n# Devices in the field keep the partitions from before meta-balena 8.\n");
        if (!ended)
            g_string_prepend_c(lines, '\n');
        bw_balena_edit_add(update, file->source, file->source->len, file->source->len, lines->str);
    }
    g_string_free(lines, TRUE);
}
