/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/ocre/mount.h"

#include "tree/strings.h"

static uint32_t number_of(const bw_node *node, const char *name)
{
    uint32_t value;

    return bw_prop_u32(bw_node_prop_text(node, name), &value) == BW_STATE_OK ? value : 0;
}

bw_ocre_mount bw_ocre_mount_of(const bw_tree *tree, const bw_node *partition)
{
    BW_FOR_NODES (tree, n) {
        uint32_t phandle;

        if (!bw_node_is_compatible(tree, n, "zephyr,fstab,littlefs") ||
            bw_prop_u32(bw_node_prop_text(n, "partition"), &phandle) != BW_STATE_OK ||
            bw_tree_by_phandle(tree, phandle) != partition)
            continue;
        return (bw_ocre_mount){.node = n,
                               .read_size = number_of(n, "read-size"),
                               .prog_size = number_of(n, "prog-size"),
                               .cache_size = number_of(n, "cache-size"),
                               .disk_version = number_of(n, "disk-version")};
    }
    return (bw_ocre_mount){0};
}

bw_lfs_options bw_ocre_mount_options(const bw_ocre_mount *mount)
{
    return (bw_lfs_options){.prog_size = mount->prog_size ? mount->prog_size : BW_OCRE_FSTAB_SIZE,
                            .version = mount->disk_version ? mount->disk_version : BW_LFS_VERSION_2_1,
                            .name_max = BW_LFS_NAME_MAX,
                            .file_max = BW_LFS_FILE_MAX,
                            .attr_max = BW_LFS_ATTR_MAX};
}
