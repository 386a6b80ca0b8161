/* SPDX-License-Identifier: Apache-2.0 */
/* README.md: which commands follow, and what a human still has to do. */
#include "systems/zephyr/write.h"

#include <string.h>

static bool is_among_ours(const bw_zephyr_output_board *board)
{
    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *t = board->targets->pdata[i];
        bw_zephyr_their_soc theirs;

        if (bw_zephyr_soc_name_only(board, t) ||
            (!bw_zephyr_soc_of_theirs(board, t->soc, &theirs) && bw_zephyr_soc_known(t)))
            return true;
    }
    return false;
}

static bool has_todo(const bw_zephyr_output_board *board)
{
    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *t = board->targets->pdata[i];

        if (t->todo->len || t->left_out->len)
            return true;
    }
    return false;
}

static void add_sources(GString *out, const bw_zephyr_output_board *board)
{
    bool any = false;

    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *t = board->targets->pdata[i];

        if (t->sources->len)
            g_string_append_printf(out, "%s- `%s`: ", any ? "" : "\n## What came from where\n\n", t->name);
        for (guint k = 0; k < t->sources->len; k++)
            g_string_append_printf(out, "%s`%s`%s", k ? ", " : "", (const char *)t->sources->pdata[k],
                                   k + 1 == t->sources->len ? "\n" : "");
        any |= t->sources->len > 0;
    }
}

static void add_todo(GString *out, const bw_zephyr_output *t)
{
    if (!t->todo->len && !t->left_out->len)
        return;
    g_string_append_printf(out, "\n### %s\n\n", t->name);
    for (guint i = 0; i < t->todo->len; i++)
        g_string_append_printf(out, "- %s.\n", (const char *)t->todo->pdata[i]);
    if (!t->left_out->len)
        return;
    g_string_append(out, "- Left out of the devicetree, because a node whose properties Zephyr's binding does not\n"
                         "  declare stops the build. Add those that Zephyr has a driver for, as its binding\n"
                         "  (`dts/bindings/`) wants them:\n");
    for (guint i = 0; i < t->left_out->len; i++)
        g_string_append_printf(out, "  - %s\n", (const char *)t->left_out->pdata[i]);
}

void bw_zephyr_write_readme(const bw_system_whole *whole, const bw_zephyr_output_board *board)
{
    GString *out = g_string_new("# ");
    bool ours = !board->extends && is_among_ours(board);

    for (const char *p = board->full_name; *p; p++)
        g_string_append_c(out, (unsigned char)*p < 0x20 ? ' ' : *p);
    g_string_append_printf(out,
                           " for Zephyr\n"
                           "\n"
                           "- `%s/`: %s, in Zephyr's hardware model v2.\n",
                           board->folder, board->extends ? "variants that are added to the board" : "the board");
    if (board->extends)
        g_string_append(out,
                        "  The board itself has to be under another board root; its own targets stay as they are.\n");
    if (ours)
        g_string_append_printf(
            out, "- `soc/%s/`: SoCs that Zephyr has not: its generic code for the architecture, no more.\n",
            board->vendor);
    g_string_append_printf(out,
                           "- `zephyr/module.yml`: makes this folder a module of Zephyr.\n"
                           "\n"
                           "Build an application (in `$ZEPHYR_BASE`; this folder is `$HERE`%s):\n",
                           board->extends ? ", the base's root `$BASE`" : "");
    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *t = board->targets->pdata[i];

        g_string_append_printf(out,
                               "\n    cmake -GNinja -B build -S samples/hello_world -DBOARD=%s -DBOARD_ROOT=$HERE%s\n  "
                               "  ninja -C build%s\n",
                               t->name,
                               ours             ? " -DSOC_ROOT=$HERE"
                               : board->extends ? "\\;$BASE -DSOC_ROOT=$BASE"
                                                : "",
                               t->machine ? " run" : "");
    }
    add_sources(out, board);
    if (has_todo(board))
        g_string_append(out, "\n## What is left to do\n");
    for (guint i = 0; i < board->targets->len; i++)
        add_todo(out, board->targets->pdata[i]);
    bw_zephyr_add(whole, out, "README.md");

    GString *module = g_string_new(NULL);
    g_string_append_printf(module, "name: %s\nbuild:\n  settings:\n    board_root: .\n%s", board->name,
                           ours ? "    soc_root: .\n" : "");
    bw_zephyr_add(whole, module, "zephyr/module.yml");
}
