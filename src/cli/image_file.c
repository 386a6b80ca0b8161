/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/image_file.h"

#include "cli/commands.h"
#include "image/hex.h"
#include "yaml/schema.h"

#include <errno.h>

bool bw_size_option(const char *command, const char *option, const char *word, uint64_t *bytes)
{
    const bw_yaml value = {.kind = BW_YAML_SCALAR, .plain = true, .text = word};

    if (!word || bw_yaml_to_size(&value, bytes))
        return true;
    bw_usage_error(command, "--%s=%s: it takes a number of bytes, such as 4096, 0x1000, 64KiB or 16MiB", option, word);
    return false;
}

bool bw_size_option32(const char *command, const char *option, const char *word, uint32_t *bytes)
{
    uint64_t wide = 0;

    if (!word)
        return true;
    if (!bw_size_option(command, option, word, &wide))
        return false;
    *bytes = (uint32_t)wide;
    if (wide && wide <= UINT32_MAX)
        return true;
    bw_usage_error(command, "--%s=%s: it takes from 1 byte to 4 GiB less one", option, word);
    return false;
}

bool bw_image_window_read(bw_image_window *w, const char *command, const bw_options *options, int *code)
{
    *code = BW_EXIT_TROUBLE;
    return bw_size_option(command, "offset", w->offset_word, &w->offset) &&
           bw_size_option(command, "size", w->size_word, &w->size) &&
           (!w->board || bw_storage_of(&w->storage, command, options, w->board, code));
}

bw_lfs_expect bw_image_window_expect(const bw_image_window *w)
{
    const uint32_t block = w->storage.block_size;

    if (!w->board || !block)
        return (bw_lfs_expect){0};
    return (bw_lfs_expect){.block_size = block,
                           .block_count = (uint32_t)MIN(w->storage.size / block, UINT32_MAX),
                           .whose = w->storage.whose};
}

void bw_image_window_free(bw_image_window *w)
{
    g_free(w->offset_word);
    g_free(w->size_word);
    g_free(w->board);
    bw_storage_free(&w->storage);
}

/* The bytes of a hex or ELF file from an address on; gaps are erased. What it lacks at its end, as a sparse one does,
 * is erased too. */
static bool hex_bytes(bw_context *ctx, bw_arena *arena, const char *path, const bw_image_window *w,
                      bw_findings *findings, const uint8_t **data, size_t *len)
{
    bool good = false;
    bw_hex hex;

    bw_hex_init(&hex, ctx, findings);
    if (bw_hex_add(&hex, path) && bw_hex_resolve(&hex, BW_HEX_OVERLAP_ERROR) && hex.runs->len) {
        const bw_hex_run *runs = (const bw_hex_run *)(const void *)hex.runs->data;
        const bool by_board = !w->offset_word && w->storage.mapped;
        uint64_t first = w->offset_word ? w->offset : by_board ? w->storage.address : runs[0].address;
        uint64_t behind = runs[hex.runs->len - 1].address + runs[hex.runs->len - 1].len;
        uint64_t size = w->size ? w->size : by_board ? w->storage.size : behind > first ? behind - first : 0;

        if (size == 0 || (by_board && first >= behind) || size > BW_SOURCE_MAX) {
            bw_findings_add(findings, BW_CODE_image_window, bw_file_place(path),
                            "0x%" G_GINT64_MODIFIER "x bytes from 0x%" G_GINT64_MODIFIER
                            "x on are no image: the file ends at 0x%" G_GINT64_MODIFIER "x",
                            size, first, behind);
        } else {
            uint8_t *bytes = memset(bw_arena_alloc(arena, size), 0xff, size);

            for (guint i = 0; i < hex.runs->len; i++) {
                uint64_t begin = MAX(runs[i].address, first);
                uint64_t end = MIN(runs[i].address + runs[i].len, first + size);

                if (begin < end)
                    memcpy(bytes + (begin - first), bw_hex_bytes(&hex, &runs[i]) + (begin - runs[i].address),
                           end - begin);
            }
            uint64_t all = bw_lfs_size(bytes, size);
            if (!w->size && all > size && all <= BW_SOURCE_MAX) {
                uint8_t *longer = memset(bw_arena_alloc(arena, all), 0xff, all);
                bytes = memcpy(longer, bytes, size);
                size = all;
            }
            *data = bytes;
            *len = size;
            good = true;
        }
    }
    bw_hex_free(&hex);
    return good;
}

bool bw_image_bytes(bw_context *ctx, bw_arena *arena, const char *path, const bw_image_window *w, bw_findings *findings,
                    const uint8_t **data, size_t *len)
{
    int error_number;
    bw_source *source = bw_source_open(ctx->sources, path, &error_number);

    if (!source) {
        bw_findings_add(findings, BW_CODE_file_unreadable, bw_file_place(path), "the file cannot be read: %s",
                        g_strerror(error_number));
        return false;
    }
    if (bw_hex_is_text(source->text, source->len) || (source->len > 4 && memcmp(source->text, "\177ELF", 4) == 0))
        return hex_bytes(ctx, arena, path, w, findings, data, len);
    if (w->offset > source->len || w->size > source->len - w->offset) {
        bw_findings_add(findings, BW_CODE_image_window, bw_file_place(path),
                        "the file has 0x%x bytes: 0x%" G_GINT64_MODIFIER "x bytes from 0x%" G_GINT64_MODIFIER
                        "x on are not in it",
                        source->len, w->size, w->offset);
        return false;
    }
    *data = (const uint8_t *)source->text + w->offset;
    *len = w->size ? (size_t)w->size : (size_t)(source->len - w->offset);
    return true;
}

bw_lfs *bw_image_open(bw_context *ctx, bw_arena *arena, const char *path, const bw_image_window *window,
                      const bw_lfs_expect *expect, bw_findings *findings)
{
    const uint8_t *data;
    size_t len;

    if (!bw_image_bytes(ctx, arena, path, window, findings, &data, &len))
        return NULL;
    return bw_lfs_read(arena, path, data, len, expect, findings);
}
