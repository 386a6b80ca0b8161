/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/bare/names.h"

#include <string.h>

struct bw_bare_names {
    GHashTable *by_node; /* to char * */
};

typedef struct candidate {
    const bw_node *node;
    char *name;
    char *path_name;
} candidate;

void bw_bare_identifier(GString *out, const char *text)
{
    for (; *text; text++)
        g_string_append_c(out, g_ascii_isalnum(*text) ? g_ascii_toupper(*text) : '_');
}

static char *identifier(const char *text)
{
    GString *out = g_string_new(NULL);

    bw_bare_identifier(out, *text == '/' ? text + 1 : text);
    return g_string_free(out, FALSE);
}

static void add(GArray *list, GHashTable *seen, const bw_node *node, const char *label, const char *path)
{
    if (!node || !g_hash_table_add(seen, (gpointer)(uintptr_t)node))
        return;
    candidate c = {node, identifier(label ? label : node->name->text), identifier(path)};
    g_array_append_val(list, c);
}

static GArray *candidates_of(const bw_board *b)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(candidate));
    GHashTable *seen = g_hash_table_new(NULL, NULL);

    for (uint32_t i = 0; i < b->cpu_count; i++)
        add(list, seen, b->cpus[i].node, b->cpus[i].label, b->cpus[i].path);
    for (uint32_t i = 0; i < b->memory_count; i++)
        add(list, seen, b->memories[i].node, b->memories[i].name, b->memories[i].path);
    for (uint32_t i = 0; i < b->reserved_count; i++)
        add(list, seen, b->reserved[i].node, b->reserved[i].name, b->reserved[i].path);
    for (uint32_t i = 0; i < b->device_count; i++)
        add(list, seen, b->devices[i].node, b->devices[i].label, b->devices[i].path);
    for (uint32_t i = 0; i < b->flash_count; i++) {
        const bw_flash *flash = &b->flashes[i];

        add(list, seen, flash->node, flash->label, flash->path);
        for (uint32_t j = 0; j < flash->partition_count; j++) {
            const bw_partition *p = &flash->partitions[j];

            add(list, seen, p->node, p->label ? p->label : p->name, p->path);
        }
    }
    g_hash_table_unref(seen);
    return list;
}

static void count(GHashTable *counts, const char *name)
{
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, name));

    g_hash_table_insert(counts, (gpointer)(uintptr_t)name, GUINT_TO_POINTER(n + 1));
}

char *bw_bare_unique(GHashTable *taken, const char *wanted)
{
    char *name = g_strdup(wanted);
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(taken, wanted));

    if (number) {
        do {
            g_free(name);
            name = g_strdup_printf("%s_%u", wanted, number++);
        } while (g_hash_table_contains(taken, name));
        g_hash_table_insert(taken, g_strdup(wanted), GUINT_TO_POINTER(number));
    }
    g_hash_table_insert(taken, g_strdup(name), GUINT_TO_POINTER(2));
    return name;
}

bw_bare_names *bw_bare_names_new(const bw_board *board)
{
    bw_bare_names *names = g_new0(bw_bare_names, 1);
    GArray *list = candidates_of(board);
    GHashTable *counts = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTable *taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    names->by_node = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    for (guint i = 0; i < list->len; i++)
        count(counts, g_array_index(list, candidate, i).name);
    for (guint i = 0; i < list->len; i++) {
        const candidate *c = &g_array_index(list, candidate, i);
        bool alone = GPOINTER_TO_UINT(g_hash_table_lookup(counts, c->name)) == 1;

        g_hash_table_insert(names->by_node, (gpointer)(uintptr_t)c->node,
                            bw_bare_unique(taken, alone ? c->name : c->path_name));
    }
    g_hash_table_unref(counts);
    g_hash_table_unref(taken);
    for (guint i = 0; i < list->len; i++) {
        g_free(g_array_index(list, candidate, i).name);
        g_free(g_array_index(list, candidate, i).path_name);
    }
    g_array_free(list, TRUE);
    return names;
}

void bw_bare_names_free(bw_bare_names *names)
{
    g_hash_table_unref(names->by_node);
    g_free(names);
}

const char *bw_bare_name(const bw_bare_names *names, const bw_node *node)
{
    return node ? g_hash_table_lookup(names->by_node, node) : NULL;
}
