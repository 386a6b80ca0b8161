/* SPDX-License-Identifier: Apache-2.0 */
#include "fdt/generate.h"

#include "base/bytes.h"

#include <stdarg.h>
#include <stdlib.h>

/* -- reading ------------------------------------------------------------------------------------ */

/* A reference that a fixup node tells of; put into the marks of its property at the end. */
typedef struct new_ref {
    bw_node *holder;
    bw_prop *prop;
    uint32_t offset;
    uint32_t order;
    const bw_name *ref;
    bw_node *target;
} new_ref;

typedef struct reader {
    bw_tree *tree;
    GArray *refs; /* of new_ref */
    bool quiet;
} reader;

static void malformed(const reader *r, const bw_node *node, const bw_prop *prop, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void malformed(const reader *r, const bw_node *node, const bw_prop *prop, const char *format, ...)
{
    va_list ap;

    if (r->quiet)
        return;
    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    if (prop)
        bw_find_prop(r->tree, BW_CODE_fixup_malformed, node, prop, "%s", text);
    else
        bw_find_node(r->tree, BW_CODE_fixup_malformed, node, "%s", text);
    g_free(text);
}

static void add_ref(reader *r, bw_node *holder, bw_prop *prop, uint32_t offset, const bw_name *ref, bw_node *target)
{
    new_ref n = {holder, prop, offset, r->refs->len, ref, target};

    g_array_append_val(r->refs, n);
}

/* "path:property:offset" of a label. */
static void read_fixup(reader *r, bw_node *fixups, bw_prop *label, const char *entry, const char *end)
{
    const char *colon = memchr(entry, ':', (size_t)(end - entry));
    const char *second = colon ? memchr(colon + 1, ':', (size_t)(end - colon - 1)) : NULL;
    char *rest = NULL;
    unsigned long offset = second ? strtoul(second + 1, &rest, 10) : 0;

    if (!second || rest != end || rest == second + 1) {
        malformed(r, fixups, label, "the fixup \"%s\" of label \"%s\" is not of the form path:property:offset", entry,
                  label->name->text);
        return;
    }
    bw_node *node = bw_fdt_find_path(r->tree, entry, (size_t)(colon - entry));
    const bw_name *name = bw_names_find(r->tree->unit->ctx->names, colon + 1, (size_t)(second - colon - 1));
    bw_prop *prop = node && name ? bw_node_prop(node, name) : NULL;
    if (!prop)
        malformed(r, fixups, label, "the fixup \"%s\" of label \"%s\" names a %s that is not there", entry,
                  label->name->text, node ? "property" : "node");
    else if (offset > prop->value.len || prop->value.len - offset < 4)
        malformed(r, fixups, label,
                  "the fixup \"%s\" of label \"%s\" is behind the end of the property, which has 0x%x bytes", entry,
                  label->name->text, prop->value.len);
    else
        add_ref(r, node, prop, (uint32_t)offset, label->name, NULL);
}

static void read_fixups(reader *r, bw_node *fixups)
{
    BW_FOR_PROPS (fixups, p) {
        const char *entry = (const char *)p->value.data;
        const char *limit = entry + p->value.len;

        while (entry < limit) {
            const char *nul = memchr(entry, 0, (size_t)(limit - entry));

            if (!nul) {
                malformed(r, fixups, p, "the last fixup of label \"%s\" does not end with a NUL", p->name->text);
                break;
            }
            read_fixup(r, fixups, p, entry, nul);
            entry = nul + 1;
        }
    }
}

static const bw_name *ref_to(reader *r, const bw_node *target)
{
    const bw_label *label = bw_live_label(target->labels);

    return label ? label->name : bw_intern_str(r->tree->unit->ctx->names, bw_node_path(r->tree, target));
}

static void read_local_offsets(reader *r, bw_node *mirror, bw_prop *offsets, bw_node *node, bw_prop *prop)
{
    for (uint32_t i = 0; i + 4 <= offsets->value.len; i += 4) {
        uint32_t offset = bw_get32(offsets->value.data + i);

        if (offset > prop->value.len || prop->value.len - offset < 4) {
            malformed(r, mirror, offsets, "the local fixup 0x%x is behind the end of %s, which has 0x%x bytes", offset,
                      prop->name->text, prop->value.len);
            continue;
        }
        uint32_t phandle = bw_get32(prop->value.data + offset);
        bw_node *target = bw_tree_by_phandle(r->tree, phandle);
        if (target)
            add_ref(r, node, prop, offset, ref_to(r, target), target);
        else
            malformed(r, mirror, offsets, "no node has phandle 0x%x, which stands at 0x%x of %s", phandle, offset,
                      prop->name->text);
    }
}

/* The mirror tree has for each property with references a property with their offsets. */
static void read_local_fixups(reader *r, bw_node *mirror, bw_node *node, unsigned depth)
{
    BW_FOR_PROPS (mirror, offsets) {
        bw_prop *prop = bw_node_prop(node, offsets->name);

        if (!prop)
            malformed(r, mirror, offsets, "%s has no property \"%s\", but local fixups in it",
                      bw_node_path(r->tree, node), offsets->name->text);
        else if (offsets->value.len % 4)
            malformed(r, mirror, offsets, "local fixups are cells of 4 bytes; these are 0x%x bytes",
                      offsets->value.len);
        else
            read_local_offsets(r, mirror, offsets, node, prop);
    }
    BW_FOR_CHILDREN (mirror, m) {
        bw_node *child;

        bw_node_index(r->tree, node);
        child = bw_node_child(node, m->name);
        if (!child)
            malformed(r, m, NULL, "%s has no child \"%s\", but local fixups in it", bw_node_path(r->tree, node),
                      m->name->text);
        else if (depth < BW_FDT_MAX_DEPTH)
            read_local_fixups(r, m, child, depth + 1);
    }
}

static int by_place(const void *a, const void *b)
{
    const new_ref *x = a;
    const new_ref *y = b;

    if (x->prop != y->prop)
        return (uintptr_t)x->prop < (uintptr_t)y->prop ? -1 : 1;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* Marks of one property and its new references, both sorted, into one list. A cell has one reference. */
static void merge_refs(bw_tree *tree, const new_ref *refs, uint32_t count)
{
    bw_value *value = &refs->prop->value;
    bw_mark *merged = bw_arena_array(&tree->unit->arena, bw_mark, (size_t)value->mark_count + count);
    uint64_t free_from = 0; /* first byte behind the last reference */
    uint32_t used = 0;
    uint32_t old = 0;

    for (uint32_t i = 0; i < count; i++) {
        for (; old < value->mark_count && value->marks[old].offset <= refs[i].offset; old++) {
            merged[used++] = value->marks[old];
            if (value->marks[old].kind == BW_MARK_REF_PHANDLE)
                free_from = (uint64_t)value->marks[old].offset + 4;
        }
        if (refs[i].offset < free_from)
            continue;
        merged[used++] = (bw_mark){
            .offset = refs[i].offset, .kind = BW_MARK_REF_PHANDLE, .ref = refs[i].ref, .node = refs[i].target};
        free_from = (uint64_t)refs[i].offset + 4;
    }
    while (old < value->mark_count)
        merged[used++] = value->marks[old++];
    value->marks = merged;
    value->mark_count = used;
    value->has_refs = true;
    refs->holder->has_refs = true;
}

void bw_fdt_read_fixups(bw_tree *tree, bool quiet)
{
    reader r = {.tree = tree, .quiet = quiet};
    bw_node *fixups = bw_node_child(tree->root, tree->unit->n->fixups);
    bw_node *local = bw_node_child(tree->root, tree->unit->n->local_fixups);

    if (!fixups && !local)
        return;
    r.refs = g_array_new(FALSE, FALSE, sizeof(new_ref));
    if (fixups)
        read_fixups(&r, fixups);
    if (local)
        read_local_fixups(&r, local, tree->root, 0);
    if (r.refs->len)
        qsort(r.refs->data, r.refs->len, sizeof(new_ref), by_place);
    const new_ref *refs = (const new_ref *)(void *)r.refs->data;
    for (guint i = 0, n; i < r.refs->len; i += n) {
        for (n = 1; i + n < r.refs->len && refs[i + n].prop == refs[i].prop; n++)
            ;
        merge_refs(tree, refs + i, n);
    }
    g_array_free(r.refs, TRUE);
}

/* -- generating --------------------------------------------------------------------------------- */

/* What is added to one property of a fixup node: runs of bytes, each with a type mark of its own. */
typedef struct addition {
    bw_prop *prop;
    GHashTable *known; /* of the entries that stood there before */
    GByteArray *bytes;
    GArray *marks; /* of bw_mark */
} addition;

static void addition_add(addition *a, bw_mark_kind kind, const void *bytes, uint32_t len)
{
    bw_mark mark = {.kind = kind, .offset = a->prop->value.len + a->bytes->len};

    g_array_append_val(a->marks, mark);
    g_byte_array_append(a->bytes, bytes, len);
}

static void *joined(bw_arena *arena, const void *old, size_t old_len, const void *more, size_t more_len)
{
    char *both = bw_arena_alloc(arena, old_len + more_len);

    if (old_len)
        memcpy(both, old, old_len);
    if (more_len)
        memcpy(both + old_len, more, more_len);
    return both;
}

static void addition_finish(bw_tree *tree, addition *a)
{
    bw_value *v = &a->prop->value;
    bw_arena *arena = &tree->unit->arena;

    v->data = joined(arena, v->data, v->len, a->bytes->data, a->bytes->len);
    v->len += a->bytes->len;
    v->marks =
        joined(arena, v->marks, v->mark_count * sizeof(bw_mark), a->marks->data, a->marks->len * sizeof(bw_mark));
    v->mark_count += a->marks->len;
    g_byte_array_free(a->bytes, TRUE);
    g_array_free(a->marks, TRUE);
    if (a->known)
        g_hash_table_destroy(a->known);
}

static addition addition_begin(bw_tree *tree, bw_node *holder, const bw_name *name)
{
    addition a = {.prop = bw_node_prop(holder, name)};

    if (!a.prop)
        a.prop = bw_node_add_prop(tree, holder, name);
    a.bytes = g_byte_array_new();
    a.marks = g_array_new(FALSE, FALSE, sizeof(bw_mark));
    return a;
}

static bw_node *target_of(bw_tree *tree, bw_mark *mark)
{
    if (!mark->node || mark->node->deleted)
        mark->node = bw_tree_by_ref(tree, mark->ref->text);
    return mark->node;
}

typedef struct generator {
    bw_tree *tree;
    bw_node *fixups;   /* NULL until there is something to put in */
    GArray *additions; /* of addition; the slot of a label's name holds its index + 1 */
    bool failed;
} generator;

/* The strings that the label's property has already. */
static GHashTable *known_strings(bw_tree *tree, bw_node *holder, const bw_prop *prop, bool *malformed)
{
    *malformed = false;
    if (prop->value.len == 0)
        return NULL;
    const char *s = (const char *)prop->value.data;
    const char *end = s + prop->value.len;
    if (end[-1] != '\0') {
        *malformed = true;
        bw_find_prop(tree, BW_CODE_fixup_malformed, holder, prop,
                     "/__fixups__ has \"%s\", which is no list of strings; fixups of that label are not added",
                     prop->name->text);
        return NULL;
    }
    GHashTable *known = g_hash_table_new(g_str_hash, g_str_equal);
    for (; s < end; s += strlen(s) + 1)
        g_hash_table_add(known, (char *)(uintptr_t)s);
    return known;
}

static addition *addition_of_label(generator *g, const bw_name *label)
{
    bw_slot *slot = bw_slot_of(&g->tree->unit->strings, label);

    if (!slot->value) {
        if (!g->fixups)
            g->fixups = bw_fdt_root_child(g->tree, g->tree->unit->n->fixups);
        addition a = addition_begin(g->tree, g->fixups, label);
        bool malformed;
        a.known = known_strings(g->tree, g->fixups, a.prop, &malformed);
        g_array_append_val(g->additions, a);
        slot->value = g->additions->len;
        slot->ptr = malformed ? a.prop : NULL;
    }
    return slot->ptr ? NULL : &g_array_index(g->additions, addition, slot->value - 1);
}

static void add_fixup(generator *g, const bw_node *node, const bw_prop *prop, const bw_mark *mark)
{
    const char *path = bw_node_path(g->tree, node);

    if (strchr(mark->ref->text, '/')) {
        bw_find_elem(g->tree, BW_CODE_fixup_path, node, prop, mark->offset,
                     "&{%s} is not in this overlay, and a fixup can only name a label", mark->ref->text);
        g->failed = true;
        return;
    }
    if (strchr(path, ':') || strchr(prop->name->text, ':')) {
        bw_find_prop(g->tree, BW_CODE_fixup_path, node, prop,
                     "a fixup cannot name the property \"%s\" of %s: colons separate its parts", prop->name->text,
                     path);
        g->failed = true;
        return;
    }
    addition *a = addition_of_label(g, mark->ref);
    char *entry = g_strdup_printf("%s:%s:%u", path, prop->name->text, mark->offset);
    if (a && !(a->known && g_hash_table_contains(a->known, entry)))
        addition_add(a, BW_MARK_STRING, entry, (uint32_t)strlen(entry) + 1);
    g_free(entry);
}

static bool add_all_fixups(bw_tree *tree)
{
    generator g = {.tree = tree, .additions = g_array_new(FALSE, FALSE, sizeof(addition))};

    bw_slots_clear(&tree->unit->strings);
    BW_FOR_NODES (tree, n) {
        if (!n->has_refs)
            continue;
        BW_FOR_PROPS (n, p) {
            for (uint32_t i = 0; p->value.has_refs && i < p->value.mark_count; i++)
                if (p->value.marks[i].kind == BW_MARK_REF_PHANDLE && !target_of(tree, &p->value.marks[i]))
                    add_fixup(&g, n, p, &p->value.marks[i]);
        }
    }
    for (guint i = 0; i < g.additions->len; i++)
        addition_finish(tree, &g_array_index(g.additions, addition, i));
    g_array_free(g.additions, TRUE);
    return !g.failed;
}

/* The node of the mirror tree that stands for @p node. */
static bw_node *mirror_of(bw_tree *tree, bw_node *root, const bw_node *node)
{
    if (!node->parent)
        return root;
    bw_node *above = mirror_of(tree, root, node->parent); /* as deep as the tree */
    bw_node_index(tree, above);
    bw_node *mirror = bw_node_child(above, node->name);
    if (!mirror) {
        mirror = bw_node_new(tree, node->name);
        bw_node_add_child(above, mirror);
    }
    return mirror;
}

static bool has_cell(const bw_value *value, uint32_t cell)
{
    for (uint32_t i = 0; i < value->len; i += 4)
        if (bw_get32(value->data + i) == cell)
            return true;
    return false;
}

static bool has_local(bw_tree *tree, const bw_prop *p)
{
    for (uint32_t i = 0; p->value.has_refs && i < p->value.mark_count; i++)
        if (p->value.marks[i].kind == BW_MARK_REF_PHANDLE && target_of(tree, &p->value.marks[i]))
            return true;
    return false;
}

static void add_local_fixups(bw_tree *tree, bw_node *mirror, const bw_prop *prop)
{
    addition a = addition_begin(tree, mirror, prop->name);

    if (a.prop->value.len % 4) {
        bw_find_prop(tree, BW_CODE_fixup_malformed, mirror, a.prop,
                     "local fixups are cells of 4 bytes; these are 0x%x bytes, so none are added", a.prop->value.len);
    } else {
        for (uint32_t i = 0; i < prop->value.mark_count; i++) {
            bw_mark *m = &prop->value.marks[i];
            uint8_t cell[4];

            if (m->kind != BW_MARK_REF_PHANDLE || !target_of(tree, m) || has_cell(&a.prop->value, m->offset))
                continue;
            bw_put32(cell, m->offset);
            addition_add(&a, BW_MARK_UINT32, cell, 4);
        }
    }
    addition_finish(tree, &a);
}

static void add_all_local_fixups(bw_tree *tree)
{
    bw_node *root = NULL;

    BW_FOR_NODES (tree, n) {
        if (!n->has_refs)
            continue;
        bw_node *mirror = NULL;
        BW_FOR_PROPS (n, p) {
            if (!has_local(tree, p))
                continue;
            if (!root)
                root = bw_fdt_root_child(tree, tree->unit->n->local_fixups);
            if (!mirror)
                mirror = mirror_of(tree, root, n);
            add_local_fixups(tree, mirror, p);
        }
    }
}

bool bw_fdt_add_fixups(bw_tree *tree)
{
    if (!add_all_fixups(tree))
        return false;
    add_all_local_fixups(tree);
    return true;
}
