/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries of fstab for the storage partition: they are in the board or in an overlay. What Zephyr asserts when it
 * compiles or mounts is said here before. Source: Zephyr, subsys/fs/littlefs_fs.c.
 */
#include "systems/ocre/check.h"

#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

/* Where Ocre's working directory, /lfs/ocre, begins. */
#define MOUNT_POINT "/lfs"

static const bw_node *partition_of(const bw_tree *tree, const bw_node *entry)
{
    uint32_t phandle;

    return bw_prop_u32(bw_node_prop_text(entry, "partition"), &phandle) == BW_STATE_OK
               ? bw_tree_by_phandle(tree, phandle)
               : NULL;
}

static uint32_t number_of(const bw_node *entry, const char *name)
{
    uint32_t value;

    return bw_prop_u32(bw_node_prop_text(entry, name), &value) == BW_STATE_OK ? value : 0;
}

/* One rule of littlefs: @p whole of it is a multiple of @p part. @return whether it is kept. */
static bool is_multiple(const bw_ocre_run *run, const bw_node *entry, const char *name, uint32_t whole,
                        const char *part_name, uint32_t part)
{
    const bw_prop *prop = bw_node_prop_text(entry, name);

    if (!whole || !part || whole % part == 0)
        return true;
    bw_finding *f =
        bw_find_prop(run->tree, BW_CODE_littlefs_geometry, entry, prop ? prop : bw_node_prop_text(entry, part_name),
                     "%s of %" PRIu32 " bytes is no multiple of %s, %" PRIu32 " bytes", name, whole, part_name, part);
    if (prop)
        bw_ocre_note(run, f, entry, bw_node_prop_text(entry, part_name), "the other is here");
    return false;
}

static void check_geometry(const bw_ocre_run *run, const bw_node *entry)
{
    const uint32_t cache = number_of(entry, "cache-size");
    const uint32_t prog = number_of(entry, "prog-size");
    const uint32_t block = run->storage.block;

    is_multiple(run, entry, "lookahead-size", number_of(entry, "lookahead-size"), "a group of 8 blocks", 8);
    is_multiple(run, entry, "prog-size", prog, "the flash's write-block-size",
                run->storage.flash ? run->storage.flash->write_block : 0);
    /* A wrong cache is one mistake, however many rules it breaks. */
    if (!is_multiple(run, entry, "cache-size", cache, "read-size", number_of(entry, "read-size")) ||
        !is_multiple(run, entry, "cache-size", cache, "prog-size", prog))
        return;
    if (run->storage.known && !run->storage.block_guessed)
        is_multiple(run, entry, "the erase block", block, "cache-size", cache);
}

/* Zephyr gives open files their caches from a heap that is sized for caches of CONFIG_FS_LITTLEFS_CACHE_SIZE. */
static void check_cache_heap(const bw_ocre_run *run, const bw_node *entry)
{
    const bw_ocre_conf *conf = run->app->settings;
    const uint64_t cache = number_of(entry, "cache-size");
    uint64_t each = 64, files = 4, heap = 0;

    bw_ocre_conf_number(conf, "FS_LITTLEFS_CACHE_SIZE", &each);
    bw_ocre_conf_number(conf, "FS_LITTLEFS_NUM_FILES", &files);
    if (!cache || (bw_ocre_conf_number(conf, "FS_LITTLEFS_FC_HEAP_SIZE", &heap) && heap) || each > UINT32_MAX ||
        files > UINT32_MAX || cache <= each)
        return;
    heap = (each + 32) * files;
    if (heap / cache >= files)
        return;
    bw_finding *f =
        bw_find_prop(run->tree, BW_CODE_littlefs_cache_heap, entry, bw_node_prop_text(entry, "cache-size"),
                     "each open file takes a cache of %" PRIu64 " bytes from a heap of %" PRIu64 ": %" PRIu64
                     " can be open at a time, and not the %" PRIu64 " of CONFIG_FS_LITTLEFS_NUM_FILES",
                     cache, heap, heap / cache, files);
    bw_finding_cure(f, "set CONFIG_FS_LITTLEFS_CACHE_SIZE=%" PRIu64, cache);
}

static void check_mounting(const bw_ocre_run *run, const bw_node *entry)
{
    const bw_prop *where = bw_node_prop_text(entry, "mount-point");
    const char *point = bw_prop_string(where);

    if (!bw_node_prop_text(entry, "automount"))
        bw_finding_cure(bw_find_node(run->tree, BW_CODE_fstab_not_automount, entry,
                                     "nobody mounts the storage partition: the entry has no automount"),
                        "add automount;");
    if (point && strcmp(point, MOUNT_POINT) != 0)
        bw_finding_cure(bw_find_prop(run->tree, BW_CODE_fstab_mount_point, entry, where,
                                     "the storage partition is mounted at %s, but Ocre keeps its state in " MOUNT_POINT
                                     "/ocre",
                                     point),
                        "write mount-point = \"" MOUNT_POINT "\"");
    if (!bw_node_prop_text(entry, "no-format") && !bw_node_prop_text(entry, "read-only"))
        bw_finding_cure(
            bw_find_node(run->tree, BW_CODE_fstab_autoformat, entry,
                         "where littlefs does not mount, Zephyr formats the partition, and images that were "
                         "put there are lost"),
            "add no-format; when images are preloaded");
}

void bw_ocre_check_mounts(const bw_ocre_run *run)
{
    const bw_node *first = NULL;

    if (!run->storage.node || run->storage.unavailable)
        return;
    BW_FOR_NODES (run->tree, entry) {
        if (!bw_node_is_compatible(run->tree, entry, "zephyr,fstab,littlefs") ||
            bw_node_unavailable(run->tree, entry) || partition_of(run->tree, entry) != run->storage.node)
            continue;
        if (first) {
            bw_finding *f =
                bw_find_prop(run->tree, BW_CODE_fstab_duplicate, entry, bw_node_prop_text(entry, "partition"),
                             "a second entry of fstab mounts the storage partition");
            bw_ocre_note(run, f, first, bw_node_prop_text(first, "partition"), "the first is here");
            continue;
        }
        first = entry;
        check_geometry(run, entry);
        if (run->app)
            check_cache_heap(run, entry);
        check_mounting(run, entry);
    }
}
