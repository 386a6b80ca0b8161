/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/cheriot/write.h"

#include "base/paths.h"
#include "json/write.h"
#include "systems/cheriot/write_parts.h"

typedef struct output {
    const char *folder;
    bw_plan *plan;
    bool ok; /* all were added */
} output;

static void add(output *o, const char *name, GString *text)
{
    char *path = g_strdup_printf("%s/%s", o->folder, name);

    o->ok &= bw_plan_add(o->plan, path, text->str, text->len);
    g_string_free(text, TRUE);
    g_free(path);
}

static void add_flags(output *o, const bw_cheriot_board *board, bw_arena *arena)
{
    for (unsigned i = 0; i < BW_CHERIOT_COMPONENT_COUNT; i++) {
        char *name = g_strdup_printf("flags/%s.txt", bw_cheriot_component_names[i]);

        add(o, name, bw_cheriot_flags_text(board, (bw_cheriot_component)i, arena));
        g_free(name);
    }
}

/* What the files were made of, as sha256sum has it in the folder of the board's file: a build can see that they are
 * old. */
static GString *inputs_text(const bw_cheriot_board *board)
{
    char *here = g_build_filename(board->directory, "board", NULL);
    GString *out = g_string_new(NULL);

    for (uint32_t i = 0; i < board->file_count; i++) {
        const bw_source *source = board->files[i].source;
        char *sum =
            source ? g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)source->text, source->len) : NULL;

        char *path = bw_path_relative(board->files[i].path, here);
        if (sum)
            g_string_append_printf(out, "%s  %s\n", sum, path);
        g_free(path);
        g_free(sum);
    }
    g_free(here);
    return out;
}

static GString *json_text(const bw_json *value)
{
    static const bw_json_format format = {.sorted = false, .compact = false};
    char *text = bw_json_text_of(value, &format);
    GString *out = g_string_new(text);

    g_free(text);
    return out;
}

bool bw_cheriot_write(const bw_cheriot_board *board, const char *folder, bw_plan *plan, bw_findings *findings)
{
    output o = {folder, plan, true};
    bw_arena arena;

    bw_arena_init(&arena);
    add(&o, "board.json", json_text(board->normalized));
    add(&o, "mmio.ldscript", bw_cheriot_mmio_text(board));
    add(&o, "board-interrupts.h", bw_cheriot_interrupts_text(board));
    add_flags(&o, board, &arena);
    add(&o, "firmware/firmware.ldscript", bw_cheriot_top_text(board, &arena));
    add(&o, "firmware/rocode.ldscript", bw_cheriot_rocode_text(board));
    add(&o, "firmware/rwdata.ldscript", bw_cheriot_rwdata_text(board));
    add(&o, "include/bw_board.h", bw_cheriot_board_header(board));
    add(&o, "include/bw_mmio.h", bw_cheriot_mmio_header(board));
    add(&o, "include/bw_interrupts.h", bw_cheriot_interrupts_header(board));
    add(&o, "include/bw_cheriot.h", bw_cheriot_names_header(board));
    add(&o, "inputs.sha256", inputs_text(board));
    add(&o, "README.md", bw_cheriot_readme(board));
    bw_arena_free(&arena);
    if (!o.ok)
        bw_findings_add(findings, BW_CODE_file_unwritable, bw_file_place(folder), "two boards would be written here");
    return o.ok;
}
