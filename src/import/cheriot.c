/* SPDX-License-Identifier: Apache-2.0 */
/* A board folder out of a CHERIoT board's description. */
#include "import/parts.h"

#include "base/text.h"

static void add(const bw_import_job *job, const char *path, GString *text)
{
    bw_plan_add(job->plan, path, text->str, text->len);
    g_string_free(text, TRUE);
}

static void add_support_yml(const bw_import_job *job, const bw_cheriot_tree *tree)
{
    GString *text = g_string_new("# What CHERIoT RTOS needs to know of the board beyond its hardware.\ncheriot:\n");

    g_string_append_len(text, tree->section->str, (gssize)tree->section->len);
    add(job, "support.yml", text);
}

static void add_readme(const bw_import_job *job, const bw_cheriot_board *board, const bw_cheriot_tree *tree)
{
    GString *text = g_string_new("# ");

    bw_text_comment(text, board->name);
    g_string_append(text, "\n\nImported from the board's description for CHERIoT RTOS by `boardwright import`:\n\n");
    for (uint32_t i = 0; i < board->file_count; i++) {
        char *base = g_path_get_basename(board->files[i].path);

        g_string_append(text, "- `");
        bw_text_comment(text, base);
        g_string_append(text, "`\n");
        g_free(base);
    }
    g_string_append_printf(
        text,
        "\nThe files here:\n\n"
        "- `board.yml`: who the board is, in Zephyr's hardware model v2. Target `%s/%s`.\n"
        "- `%s.dts`: the hardware. %u of its %u devices have no `compatible`, which the board's\n"
        "  description does not say: `boardwright import --compatible DEVICE=STRING` writes them.\n"
        "- `support.yml`: what CHERIoT RTOS needs beyond the hardware. Which interrupt belongs to which\n"
        "  device is a guess by their names.\n"
        "- `manifest.sha256`: what was written. A later import leaves files alone that were edited since.\n"
        "\n"
        "Both together give the same board again:\n\n"
        "    boardwright check .\n"
        "    boardwright build . -o out\n",
        tree->name, tree->soc, tree->name, tree->unknown, tree->devices);
    add(job, "README.md", text);
}

bool bw_import_cheriot(bw_context *ctx, const char *file, const bw_cheriot_options *how,
                       const bw_cheriot_compatible *compatibles, const bw_import_job *job, bw_cheriot_tree *result)
{
    bw_target target = {.name = file, .path = file};
    bw_import_job whole = *job;
    bw_arena *arena = &job->findings->arena;

    whole.target = &target;
    *result = (bw_cheriot_tree){.name = job->options->name, .soc = job->options->soc};
    if (!bw_identity_options_fit(&whole))
        return false;
    const bw_cheriot_board *board = bw_cheriot_read(ctx, file, how, arena, job->findings);
    if (!board || job->findings->counts[BW_ERROR] ||
        !bw_cheriot_to_tree(board, compatibles, ctx, job->findings, result))
        return false;
    bw_identity identity = {.name = g_strdup(result->name),
                            .vendor = g_strdup(job->options->vendor),
                            .soc = g_strdup(result->soc),
                            .title = g_strdup(board->name),
                            .file = g_strdup_printf("%s.dts", result->name)};
    bw_plan_add(job->plan, identity.file, result->source->str, result->source->len);
    bw_import_add_board_yml(job, &identity);
    add_support_yml(job, result);
    add_readme(job, board, result);
    bw_identity_free(&identity);
    return true;
}
