/* SPDX-License-Identifier: Apache-2.0 */
#include "tree/sort.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

static int by_address(const void *a, const void *b)
{
    const bw_memreserve *x = *(bw_memreserve *const *)a;
    const bw_memreserve *y = *(bw_memreserve *const *)b;

    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return (x->size > y->size) - (x->size < y->size);
}

static int prop_by_name(const void *a, const void *b)
{
    return strcmp((*(bw_prop *const *)a)->name->text, (*(bw_prop *const *)b)->name->text);
}

static int node_by_name(const void *a, const void *b)
{
    return strcmp((*(bw_node *const *)a)->name->text, (*(bw_node *const *)b)->name->text);
}

/* Collects a linked list, sorts it, links it anew. */
#define SORT_LIST(list, items, first, last, compare)                                                                   \
    do {                                                                                                               \
        g_ptr_array_set_size(list, 0);                                                                                 \
        for (items *item = (first); item; item = item->next)                                                           \
            g_ptr_array_add(list, item);                                                                               \
        if ((list)->len) {                                                                                             \
            items **sorted = (items **)(list)->pdata;                                                                  \
            qsort(sorted, (list)->len, sizeof *sorted, compare);                                                       \
            for (guint i = 0; i + 1 < (list)->len; i++)                                                                \
                sorted[i]->next = sorted[i + 1];                                                                       \
            (first) = sorted[0];                                                                                       \
            (last) = sorted[(list)->len - 1];                                                                          \
            (last)->next = NULL;                                                                                       \
        }                                                                                                              \
    } while (0)

void bw_tree_sort(bw_tree *tree)
{
    GPtrArray *list = g_ptr_array_new();
    bw_memreserve *last_reserve;

    SORT_LIST(list, bw_memreserve, tree->memreserves, last_reserve, by_address);
    BW_FOR_NODES (tree, n) {
        SORT_LIST(list, bw_prop, n->first_prop, n->last_prop, prop_by_name);
        SORT_LIST(list, bw_node, n->first_child, n->last_child, node_by_name);
    }
    g_ptr_array_free(list, TRUE);
}
