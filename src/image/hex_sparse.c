/* SPDX-License-Identifier: Apache-2.0 */
/* Of a storage image, only what its file system looks at. */
#include "image/hex.h"

#include "image/lfs.h"

bool bw_hex_make_sparse(bw_hex *hex)
{
    const bw_hex_run whole = g_array_index(hex->runs, bw_hex_run, hex->runs->len - 1);
    const bw_hex_file *file = g_ptr_array_index(hex->files, whole.file);
    uint32_t errors = hex->findings->counts[BW_ERROR];
    bw_arena arena;

    bw_arena_init(&arena);
    const bw_lfs *lfs = bw_lfs_read(&arena, file->path, file->bytes.data, file->bytes.len, NULL, hex->findings);
    bool good = lfs->readable && hex->findings->counts[BW_ERROR] == errors;
    if (good)
        g_array_set_size(hex->runs, hex->runs->len - 1);
    for (uint32_t i = 0; good && i < lfs->image_blocks;) {
        uint32_t begin = i;

        while (i < lfs->image_blocks && lfs->owners[i])
            i++;
        if (i > begin) {
            bw_hex_run part = whole;

            part.offset = (uint64_t)begin * lfs->block_size;
            part.address += part.offset;
            part.len = (uint64_t)(i - begin) * lfs->block_size;
            g_array_append_val(hex->runs, part);
        } else {
            i++;
        }
    }
    bw_arena_free(&arena);
    return good;
}
