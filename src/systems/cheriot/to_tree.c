/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/cheriot/to_tree.h"

#include "dts/dts.h"
#include "systems/cheriot/section.h"
#include "tree/resolve.h"
#include "yaml/schema.h"

#include <string.h>

#define NAME_MAX_LEN 60

/* The board's name as board.yml has it. */
static const char *plain_name(bw_arena *arena, const char *text)
{
    char *name = bw_arena_strndup(arena, text, strnlen(text, NAME_MAX_LEN));

    for (char *c = name; *c; c++)
        *c = g_ascii_isalnum(*c) ? g_ascii_tolower(*c) : '_';
    return *name ? name : "board";
}

/* A label that no device has. */
static const char *own_label(bw_cheriot_treemaker *m, const char *wish)
{
    while (bw_cheriot_device(m->board, wish))
        wish = bw_arena_printf(m->arena, "%s_", wish);
    return wish;
}

/* -- reading it back ------------------------------------------------------------------------------ */

static const bw_yaml *read_section(bw_cheriot_treemaker *m, bw_findings *findings)
{
    GString *text = g_string_new("cheriot:\n");

    g_string_append_len(text, m->tree->section->str, (gssize)m->tree->section->len);
    bw_source *source = bw_source_from_memory(m->ctx->sources, "<support.yml>", text->str, text->len);
    g_string_free(text, TRUE);
    const bw_yaml *file = source ? bw_yaml_read(source, m->arena, findings) : NULL;
    const bw_yaml *section = file ? bw_yaml_get(file, "cheriot") : NULL;
    return section && bw_schema_check(&bw_cheriot_schema, section, findings) ? section : NULL;
}

static bw_tree *read_source(bw_cheriot_treemaker *m, bw_unit *unit, unsigned attempt)
{
    char *path = g_strdup_printf("<devicetree of %s, %p, try %u>", m->board->name, (const void *)m->tree, attempt);
    bw_dts_options options = {.dialect = BW_DIALECT_ZEPHYR, .preprocess = true};
    bw_tree *tree = NULL;

    if (bw_source_add(m->ctx->sources, path, m->tree->source->str, m->tree->source->len))
        tree = bw_dts_read(unit, path, &options);
    g_free(path);
    return tree && !tree->broken && bw_tree_resolve(tree, NULL) ? tree : NULL;
}

/* What is to be merged into the board of the texts so far to give the board. @return false if they cannot be read. */
static bool difference_now(bw_cheriot_treemaker *m, unsigned attempt, const bw_json **difference)
{
    bw_unit *unit = bw_unit_new(m->ctx);
    bw_target target = {.path = m->board->name, .name = m->board->name};
    const bw_cheriot_board *made = NULL;
    bw_findings findings;

    bw_findings_init(&findings, m->ctx);
    bw_unit_begin(unit, &findings);
    const bw_yaml *section = read_section(m, &findings);
    const bw_tree *tree = section ? read_source(m, unit, attempt) : NULL;
    if (tree)
        made = bw_cheriot_from_tree(bw_board_of(tree), &target, section, NULL);
    if (made)
        *difference = bw_cheriot_difference(made->normalized, m->board->normalized, m->arena);
    bw_unit_free(unit);
    bw_findings_free(&findings);
    return made != NULL;
}

/* Adds what the rules do not give; then there is nothing left to add, or the board cannot be written. */
static bool settle(bw_cheriot_treemaker *m)
{
    const bw_json *difference = NULL;

    if (!difference_now(m, 1, &difference))
        return false;
    if (!difference)
        return true;
    bw_cheriot_add_difference(m->tree->section, difference);
    return difference_now(m, 2, &difference) && !difference;
}

/* -- all of it ------------------------------------------------------------------------------------ */

bool bw_cheriot_to_tree(const bw_cheriot_board *board, const bw_cheriot_compatible *compatibles, bw_context *ctx,
                        bw_findings *findings, bw_cheriot_tree *tree)
{
    bw_arena *arena = &findings->arena;
    bw_cheriot_treemaker m = {.board = board, .compatibles = compatibles, .ctx = ctx, .arena = arena, .tree = tree};

    *tree = (bw_cheriot_tree){.name = tree->name ? tree->name : plain_name(arena, board->name),
                              .soc = tree->soc ? tree->soc : "cheriot"};
    if (!bw_cheriot_rw_memory(board)->known || !board->instruction_memory.known) {
        bw_findings_add(findings, BW_CODE_cheriot_no_tree, bw_cheriot_home(board),
                        "a devicetree cannot be made without the range of the memory");
        return false;
    }
    m.placed = bw_arena_array(arena, bw_cheriot_placed, board->interrupt_count + 1);
    m.first = bw_arena_array(arena, uint32_t, board->device_count + 1);
    m.interrupts_label = own_label(&m, "other_interrupts");
    m.code_label = own_label(&m, "instruction_memory");
    m.data_label = own_label(&m, "data_memory");
    m.cpu_label = own_label(&m, "cpu0");
    bw_cheriot_place_interrupts(&m);
    tree->source = bw_cheriot_tree_source(&m);
    tree->section = bw_cheriot_tree_section(&m);
    if (settle(&m))
        return true;
    bw_findings_add(findings, BW_CODE_cheriot_no_tree, bw_cheriot_home(board),
                    "a devicetree of this board would not give the same board again");
    bw_cheriot_tree_free(tree);
    return false;
}

void bw_cheriot_tree_free(bw_cheriot_tree *tree)
{
    if (tree->source)
        g_string_free(tree->source, TRUE);
    if (tree->section)
        g_string_free(tree->section, TRUE);
    tree->source = tree->section = NULL;
}
