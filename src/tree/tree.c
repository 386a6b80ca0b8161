/* SPDX-License-Identifier: Apache-2.0 */
#include "tree/tree.h"

#include <glib.h>
#include <string.h>

/* ---- building ---- */

bw_tree *bw_tree_new(bw_unit *unit, const char *path)
{
    bw_tree *tree = bw_arena_new(&unit->arena, bw_tree);

    tree->unit = unit;
    tree->path = bw_arena_strdup(&unit->arena, path);
    tree->next_phandle = 1;
    return tree;
}

bw_node *bw_node_new(bw_tree *tree, const bw_name *name)
{
    bw_node *node = bw_arena_new(&tree->unit->arena, bw_node);

    node->name = name;
    return node;
}

/* Children by name, once a node has many: open addressing, the first of each name. */
typedef struct child_index {
    uint32_t mask;
    uint32_t used;
    bw_node *slots[];
} child_index;

/* Names are unique: their address serves, and the name itself need not be touched. */
static uint32_t hash_name(const bw_name *name)
{
    return (uint32_t)(((uintptr_t)name >> 3) * 0x9e3779b97f4a7c15ULL >> 40);
}

#define INDEX_FROM 12U

static void index_insert(child_index *index, bw_node *child)
{
    uint32_t i = hash_name(child->name) & index->mask;

    while (index->slots[i]) {
        if (index->slots[i]->name == child->name)
            return; /* the first one stays */
        i = (i + 1) & index->mask;
    }
    index->slots[i] = child;
    index->used++;
}

static void index_build(bw_tree *tree, bw_node *parent, uint32_t size)
{
    child_index *index = bw_arena_zalloc(&tree->unit->arena, sizeof *index + size * sizeof(bw_node *));

    index->mask = size - 1;
    for (bw_node *c = parent->first_child; c; c = c->next)
        index_insert(index, c);
    parent->child_index = index;
}

void bw_node_add_child(bw_node *parent, bw_node *child)
{
    child->parent = parent;
    child->next = NULL;
    if (parent->last_child)
        parent->last_child->next = child;
    else
        parent->first_child = child;
    parent->last_child = child;
    parent->child_count++;
    child_index *index = parent->child_index;
    if (index) {
        if (index->used * 2 >= index->mask)
            parent->child_index = NULL; /* bw_node_index() makes a larger one when it is asked */
        else
            index_insert(index, child);
    }
}

void bw_node_index(bw_tree *tree, bw_node *node)
{
    uint32_t size = 64;

    if (node->child_index || node->child_count < INDEX_FROM)
        return;
    while (size < node->child_count * 4 && size < (1U << 30))
        size *= 2;
    index_build(tree, node, size);
}

void bw_node_rename(bw_node *node, const bw_name *name)
{
    node->name = name;
    if (node->parent)
        node->parent->child_index = NULL; /* bw_node_index() makes another when it is asked */
}

bw_prop *bw_node_add_prop(bw_tree *tree, bw_node *node, const bw_name *name)
{
    bw_prop *prop = bw_arena_new(&tree->unit->arena, bw_prop);

    prop->name = name;
    if (node->last_prop)
        node->last_prop->next = prop;
    else
        node->first_prop = prop;
    node->last_prop = prop;
    if (name == tree->unit->n->phandle || name == tree->unit->n->linux_phandle)
        tree->has_explicit_phandles = true;
    return prop;
}

bw_prop *bw_node_set(bw_tree *tree, bw_node *node, const bw_name *name, bw_value value)
{
    bw_prop *prop = bw_node_prop(node, name);

    if (!prop)
        prop = bw_node_add_prop(tree, node, name);
    prop->value = value;
    if (value.has_refs)
        node->has_refs = true;
    return prop;
}

static bw_value marked_value(bw_tree *tree, void *data, uint32_t len, bw_mark_kind kind)
{
    bw_mark *mark = bw_arena_new(&tree->unit->arena, bw_mark);

    mark->kind = kind;
    return (bw_value){.data = data, .len = len, .marks = mark, .mark_count = 1};
}

bw_value bw_value_cells(bw_tree *tree, const uint32_t *cells, uint32_t count)
{
    uint32_t *data = bw_arena_alloc(&tree->unit->arena, (size_t)count * 4);

    for (uint32_t i = 0; i < count; i++)
        data[i] = GUINT32_TO_BE(cells[i]);
    return marked_value(tree, data, count * 4, BW_MARK_UINT32);
}

bw_value bw_value_string(bw_tree *tree, const char *text)
{
    size_t len = strlen(text) + 1;

    return marked_value(tree, bw_arena_dup(&tree->unit->arena, text, len), (uint32_t)len, BW_MARK_STRING);
}

bw_value bw_value_bytes(bw_tree *tree, const void *data, uint32_t len)
{
    return (bw_value){.data = bw_arena_dup(&tree->unit->arena, data, len), .len = len};
}

static void delete_labels(bw_label *labels)
{
    for (bw_label *l = labels; l; l = l->next)
        l->deleted = true;
}

void bw_prop_delete(bw_prop *prop)
{
    prop->deleted = true;
    delete_labels(prop->labels);
}

void bw_node_delete(bw_node *node)
{
    bw_node *n = node;

    /* Iterative: the tree may be deep. */
    for (;;) {
        n->deleted = true;
        for (bw_prop *p = n->first_prop; p; p = p->next)
            bw_prop_delete(p);
        delete_labels(n->labels);
        if (n->first_child) {
            n = n->first_child;
            continue;
        }
        while (n != node && !n->next)
            n = n->parent;
        if (n == node)
            return;
        n = n->next;
    }
}

/* ---- labels ---- */

/* Every use of a label's name, oldest first, in the unit's slots. */
typedef struct label_use {
    struct label_use *next;
    const bw_tree *tree;
    bw_node *node;   /* NULL: on a property, in a value, on a reservation */
    bw_label *label; /* of node */
} label_use;

static void add_use(bw_tree *tree, const bw_name *name, bw_node *node, bw_label *label)
{
    label_use *use = bw_arena_new(&tree->unit->arena, label_use);
    bw_slot *slot = bw_slot_of(&tree->unit->labels, name);

    use->tree = tree;
    use->node = node;
    use->label = label;
    if (slot->ptr) {
        label_use *last = slot->ptr;

        tree->may_repeat_labels = true;
        while (last->next)
            last = last->next;
        last->next = use;
    } else {
        slot->ptr = use;
    }
}

/* @return the label, newly made or revived. */
static bw_label *attach(bw_tree *tree, bw_label **labels, const bw_name *name, bw_loc loc, bool *made)
{
    *made = false;
    for (bw_label *l = *labels; l; l = l->next)
        if (l->name == name) {
            l->deleted = false;
            return l;
        }
    bw_label *l = bw_arena_new(&tree->unit->arena, bw_label);
    l->name = name;
    l->loc = loc;
    l->next = *labels;
    *labels = l;
    *made = true;
    return l;
}

void bw_label_add(bw_tree *tree, bw_node *node, const bw_name *name, bw_loc loc)
{
    bool made;
    bw_label *label = attach(tree, &node->labels, name, loc, &made);

    if (made)
        add_use(tree, name, node, label);
    else
        tree->may_repeat_labels = true; /* revived: somebody else may have taken the name meanwhile */
}

void bw_prop_label_add(bw_tree *tree, bw_prop *prop, const bw_name *name, bw_loc loc)
{
    bool made;

    attach(tree, &prop->labels, name, loc, &made);
    if (made)
        add_use(tree, name, NULL, NULL);
    else
        tree->may_repeat_labels = true;
}

void bw_tree_note_label(bw_tree *tree, const bw_name *name)
{
    add_use(tree, name, NULL, NULL);
}

bw_node *bw_tree_by_label(const bw_tree *tree, const bw_name *label)
{
    label_use *use = bw_slot_ptr(&tree->unit->labels, label);

    for (; use; use = use->next)
        if (use->tree == tree && use->node && !use->label->deleted && !use->node->deleted)
            return use->node;
    return NULL;
}

/* ---- walking and finding ---- */

bw_node *bw_node_following(const bw_node *node)
{
    bw_node *next = bw_live_node(node->first_child);

    while (!next) {
        if (!node->parent)
            return NULL;
        next = bw_live_node(node->next);
        node = node->parent;
    }
    return next;
}

bw_node *bw_node_child_any(const bw_node *node, const bw_name *name)
{
    const child_index *index = node->child_index;

    if (index) {
        for (uint32_t i = hash_name(name) & index->mask; index->slots[i]; i = (i + 1) & index->mask)
            if (index->slots[i]->name == name)
                return index->slots[i];
        return NULL;
    }
    for (bw_node *c = node->first_child; c; c = c->next)
        if (c->name == name)
            return c;
    return NULL;
}

bw_node *bw_node_child(const bw_node *node, const bw_name *name)
{
    bw_node *c = bw_node_child_any(node, name);

    while (c && (c->deleted || c->name != name))
        c = c->next;
    return c;
}

bw_node *bw_node_child_text(const bw_node *node, const char *name, size_t len)
{
    BW_FOR_CHILDREN (node, c)
        if (c->name->len == len && memcmp(c->name->text, name, len) == 0)
            return c;
    return NULL;
}

bw_prop *bw_node_prop_any(const bw_node *node, const bw_name *name)
{
    for (bw_prop *p = node->first_prop; p; p = p->next)
        if (p->name == name)
            return p;
    return NULL;
}

bw_prop *bw_node_prop(const bw_node *node, const bw_name *name)
{
    for (bw_prop *p = node->first_prop; p; p = p->next)
        if (p->name == name && !p->deleted)
            return p;
    return NULL;
}

bw_prop *bw_node_prop_text(const bw_node *node, const char *name)
{
    BW_FOR_PROPS (node, p)
        if (strcmp(p->name->text, name) == 0)
            return p;
    return NULL;
}

bw_node *bw_node_by_path(const bw_node *node, const char *path)
{
    const bw_node *n = node;

    while (n) {
        while (*path == '/')
            path++;
        if (!*path)
            return n->deleted ? NULL : (bw_node *)(uintptr_t)n;
        size_t len = strcspn(path, "/");
        n = bw_node_child_text(n, path, len);
        path += len;
    }
    return NULL;
}

bw_node *bw_tree_by_path(const bw_tree *tree, const char *path)
{
    return tree->root && *path == '/' ? bw_node_by_path(tree->root, path) : NULL;
}

bw_node *bw_tree_by_ref(const bw_tree *tree, const char *ref)
{
    const char *slash = strchr(ref, '/');
    size_t len = slash ? (size_t)(slash - ref) : strlen(ref);

    if (slash == ref)
        return strcmp(ref, "/") == 0 ? tree->root : bw_tree_by_path(tree, ref);
    const bw_name *label = bw_names_find(tree->unit->ctx->names, ref, len);
    bw_node *node = label ? bw_tree_by_label(tree, label) : NULL;
    return node && slash ? bw_node_by_path(node, slash) : node;
}

/* ---- phandles ---- */

struct bw_phandle_table {
    uint32_t mask;
    uint32_t used;
    bw_node **slots;
};

static uint32_t phandle_hash(uint32_t phandle)
{
    return (phandle * 0x9e3779b1U) >> 8;
}

static void table_put(struct bw_phandle_table *t, bw_node *node)
{
    uint32_t i = phandle_hash(node->phandle) & t->mask;

    while (t->slots[i])
        i = (i + 1) & t->mask;
    t->slots[i] = node;
    t->used++;
}

void bw_tree_set_phandle(bw_tree *tree, bw_node *node, uint32_t phandle)
{
    struct bw_phandle_table *t = tree->phandles;

    if (!t || t->used * 2 >= t->mask) {
        struct bw_phandle_table *larger = bw_arena_new(&tree->unit->arena, struct bw_phandle_table);

        larger->mask = t ? t->mask * 2 + 1 : 1023;
        larger->slots = bw_arena_array(&tree->unit->arena, bw_node *, (size_t)larger->mask + 1);
        for (uint32_t i = 0; t && i <= t->mask; i++)
            if (t->slots[i])
                table_put(larger, t->slots[i]);
        tree->phandles = t = larger;
    }
    node->phandle = phandle;
    table_put(t, node);
}

bw_node *bw_tree_by_phandle(const bw_tree *tree, uint32_t phandle)
{
    const struct bw_phandle_table *t = tree->phandles;

    if (!t)
        return NULL;
    for (uint32_t i = phandle_hash(phandle) & t->mask; t->slots[i]; i = (i + 1) & t->mask)
        if (t->slots[i]->phandle == phandle && !t->slots[i]->deleted)
            return t->slots[i];
    return NULL;
}

/* ---- paths ---- */

char *bw_node_path(const bw_tree *tree, const bw_node *node)
{
    size_t len = 0;

    if (!node->parent)
        return bw_arena_strdup(&tree->unit->arena, "/");
    for (const bw_node *n = node; n->parent; n = n->parent)
        len += n->name->len + 1;
    char *path = bw_arena_alloc(&tree->unit->arena, len + 1);
    path[len] = '\0';
    for (const bw_node *n = node; n->parent; n = n->parent) {
        len -= n->name->len;
        memcpy(path + len, n->name->text, n->name->len);
        path[--len] = '/';
    }
    return path;
}

bool bw_node_is_below(const bw_node *node, const bw_node *ancestor)
{
    while (node && node != ancestor)
        node = node->parent;
    return node != NULL;
}
