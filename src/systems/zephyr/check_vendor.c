/* SPDX-License-Identifier: Apache-2.0 */
/* The vendor of a board. */
#include "systems/zephyr/checks.h"
#include "systems/zephyr/vendors.h"

#include <string.h>

/* Of a board that nobody sells. */
#define NO_VENDOR "others"

/* Where the path goes on behind the last "boards/" that is a folder of its own; NULL if there is none. */
static const char *below_boards(const char *dir)
{
    const char *below = NULL;

    for (const char *p = strstr(dir, "boards/"); p; p = strstr(p + 1, "boards/"))
        if (p == dir || p[-1] == '/')
            below = p + strlen("boards/");
    return below;
}

bool bw_zephyr_has_known_vendor(const bw_zephyr_folder *folder, const bw_zephyr_vendors *vendors,
                                const bw_yml_board *yml, bw_arena *arena)
{
    const char *below = below_boards(folder->dir);

    if (!yml->vendor || !*vendors->names || strcmp(yml->vendor, NO_VENDOR) == 0 ||
        bw_zephyr_vendor_is_known(vendors, yml->vendor))
        return true;
    /* A module has a list of its own. */
    if (!below)
        return false;
    size_t len = (size_t)(below - folder->dir) - strlen("boards/");
    const char *root = len ? bw_arena_strndup(arena, folder->dir, len > 1 ? len - 1 : len) : ".";
    bw_zephyr_vendors *own = bw_zephyr_vendors_read(folder->z->ctx, root);
    bool known = bw_zephyr_vendor_is_known(own, yml->vendor);
    bw_zephyr_vendors_free(own);
    return known;
}

/* Folders that collect boards of many vendors: simulators, and the architectures of older trees. */
static bool is_vendors_folder(const bw_zephyr_vendors *vendors, const char *name)
{
    static const char *const others[] = {"arc",  "arm",   "arm64", "mips",  "native", "nios2",  "posix", NO_VENDOR,
                                         "qemu", "riscv", "rx",    "sparc", "x86",    "xtensa", NULL};

    return !g_strv_contains(others, name) && bw_zephyr_vendor_is_known(vendors, name);
}

static void check_folder(const bw_zephyr_folder *folder, const bw_zephyr_vendors *vendors, const bw_yml_board *yml,
                         bw_arena *arena, bw_findings *findings)
{
    const char *below = below_boards(folder->dir);
    size_t len = below ? strcspn(below, "/") : 0;

    if (!len || !below[len] || strcmp(yml->vendor, NO_VENDOR) == 0)
        return;
    const char *name = bw_arena_strndup(arena, below, len);
    if (strcmp(name, yml->vendor) == 0 || !is_vendors_folder(vendors, name))
        return;
    bw_finding *f =
        bw_findings_add(findings, BW_CODE_zephyr_vendor, bw_yaml_place(yml->vendor_at),
                        "the vendor of %s is %s, but the board lies in the folder of %s", yml->name, yml->vendor, name);
    bw_finding_cure(f, "move the board, or write 'vendor: %s'", name);
}

void bw_zephyr_check_vendor(const bw_zephyr_folder *folder, const bw_zephyr_vendors *vendors, bw_arena *arena,
                            bw_findings *findings)
{
    for (uint32_t i = 0; i < folder->file->count; i++) {
        const bw_yml_board *yml = &folder->file->boards[i];

        if (!yml->name)
            continue;
        if (!yml->vendor && *vendors->names) {
            bw_finding *f =
                bw_findings_add(findings, BW_CODE_zephyr_vendor, bw_yaml_place(yml->at), "%s has no vendor", yml->name);
            bw_finding_cure(f, "add 'vendor:' with its devicetree prefix, or '" NO_VENDOR "'");
        } else if (yml->vendor && !bw_zephyr_has_known_vendor(folder, vendors, yml, arena)) {
            const char *near = bw_nearest(yml->vendor, vendors->names);
            bw_finding *f = bw_findings_add(findings, BW_CODE_zephyr_vendor, bw_yaml_place(yml->vendor_at),
                                            "%s is no vendor of dts/bindings/vendor-prefixes.txt", yml->vendor);
            if (near)
                bw_finding_cure(f, "did you mean '%s'?", near);
            else
                bw_finding_cure(f, "add it there, or write '" NO_VENDOR "'");
        } else if (yml->vendor && *vendors->names) {
            check_folder(folder, vendors, yml, arena, findings);
        }
    }
}
