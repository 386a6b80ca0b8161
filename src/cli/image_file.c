/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/image_file.h"

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

bool bw_image_window_read(bw_image_window *w, const char *command)
{
    return bw_size_option(command, "offset", w->offset_word, &w->offset) &&
           bw_size_option(command, "size", w->size_word, &w->size);
}

void bw_image_window_free(bw_image_window *w)
{
    g_free(w->offset_word);
    g_free(w->size_word);
}

bool bw_image_bytes(bw_context *ctx, bw_arena *arena, const char *path, const bw_image_window *w, bw_findings *findings,
                    const uint8_t **data, size_t *len)
{
    int error_number;
    bw_source *source = bw_source_open(ctx->sources, path, &error_number);

    (void)arena;
    if (!source) {
        bw_findings_add(findings, BW_CODE_file_unreadable, bw_file_place(path), "the file cannot be read: %s",
                        g_strerror(error_number));
        return false;
    }
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
