/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an application needs from other places: images that some step brings, headers of the platform, and the windows
 * of the virtual PCI bus that one of them has.
 * Sources: seL4/camkes-vm, components/VM_Arm/include/vmlinux.h; seL4/seL4_projects_libs, libsel4vmmplatsupport.
 */
#include "systems/sel4/check_app.h"

#include <inttypes.h>
#include <string.h>

/* ---- S15 ---- */

#define IMAGES_VARIABLE "${CAMKES_VM_IMAGES_DIR}/"

/* The file below the folder of images, or NULL. */
static const char *image_of(const bw_sel4_file *file)
{
    const char *path = file->path.text;

    if (!path || !g_str_has_prefix(path, IMAGES_VARIABLE) || strstr(path + strlen(IMAGES_VARIABLE), "${"))
        return NULL;
    return path + strlen(IMAGES_VARIABLE);
}

static bool is_copied(const bw_sel4_app *app, const char *image)
{
    for (uint32_t i = 0; i < app->copied_count; i++) {
        const char *to = app->copied[i].text;
        const size_t len = strlen(to);

        /* A folder as the goal takes any file of it. */
        if (strcmp(to, image) == 0 || (len && to[len - 1] == '/' && g_str_has_prefix(image, to)))
            return true;
    }
    return false;
}

static bool is_among_images(const bw_sel4_app *app, const char *image)
{
    char *path = app->sources && app->sources->images ? g_build_filename(app->sources->images, image, NULL) : NULL;
    const bool there = path && g_file_test(path, G_FILE_TEST_EXISTS);

    g_free(path);
    return there;
}

static void check_images(const bw_sel4_app *app, bw_findings *findings)
{
    const bool known = app->copied_count || (app->sources && app->sources->images);
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (uint32_t i = 0; known && i < app->file_count; i++) {
        const char *image = image_of(&app->files[i]);

        if (!image || !g_hash_table_add(seen, (gpointer)(uintptr_t)image) || is_copied(app, image) ||
            is_among_images(app, image))
            continue;
        bw_finding *f =
            bw_findings_add(findings, BW_CODE_sel4_vm_image, app->files[i].path.place, "nothing brings %s: %s", image,
                            app->copied_count ? "no command of the pages beside copies it there"
                                              : "the folder of images does not have it");

        if (app->copied_count)
            bw_finding_note(f, app->copied[0].place, "other images are copied here");
    }
    g_hash_table_unref(seen);
}

/* ---- S22 ---- */

typedef struct header {
    const char *repository, *path; /* %s: the platform */
} header;

static const header headers[] = {
    {"camkes-vm", "components/VM_Arm/plat_include/%s/plat/vmlinux.h"},
    {"seL4_projects_libs", "libsel4vmmplatsupport/plat_include/%s/sel4vmmplatsupport/plat/vpci.h"},
    {"seL4_projects_libs", "libsel4vmmplatsupport/plat_include/%s/sel4vmmplatsupport/plat/guest_vcpu_util.h"},
};

static const char *folder_of(const bw_sel4_app *app, const header *h)
{
    if (!app->sources)
        return NULL;
    return *h->repository == 'c' ? app->sources->camkes_vm : app->sources->projects_libs;
}

/* @return to be freed; NULL when the repository is not known. */
static char *header_path(const bw_sel4_app *app, const header *h)
{
    const char *folder = folder_of(app, h);
    char **halves = g_strsplit(h->path, "%s", 2);
    char *path = folder ? g_strconcat(folder, "/", halves[0], app->platform, halves[1], NULL) : NULL;

    g_strfreev(halves);
    return path;
}

static void check_headers(const bw_sel4_app *app, bw_findings *findings)
{
    GString *missing = g_string_new(NULL);

    /* Upstream's own are there, some under the name of another platform; those of support.yml are being written. */
    for (size_t i = 0; i < G_N_ELEMENTS(headers) && !bw_sel4_is_upstream(app) && !app->planned; i++) {
        char *path = header_path(app, &headers[i]);

        if (!path || !g_file_test(path, G_FILE_TEST_IS_REGULAR))
            g_string_append_printf(missing, "%splat/%s of %s", missing->len ? ", " : "",
                                   strrchr(headers[i].path, '/') + 1, headers[i].repository);
        g_free(path);
    }
    if (missing->len && app->vm_count) {
        bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_header, app->vms[0].place,
                                        "%s has no headers for its guests: %s %s missing%s", app->platform,
                                        missing->str, strchr(missing->str, ',') ? "are" : "is",
                                        app->sources ? "" : " upstream, and no other source is known");

        bw_finding_cure(f, app->sources ? "boardwright build --system sel4 writes them"
                                        : "boardwright build --system sel4 writes them; --sdk names the folder with "
                                          "the repositories");
    }
    g_string_free(missing, TRUE);
}

/* ---- S34 ---- */

static bool define_of(const char *text, const char *name, uint64_t *value)
{
    char *wanted = g_strdup_printf("#define %s ", name);
    const char *at = strstr(text, wanted);

    if (at)
        *value = g_ascii_strtoull(at + strlen(wanted), NULL, 0);
    g_free(wanted);
    return at != NULL;
}

static bool overlaps(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

static void check_window(const bw_sel4_app *app, const bw_sel4_vm *vm, const char *name, uint64_t base, uint64_t size,
                         bw_findings *findings)
{
    bw_arena arena;
    uint32_t count;

    if (vm->ram_base.known && vm->ram_size.known && overlaps(base, size, vm->ram_base.value, vm->ram_size.value)) {
        bw_finding_cure(bw_findings_add(findings, BW_CODE_sel4_vm_pci_window, vm->ram_base.place,
                                        "the %s window of the virtual PCI bus, 0x%" PRIx64 " + 0x%" PRIx64
                                        ", lies in the RAM of %s",
                                        name, base, size, vm->name),
                        "move the windows of plat/vpci.h");
        return;
    }
    bw_arena_init(&arena);
    const bw_sel4_grant *grants = bw_sel4_grants(app, vm, &arena, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (!grants[i].query || !overlaps(base, size, grants[i].base, (uint64_t)1 << grants[i].bits))
            continue;
        bw_finding_cure(bw_findings_add(findings, BW_CODE_sel4_vm_pci_window, grants[i].query->path.place,
                                        "the %s window of the virtual PCI bus, 0x%" PRIx64 " + 0x%" PRIx64
                                        ", lies on 0x%" PRIx64 " of %s",
                                        name, base, size, grants[i].base, bw_node_path(app->tree, grants[i].node)),
                        "move the windows of plat/vpci.h");
        break;
    }
    bw_arena_free(&arena);
}

static void check_windows(const bw_sel4_app *app, bw_findings *findings)
{
    static const char *const names[][3] = {
        {"configuration", "PCI_CFG_REGION_ADDR", "PCI_CFG_REGION_SIZE"},
        {"I/O", "PCI_IO_REGION_ADDR", "PCI_IO_REGION_SIZE"},
        {"memory", "PCI_MEM_REGION_ADDR", "PCI_MEM_REGION_SIZE"},
    };
    char *path = header_path(app, &headers[1]);
    char *text = NULL;

    if (path && bw_sel4_is_on(bw_sel4_setting_of(app, "VmPCISupport")) && g_file_get_contents(path, &text, NULL, NULL))
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            uint64_t base, size;

            if (!define_of(text, names[i][1], &base) || !define_of(text, names[i][2], &size) || !size ||
                size > UINT64_MAX - base)
                continue;
            for (uint32_t v = 0; v < app->vm_count; v++)
                check_window(app, &app->vms[v], names[i][0], base, size, findings);
        }
    g_free(text);
    g_free(path);
}

void bw_sel4_check_sources(const bw_sel4_app *app, bw_findings *findings)
{
    check_images(app, findings);
    check_headers(app, findings);
    check_windows(app, findings);
}
