/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The devicetree in memory. Everything lives in the arena of the tree's unit.
 *
 * Deleted nodes and properties stay in their lists, flagged, because one that is defined again
 * comes back in its old place (dtc does so, and the order decides the bytes of a blob). The loops
 * below skip them. Source: Devicetree Specification v0.4, chapters 2 and 6; dtc 1.8.1 for order.
 */
#ifndef BW_TREE_TREE_H
#define BW_TREE_TREE_H

#include "base/unit.h"

typedef struct bw_tree bw_tree;
typedef struct bw_node bw_node;
typedef struct bw_prop bw_prop;

/** What stands at an offset of a value, beyond its bytes. Sorted by offset; at equal offsets in
 *  the order of the source. */
typedef enum bw_mark_kind {
    BW_MARK_LABEL,       /**< a label; ref is its name */
    BW_MARK_REF_PHANDLE, /**< the cell here is the phandle of ref ("label", "/path", "label/path") */
    BW_MARK_REF_PATH,    /**< the string here is the path of ref; its bytes exist after bw_tree_resolve() */
    BW_MARK_UINT8,       /**< bytes ([..], /bits/ 8, /incbin/) from here to the next type mark */
    BW_MARK_UINT16,
    BW_MARK_UINT32,
    BW_MARK_UINT64,
    BW_MARK_STRING,
    BW_MARK_UNKNOWN, /**< the element here has no known value (tolerated missing include) */
} bw_mark_kind;

typedef struct bw_mark {
    uint32_t offset;
    bw_mark_kind kind;
    const bw_name *ref; /**< of LABEL and REF_*, else NULL */
    bw_node *node;      /**< of REF_*: the target, after bw_tree_resolve(); NULL if there is none */
    bw_loc loc;
} bw_mark;

/** Where one element (cell, string, byte, reference) of a value was written. */
typedef struct bw_elem {
    uint32_t offset;
    bw_loc loc; /**< its first character; of "(" for an expression */
} bw_elem;

typedef struct bw_value {
    const uint8_t *data; /**< as in the blob: big-endian cells, NUL-terminated strings */
    uint32_t len;
    uint32_t mark_count;
    bw_mark *marks;
    const bw_elem *elems; /**< by offset; none if the value did not come from text */
    uint32_t elem_count;
    bool has_refs;    /**< some mark is BW_MARK_REF_* */
    bool has_unknown; /**< some mark is BW_MARK_UNKNOWN */
} bw_value;

typedef struct bw_label {
    struct bw_label *next; /**< older one of the same node */
    const bw_name *name;
    bw_loc loc;
    bool deleted;
} bw_label;

typedef enum bw_event_kind { BW_SET, BW_DELETE } bw_event_kind;

/** What happened to a property: newest first. The newest BW_SET holds the present value's place. */
typedef struct bw_prop_event {
    struct bw_prop_event *older;
    bw_event_kind kind;
    bw_loc name;         /**< the property's name, or the /delete-property/ */
    bw_loc first;        /**< first token of the value; 0 without one */
    bw_loc value_last;   /**< last token of the value; 0 without one */
    bw_loc last;         /**< the ";" */
    const bw_value *old; /**< what it replaced or deleted; NULL if there was nothing */
} bw_prop_event;

struct bw_prop {
    bw_prop *next; /**< with deleted ones: use BW_FOR_PROPS */
    const bw_name *name;
    bw_value value;
    bw_label *labels;
    bw_prop_event *history; /**< NULL when it came from a blob or was generated */
    bool deleted;
    bool duplicate; /**< the same name stood earlier in the same first body (dtc: an error) */
};

/** A body or a deletion of a node: newest first. */
typedef struct bw_node_event {
    struct bw_node_event *older;
    bw_event_kind kind;
    bw_loc name; /**< node name, "&label", or /delete-node/ */
    uint32_t name_len;
    bw_loc open;  /**< "{"; 0 of a deletion */
    bw_loc close; /**< the ";" after "}" */
} bw_node_event;

struct bw_node {
    bw_node *next; /**< sibling, with deleted ones: use BW_FOR_CHILDREN */
    bw_node *parent;
    bw_node *first_child, *last_child;
    bw_prop *first_prop, *last_prop;
    const bw_name *name; /**< with unit address; "" for the root */
    bw_label *labels;    /**< newest first, with deleted ones: use BW_FOR_LABELS */
    bw_node_event *history;
    uint32_t phandle; /**< 0: none (yet) */
    uint32_t number;  /**< position in pre-order when the tree was last numbered: for side tables */
    uint32_t child_count;
    void *child_index; /**< private: by name, once there are many */
    bool deleted;
    bool omit_if_no_ref;
    bool referenced;
    bool duplicate; /**< the same name stood earlier in the same first body (dtc: an error) */
    bool has_refs;  /**< some property (perhaps a deleted one) holds a reference */
};

typedef struct bw_memreserve {
    struct bw_memreserve *next;
    uint64_t address, size; /**< bytes */
    bw_label *labels;
    bw_loc loc;
} bw_memreserve;

struct bw_tree {
    bw_unit *unit;
    bw_node *root; /**< never NULL once read */
    bw_memreserve *memreserves;
    uint32_t boot_cpuid;
    bool plugin;                       /**< /plugin/ */
    bool zephyr;                       /**< read in Zephyr's dialect: its headers number some things in their own way */
    bool from_source;                  /**< text, with locations and marks; else a blob */
    bool has_unknown;                  /**< some element is BW_MARK_UNKNOWN, or an include was missing */
    bool lacks_nodes;                  /**< an include that may hold nodes was missing: labels may lead nowhere */
    bool resolved;                     /**< references have their values; resolving again would spoil them */
    bool broken;                       /**< there were errors while reading; checks may still look at it */
    bool may_have_duplicates;          /**< of node or property names; readers set it, resolve looks closer */
    bool may_repeat_labels;            /**< likewise */
    bool has_explicit_phandles;        /**< some "phandle" or "linux,phandle" was added */
    bool has_omit;                     /**< some node is omit_if_no_ref */
    uint32_t next_phandle;             /**< private to resolve */
    uint32_t next_fragment;            /**< private to the reader */
    const char *path;                  /**< of the main file, for findings without a place */
    struct bw_phandle_table *phandles; /**< private */
};

static inline bw_node *bw_live_node(bw_node *n)
{
    while (n && n->deleted)
        n = n->next;
    return n;
}
static inline bw_prop *bw_live_prop(bw_prop *p)
{
    while (p && p->deleted)
        p = p->next;
    return p;
}
static inline bw_label *bw_live_label(bw_label *l)
{
    while (l && l->deleted)
        l = l->next;
    return l;
}
#define BW_FOR_CHILDREN(node, c) for (bw_node *c = bw_live_node((node)->first_child); c; c = bw_live_node(c->next))
#define BW_FOR_PROPS(node, p) for (bw_prop *p = bw_live_prop((node)->first_prop); p; p = bw_live_prop(p->next))
#define BW_FOR_LABELS(owner, l) for (bw_label *l = bw_live_label((owner)->labels); l; l = bw_live_label(l->next))
/** All live nodes in pre-order, the root first: for (n = root; n; n = bw_node_following(n)). */
#define BW_FOR_NODES(tree, n)                                                                                          \
    for (bw_node *n = (tree)->root && !(tree)->root->deleted ? (tree)->root : NULL; n; n = bw_node_following(n))
bw_node *bw_node_following(const bw_node *node);

/* Building. The reader, the blob reader and the generators use these. */
bw_tree *bw_tree_new(bw_unit *unit, const char *path);
bw_node *bw_node_new(bw_tree *tree, const bw_name *name);
void bw_node_add_child(bw_node *parent, bw_node *child); /**< at the end */
void bw_node_index(bw_tree *tree, bw_node *node);        /**< makes finding children by name fast when there are many */
bw_prop *bw_node_add_prop(bw_tree *tree, bw_node *node, const bw_name *name); /**< at the end, empty value */
/** Finds the live property or adds it, and gives it @p value. */
bw_prop *bw_node_set(bw_tree *tree, bw_node *node, const bw_name *name, bw_value value);
bw_value bw_value_cells(bw_tree *tree, const uint32_t *cells, uint32_t count); /**< copies; UINT32 mark */
bw_value bw_value_string(bw_tree *tree, const char *text);                     /**< copies; STRING mark */
bw_value bw_value_bytes(bw_tree *tree, const void *data, uint32_t len);        /**< copies; no marks */
void bw_node_rename(bw_node *node, const bw_name *name); /**< no other child of its parent may have that name */
void bw_node_delete(bw_node *node);
void bw_prop_delete(bw_prop *prop);
void bw_label_add(bw_tree *tree, bw_node *node, const bw_name *name, bw_loc loc);      /**< also revives */
void bw_prop_label_add(bw_tree *tree, bw_prop *prop, const bw_name *name, bw_loc loc); /**< likewise */
/** Says that a label stands in a value or on a memory reservation, for duplicates to be seen. */
void bw_tree_note_label(bw_tree *tree, const bw_name *name);

/* Finding. All return NULL when there is none; deleted things are not found. */
bw_node *bw_node_child(const bw_node *node, const bw_name *name);
bw_node *bw_node_child_any(const bw_node *node, const bw_name *name);           /**< also a deleted one */
bw_node *bw_node_child_text(const bw_node *node, const char *name, size_t len); /**< whole name */
bw_prop *bw_node_prop(const bw_node *node, const bw_name *name);
bw_prop *bw_node_prop_any(const bw_node *node, const bw_name *name); /**< also a deleted one */
bw_prop *bw_node_prop_text(const bw_node *node, const char *name);
bw_node *bw_tree_by_path(const bw_tree *tree, const char *path); /**< "/soc/uart@1000"; exact names */
bw_node *bw_node_by_path(const bw_node *node, const char *path); /**< below a node */
bw_node *bw_tree_by_label(const bw_tree *tree, const bw_name *label);
bw_node *bw_tree_by_ref(const bw_tree *tree, const char *ref); /**< "label", "/path", "label/path" */
bw_node *bw_tree_by_phandle(const bw_tree *tree, uint32_t phandle);
/** The label most like @p label, for "did you mean"; NULL if none is near. */
const char *bw_tree_nearest_label(const bw_tree *tree, const char *label);
/** Gives a live node its phandle number (the property is the caller's). */
void bw_tree_set_phandle(bw_tree *tree, bw_node *node, uint32_t phandle);

/** @return the path, in the unit's arena. */
char *bw_node_path(const bw_tree *tree, const bw_node *node);
bool bw_node_is_below(const bw_node *node, const bw_node *ancestor); /**< or the same */

/* Where things were written; BW_NOWHERE for generated ones and blobs. */
bw_span bw_node_span(const bw_node *node);                       /**< the name in the body that defined it first */
bw_span bw_node_last_span(const bw_node *node);                  /**< the name in its newest body */
bw_span bw_prop_span(const bw_prop *prop);                       /**< the name where it was set last */
bw_span bw_prop_value_span(const bw_prop *prop);                 /**< the whole value; the name without one */
bw_span bw_prop_elem_span(const bw_prop *prop, uint32_t offset); /**< the element at a byte */
bw_span bw_prop_range_span(const bw_prop *prop, uint32_t offset, uint32_t len); /**< elements of these bytes */

/** @return whether no element in these bytes is BW_MARK_UNKNOWN. */
bool bw_prop_known(const bw_prop *prop, uint32_t offset, uint32_t len);

/** For who is going to write the tree: a finding value-unknown for each property with a BW_MARK_UNKNOWN element.
 *  @return whether there was none. */
bool bw_tree_all_known(const bw_tree *tree);

/** A finding about a node, or a property of it when @p prop is not NULL; the subject is set. */
bw_finding *bw_find_node(const bw_tree *tree, bw_code code, const bw_node *node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bw_finding *bw_find_prop(const bw_tree *tree, bw_code code, const bw_node *node, const bw_prop *prop,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));
bw_finding *bw_find_elem(const bw_tree *tree, bw_code code, const bw_node *node, const bw_prop *prop, uint32_t offset,
                         const char *format, ...) __attribute__((format(printf, 6, 7)));
/** Note at the place of a node (or property); without a place, at the file with the path in the text. */
void bw_find_note_node(const bw_tree *tree, bw_finding *finding, const bw_node *node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
