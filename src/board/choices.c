/* SPDX-License-Identifier: Apache-2.0 */
/* /aliases, /chosen and the console. */
#include "board/parts.h"

#include <stdlib.h>
#include <string.h>

static int compare_choices(const void *x, const void *y)
{
    return strcmp(((const bw_choice *)x)->name, ((const bw_choice *)y)->name);
}

static const char *copy(const bw_maker *m, const char *text, size_t len)
{
    return bw_arena_strndup(m->arena, text, len);
}

/* "/soc/uart", "serial0", "serial0/port", each perhaps with ":115200n8". */
static void resolve(const bw_maker *m, bw_choice *choice)
{
    const char *colon = strchr(choice->text, ':');
    size_t len = colon ? (size_t)(colon - choice->text) : strlen(choice->text);
    const char *path = copy(m, choice->text, len);
    size_t first = strcspn(path, "/");

    if (first == 0) {
        choice->node = bw_tree_by_path(m->tree, path);
    } else {
        for (uint32_t i = 0; i < m->board->alias_count; i++) {
            const bw_choice *alias = &m->board->aliases[i];

            if (strlen(alias->name) == first && memcmp(alias->name, path, first) == 0 && alias->node)
                choice->node = bw_node_by_path(alias->node, path + first);
        }
    }
    if (choice->node && colon)
        choice->options = colon + 1;
}

static bw_choice *make(bw_maker *m, const bw_node *node, uint32_t *count)
{
    uint32_t room = 0;

    BW_FOR_PROPS (node, p)
        room++;
    bw_choice *list = bw_arena_array(m->arena, bw_choice, room);
    uint32_t n = 0; /* stored at the end: an alias must not look among aliases that are not there yet */
    BW_FOR_PROPS (node, p) {
        uint32_t strings;
        bw_choice *c = &list[n];

        if (p->name == m->n->phandle || p->name == m->n->linux_phandle)
            continue;
        c->name = p->name->text;
        c->prop = p;
        if (bw_prop_strings(p, &strings) == BW_STATE_OK && strings == 1) {
            c->text = bw_prop_string(p);
            resolve(m, c);
        } else if (p->value.len == 4) {
            bw_spec_fault fault;

            c->node = bw_phandle_node(m->tree, p, 0, &fault);
        }
        c->path = c->node ? bw_node_path(m->tree, c->node) : NULL;
        n++;
    }
    *count = n;
    return list;
}

void bw_make_choices(bw_maker *m)
{
    bw_board *board = m->board;
    const bw_node *aliases = bw_node_child(m->tree->root, m->n->aliases);
    const bw_node *chosen = bw_node_child(m->tree->root, m->n->chosen);
    static const char *const consoles[] = {"zephyr,console", "stdout-path", "linux,stdout-path", NULL};

    if (aliases) {
        board->aliases = make(m, aliases, &board->alias_count);
        qsort(board->aliases, board->alias_count, sizeof *board->aliases, compare_choices);
    }
    if (chosen)
        board->chosen = make(m, chosen, &board->chosen_count);
    for (const char *const *name = consoles; *name && !board->console; name++)
        for (uint32_t i = 0; i < board->chosen_count && !board->console; i++)
            if (board->chosen[i].node && strcmp(board->chosen[i].name, *name) == 0)
                board->console = &board->chosen[i];
}
