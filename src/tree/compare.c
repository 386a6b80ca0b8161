/* SPDX-License-Identifier: Apache-2.0 */
#include "tree/compare.h"

#include "base/bytes.h"

#include <string.h>

typedef struct pair {
    const bw_tree *a, *b;
    bw_difference *difference;
} pair;

static bool differ(pair *p, bw_node *node, bw_prop *prop, const char *what)
{
    *p->difference = (bw_difference){node, prop, what};
    return false;
}

/* Names and places of all nodes; gives both trees the same numbers. */
static bool same_nodes(pair *p)
{
    bw_node *b = p->b->root->deleted ? NULL : p->b->root;
    uint32_t number = 0;

    BW_FOR_NODES (p->a, a) {
        if (!b)
            return differ(p, a, NULL, "is not in the other tree");
        a->number = b->number = number++;
        bool same_parent = a->parent && b->parent ? a->parent->number == b->parent->number : !a->parent && !b->parent;
        if (a->name != b->name || !same_parent)
            return differ(p, a, NULL, "stands elsewhere in the other tree, or is not there");
        b = bw_node_following(b);
    }
    return !b || differ(p, p->a->root, NULL, "has fewer nodes than the other tree");
}

static const bw_mark *ref_at(const bw_value *value, uint32_t offset, uint32_t *from)
{
    while (*from < value->mark_count &&
           (value->marks[*from].offset < offset ||
            (value->marks[*from].offset == offset && value->marks[*from].kind != BW_MARK_REF_PHANDLE)))
        ++*from;
    return *from < value->mark_count && value->marks[*from].offset == offset ? &value->marks[*from] : NULL;
}

static bool same_value(pair *p, bw_node *node, bw_prop *pa, const bw_prop *pb)
{
    const bw_value *a = &pa->value;
    const bw_value *b = &pb->value;
    uint32_t begin = 0;
    uint32_t from = 0;

    if (a->len != b->len)
        return differ(p, node, pa, "has another length in the other tree");
    for (uint32_t i = 0; i < a->mark_count; i++) {
        const bw_mark *mark = &a->marks[i];

        if (mark->kind != BW_MARK_REF_PHANDLE || !mark->node || mark->offset + 4 > a->len || mark->offset < begin)
            continue;
        const bw_mark *other = ref_at(b, mark->offset, &from);
        if (!other || !other->node || other->node->number != mark->node->number)
            return differ(p, node, pa, "refers to another node in the other tree");
        if (memcmp(a->data + begin, b->data + begin, mark->offset - begin) != 0)
            return differ(p, node, pa, "has other bytes in the other tree");
        begin = mark->offset + 4;
    }
    if (a->len > begin && memcmp(a->data + begin, b->data + begin, a->len - begin) != 0)
        return differ(p, node, pa, "has other bytes in the other tree");
    return true;
}

static bool is_phandle(const pair *p, const bw_prop *prop)
{
    return prop->name == p->a->unit->n->phandle || prop->name == p->a->unit->n->linux_phandle;
}

static bool same_props(pair *p, bw_node *a, const bw_node *b)
{
    bw_prop *pb = bw_live_prop(b->first_prop);

    BW_FOR_PROPS (a, pa) {
        if (is_phandle(p, pa)) {
            const bw_prop *other = bw_node_prop(b, pa->name);

            if (!other)
                return differ(p, a, pa, "is not in the other tree");
            if (!same_value(p, a, pa, other))
                return false;
            continue;
        }
        while (pb && is_phandle(p, pb))
            pb = bw_live_prop(pb->next);
        if (!pb || pb->name != pa->name)
            return differ(p, a, pa, "stands elsewhere in the other tree, or is not there");
        if (!same_value(p, a, pa, pb))
            return false;
        pb = bw_live_prop(pb->next);
    }
    while (pb && is_phandle(p, pb))
        pb = bw_live_prop(pb->next);
    return !pb || differ(p, a, NULL, "has fewer properties than in the other tree");
}

static bool same_reservations(pair *p)
{
    const bw_memreserve *a = p->a->memreserves;
    const bw_memreserve *b = p->b->memreserves;

    for (; a && b && a->address == b->address && a->size == b->size; a = a->next)
        b = b->next;
    return (!a && !b) || differ(p, NULL, NULL, "differ in the other tree");
}

bool bw_tree_same(bw_tree *a, bw_tree *b, bw_difference *difference)
{
    pair p = {a, b, difference};
    bw_node *other = b->root;

    if (!same_nodes(&p) || !same_reservations(&p))
        return false;
    BW_FOR_NODES (a, node) {
        if (!same_props(&p, node, other))
            return false;
        other = bw_node_following(other);
    }
    return true;
}
