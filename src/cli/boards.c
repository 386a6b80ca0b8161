/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/boards.h"

#include "cli/commands.h"
#include "cli/load_options.h"
#include "cli/print.h"
#include "systems/support.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bw_style bw_stdout_style(void)
{
    bw_style style = {0};
    struct winsize size;
    const char *no_color = getenv("NO_COLOR");

    setlocale(LC_CTYPE, "");
    style.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (!isatty(STDOUT_FILENO))
        return style;
    style.color = !(no_color && *no_color);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        style.width = size.ws_col;
    return style;
}

/* Prints what was found since the last time. */
static void print_findings(bw_boards *b)
{
    int code = bw_print_findings_beside(b->options, &b->findings);

    if (bw_has_trouble(&b->findings))
        code = BW_EXIT_TROUBLE;
    if (code > b->exit_code)
        b->exit_code = code;
    bw_findings_free(&b->findings);
    bw_findings_init(&b->findings, b->ctx);
}

bool bw_target_is_called(const bw_target *t, const char *wanted)
{
    const char *slash = strchr(t->name, '/');

    return strcmp(t->name, wanted) == 0 || (t->board && slash && strcmp(slash + 1, wanted) == 0);
}

static bool select_target(bw_boards *b, const char *wanted)
{
    for (uint32_t i = 0; i < b->targets.count; i++)
        if (bw_target_is_called(&b->targets.items[i], wanted)) {
            b->targets.items = &b->targets.items[i];
            b->targets.count = 1;
            return true;
        }
    fprintf(stderr, "boardwright %s: there is no target %s; there are:\n", b->command, wanted);
    for (uint32_t i = 0; i < b->targets.count; i++)
        fprintf(stderr, "  %s\n", b->targets.items[i].name);
    b->exit_code = BW_EXIT_TROUBLE;
    return false;
}

bool bw_boards_open(bw_boards *b, const char *command, const bw_options *options, const char *argument,
                    const char *wanted)
{
    memset(b, 0, sizeof *b);
    b->options = options;
    b->command = command;
    b->ctx = bw_options_context(options);
    bw_context_drop_notes(b->ctx);
    b->roots = bw_roots_new();
    b->unit = bw_unit_new(b->ctx);
    bw_arena_init(&b->arena);
    bw_findings_init(&b->findings, b->ctx);
    b->load = bw_load_options_of(options);
    b->load.tolerate_missing = options->missing_given ? options->tolerate_missing : true;
    bw_board_finder_init(&b->finder, b->ctx, options);
    b->load.lookup = &b->finder.lookup;
    bool found = bw_targets_find(b->ctx, argument, &b->load, &b->arena, &b->findings, &b->targets);
    print_findings(b);
    return found && (!wanted || select_target(b, wanted));
}

void bw_boards_choose(bw_boards *b, const bw_system *system)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bw_target *kept = bw_arena_array(&b->arena, bw_target, b->targets.count);
    bw_findings unheard;
    uint32_t count = 0;

    /* What is wrong with support.yml is said where its section is read. */
    bw_findings_init(&unheard, b->ctx);
    for (uint32_t i = 0; i < b->targets.count; i++) {
        const bw_target *t = &b->targets.items[i];
        bool ok;

        if (bw_support_admits(bw_support_of(seen, b->ctx, t, &b->arena, &unheard, &ok), system, t))
            kept[count++] = *t;
    }
    bw_findings_free(&unheard);
    g_hash_table_unref(seen);
    if (count && count < b->targets.count) {
        b->targets.items = kept;
        b->targets.count = count;
    }
}

bw_board *bw_boards_read(bw_boards *b, const bw_target *target)
{
    bw_unit_begin(b->unit, &b->findings);
    bw_tree *tree = bw_target_read(b->unit, target, &b->load, b->roots);
    bw_board *board = tree ? bw_board_of(tree) : NULL;

    print_findings(b);
    if (!board && b->exit_code == BW_EXIT_OK)
        b->exit_code = BW_EXIT_FINDINGS;
    return board;
}

void bw_boards_close(bw_boards *b)
{
    bw_unit_free(b->unit);
    bw_findings_free(&b->findings);
    bw_roots_free(b->roots);
    bw_board_finder_free(&b->finder);
    bw_arena_free(&b->arena);
    bw_context_free(b->ctx);
}
