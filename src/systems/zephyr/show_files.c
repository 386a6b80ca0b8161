/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/show_files.h"

#include <string.h>

static const char *const headings[] = {
    "Devicetree, one text in this order",
    "Kconfig fragments, the last one wins",
    "Kconfig sources, the first default wins",
    "CMake",
};

const char *bw_zephyr_use_name(bw_zephyr_use use)
{
    static const char *const names[] = {"devicetree", "kconfig", "kconfig-sources", "cmake"};

    return names[use];
}

static size_t widest(const bw_zephyr_file *files, uint32_t count)
{
    size_t width = 0;

    for (uint32_t i = 0; i < count; i++)
        width = MAX(width, strlen(files[i].path));
    return MIN(width, 72);
}

static void line(bw_buffer *out, const bw_zephyr_file *file, size_t width)
{
    bw_buffer_printf(out, "  %-*s  %s\n", (int)width, file->path, file->why);
}

static void heading(bw_buffer *out, const char *text)
{
    if (out->len)
        bw_buffer_byte(out, '\n');
    bw_buffer_printf(out, "%s\n", text);
}

static void show_active(const bw_zephyr_choice *choice, bw_buffer *out)
{
    bool lower = choice->requested && choice->revision && strcmp(choice->requested, choice->revision) != 0;

    bw_buffer_printf(out, "%s", choice->name);
    if (choice->replaced)
        bw_buffer_printf(out, ", formerly %s", choice->replaced);
    if (lower)
        bw_buffer_printf(out, ", asked for as revision %s: the greatest listed one below it is taken",
                         choice->requested);
    if (g_strcmp0(choice->board->yml->revision_format, "custom") == 0)
        bw_buffer_text(out,
                       choice->revision ? ", if revision.cmake agrees" : "; revision.cmake decides on the revision");
    bw_buffer_byte(out, '\n');
}

void bw_zephyr_show_files(const bw_zephyr_choice *choice, const bw_zephyr_files *files, bw_buffer *out)
{
    size_t width = widest(files->used, files->used_count);

    width = MAX(width, widest(files->unused, files->unused_count));
    show_active(choice, out);
    for (int use = 0; use < BW_ZEPHYR_USE_COUNT; use++) {
        bool any = false;

        for (uint32_t i = 0; i < files->used_count; i++) {
            if ((int)files->used[i].use != use)
                continue;
            if (!any)
                heading(out, headings[use]);
            any = true;
            line(out, &files->used[i], width);
        }
        if (use == BW_ZEPHYR_USE_DEVICETREE && !files->dts) {
            if (!any)
                heading(out, headings[use]);
            bw_buffer_text(out, "  no .dts: Zephyr goes on with an empty tree\n");
        }
    }
    if (files->unused_count) {
        heading(out, "Not used");
        for (uint32_t i = 0; i < files->unused_count; i++)
            line(out, &files->unused[i], width);
    }
}
