/* SPDX-License-Identifier: Apache-2.0 */
#include "fdt/fdt.h"

#include "base/bytes.h"
#include "fdt/version.h"

#include <stdarg.h>

/* Where a reader stands. Offsets are from the begin of the file; everything up to limit may be read. */
typedef struct reader {
    bw_unit *unit;
    bw_tree *tree;
    const uint8_t *data;
    uint32_t total; /* bytes of the blob, padding and all */
    uint32_t version;
    uint32_t begin, limit, at; /* of the structure block */
    uint32_t strings_begin, strings_limit;
    bool old;                              /* version below 16 */
    bool said_order, said_nop, said_empty; /* once is enough */
} reader;

bool bw_fdt_is_blob(const void *data, size_t len)
{
    return len >= 4 && bw_get32(data) == BW_FDT_MAGIC;
}

/* All faults are of the file as a whole, with the offset in the sentence: a blob has no lines. */
static bw_finding *fault(reader *r, bw_code code, uint32_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bw_finding *fault(reader *r, bw_code code, uint32_t offset, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    bw_finding *f =
        bw_findings_add(r->unit->findings, code, bw_file_place(r->tree->path), "at byte 0x%x: %s", offset, text);
    g_free(text);
    r->tree->broken |= bw_codes[code].severity == BW_ERROR;
    return f;
}

/* -- header ------------------------------------------------------------------------------------- */

/* A block that must lie in the blob: [offset, offset + size). */
static bool block_fits(reader *r, const char *what, uint32_t field, uint32_t offset, uint32_t size, uint32_t align)
{
    if (offset > r->total || size > r->total - offset) {
        fault(r, BW_CODE_blob_header, field, "the %s of 0x%x bytes at 0x%x does not fit into the blob of 0x%x bytes",
              what, size, offset, r->total);
        return false;
    }
    if (offset % align) {
        fault(r, BW_CODE_blob_header, field, "the %s begins at 0x%x, which is no multiple of %u", what, offset, align);
        return false;
    }
    return true;
}

static bool read_header(reader *r, uint32_t file_len)
{
    const uint8_t *h = r->data;

    if (file_len < 4) {
        fault(r, BW_CODE_blob_truncated, file_len, "the file ends here; a blob begins with a header of 40 bytes");
        return false;
    }
    if (!bw_fdt_is_blob(h, file_len)) {
        fault(r, BW_CODE_blob_header, 0, "this is not a devicetree blob: it begins with 0x%08x instead of 0x%08x",
              bw_get32(h), BW_FDT_MAGIC);
        return false;
    }
    if (file_len < 28) {
        fault(r, BW_CODE_blob_truncated, file_len, "the file ends inside the header, which has 40 bytes");
        return false;
    }
    r->total = bw_get32(h + 4);
    r->version = bw_get32(h + 20);
    uint32_t last = bw_get32(h + 24);
    if (r->version == 0 || last > 17 || last > r->version) {
        fault(r, BW_CODE_blob_header, 20, "the blob is of version %u, readable as %u; versions 1 to 17 can be read",
              r->version, last);
        return false;
    }
    uint32_t need = r->version >= 17 ? 40 : r->version >= 3 ? 36 : r->version == 2 ? 32 : 28;
    if (r->total < need) {
        fault(r, BW_CODE_blob_header, 4, "the blob says that it has 0x%x bytes, less than its header of 0x%x", r->total,
              need);
        return false;
    }
    if (r->total > file_len) {
        bw_finding *f = fault(r, BW_CODE_blob_truncated, file_len,
                              "the file ends here, but the blob says that it has 0x%x bytes: 0x%x are missing",
                              r->total, r->total - file_len);
        bw_finding_cure(f, "copy the file again; it was cut off");
        return false;
    }
    r->old = r->version < 16;
    r->begin = bw_get32(h + 8);
    r->strings_begin = bw_get32(h + 12);
    uint32_t strings = r->strings_begin <= r->total ? r->total - r->strings_begin : 0;
    uint32_t structure = r->begin <= r->total ? r->total - r->begin : 0;
    if (r->version >= 3)
        strings = bw_get32(h + 32);
    if (r->version >= 17)
        structure = bw_get32(h + 36);
    if (!block_fits(r, "structure block", 8, r->begin, structure, 4) ||
        !block_fits(r, "string table", 12, r->strings_begin, strings, 1) ||
        !block_fits(r, "reserve map", 16, bw_get32(h + 16), 16, 8))
        return false;
    r->limit = r->begin + structure;
    r->strings_limit = r->strings_begin + strings;
    r->at = r->begin;
    r->tree->boot_cpuid = r->version >= 2 ? bw_get32(h + 28) : 0;
    return true;
}

/* The map ends with an entry of size 0. */
static bool read_reserve_map(reader *r)
{
    bw_memreserve **tail = &r->tree->memreserves;
    uint32_t at = bw_get32(r->data + 16);

    for (;; at += 16) {
        if (r->total - at < 16) {
            fault(r, BW_CODE_blob_truncated, at, "the reserve map has no end: an entry of size 0 is missing");
            return false;
        }
        uint64_t size = bw_get64(r->data + at + 8);
        if (size == 0)
            return true;
        bw_memreserve *m = bw_arena_new(&r->unit->arena, bw_memreserve);
        m->address = bw_get64(r->data + at);
        m->size = size;
        *tail = m;
        tail = &m->next;
    }
}

/* -- structure block ---------------------------------------------------------------------------- */

static bool room(reader *r, uint32_t need, const char *what)
{
    if (r->limit - r->at >= need)
        return true;
    fault(r, BW_CODE_blob_truncated, r->at, "the structure block ends at 0x%x, inside %s", r->limit, what);
    return false;
}

/* To a multiple of @p to, counted from the begin of the block. */
static bool align_at(reader *r, uint32_t to)
{
    uint32_t skip = (0 - (r->at - r->begin)) & (to - 1);

    if (!room(r, skip, "the padding of a name or value"))
        return false;
    r->at += skip;
    return true;
}

static const char *text_at(const reader *r, uint32_t at, uint32_t limit, uint32_t *len)
{
    const uint8_t *end = at < limit ? memchr(r->data + at, 0, limit - at) : NULL;

    if (!end)
        return NULL;
    *len = (uint32_t)(end - (r->data + at));
    return (const char *)r->data + at;
}

/* Versions below 16 have the whole path where later ones have the name. */
static const bw_name *old_name(reader *r, const bw_node *parent, const char *text, uint32_t len, uint32_t at)
{
    const char *prefix = parent ? bw_node_path(r->tree, parent) : "/";
    size_t skip = strlen(prefix);

    if (parent && parent->parent)
        skip++; /* the slash */
    if (!parent || (len >= skip && strncmp(text, prefix, strlen(prefix)) == 0))
        return bw_intern(r->unit->ctx->names, text + (parent ? skip : len), parent ? len - skip : 0);
    fault(r, BW_CODE_blob_structure, at, "the node \"%.*s\" stands inside %s, but its path does not begin so", (int)len,
          text, prefix);
    return NULL;
}

static bw_node *read_node(reader *r, bw_node *parent)
{
    uint32_t at = r->at;
    uint32_t len = 0;
    const char *text = text_at(r, at, r->limit, &len);

    if (!text) {
        fault(r, BW_CODE_blob_truncated, at, "the structure block ends at 0x%x, inside a node's name", r->limit);
        return NULL;
    }
    const bw_name *name = r->old ? old_name(r, parent, text, len, at) : bw_intern(r->unit->ctx->names, text, len);
    if (!name)
        return NULL;
    r->at += len + 1;
    if (!align_at(r, 4))
        return NULL;
    if (!parent && name->len) {
        fault(r, BW_CODE_blob_structure, at, "the root node has the name \"%s\"; it must have none", name->text);
        name = r->unit->n->empty;
    }
    bw_node *node = bw_node_new(r->tree, name);
    if (parent) {
        bw_node_index(r->tree, parent);
        node->duplicate = bw_node_child_any(parent, name) != NULL;
        r->tree->may_have_duplicates |= node->duplicate;
        bw_node_add_child(parent, node);
    }
    return node;
}

static bool read_prop(reader *r, bw_node *node)
{
    uint32_t at = r->at - 4;
    uint32_t name_len = 0;

    if (!room(r, 8, "a property"))
        return false;
    uint32_t len = bw_get32(r->data + r->at);
    uint32_t name_offset = bw_get32(r->data + r->at + 4);
    r->at += 8;
    uint32_t strings = r->strings_limit - r->strings_begin;
    const char *text = NULL;
    if (name_offset < strings)
        text = text_at(r, r->strings_begin + name_offset, r->strings_limit, &name_len);
    if (!text) {
        fault(r, BW_CODE_blob_structure, at + 8,
              name_offset < strings ? "the name at 0x%x of the string table has no end; the table has 0x%x bytes"
                                    : "the name of this property is at 0x%x of the string table, which has 0x%x bytes",
              name_offset, strings);
        return false;
    }
    if (r->old && len >= 8 && !align_at(r, 8))
        return false;
    if (len > r->limit - r->at) {
        fault(r, BW_CODE_blob_truncated, at + 4,
              "the property \"%s\" has 0x%x bytes, but the structure block ends 0x%x bytes further on", text, len,
              r->limit - r->at);
        return false;
    }
    const bw_name *name = bw_intern(r->unit->ctx->names, text, name_len);
    bw_slot *seen = bw_slot_of(&r->unit->strings, name);
    bw_prop *prop = bw_node_add_prop(r->tree, node, name);
    prop->duplicate = seen->ptr == node;
    r->tree->may_have_duplicates |= prop->duplicate;
    seen->ptr = node;
    prop->value.data = r->data + r->at;
    prop->value.len = len;
    r->at += len;
    if (name_len == 0 && !r->said_empty) {
        r->said_empty = true;
        fault(r, BW_CODE_blob_structure, at + 8, "a property of %s has an empty name", bw_node_path(r->tree, node));
    }
    if (node->first_child && !r->said_order) {
        r->said_order = true;
        fault(r, BW_CODE_blob_order, at, "the property \"%s\" of %s stands behind a subnode", text,
              bw_node_path(r->tree, node));
    }
    return align_at(r, 4);
}

/* One token at a time, with the open node instead of recursion. @return false when reading must stop. */
static bool read_structure(reader *r)
{
    bw_node *open = NULL;
    uint32_t depth = 0;

    for (;;) {
        uint32_t at = r->at;

        if (!room(r, 4, open ? "a node that has no end" : "the tree: its end mark is missing"))
            return false;
        uint32_t token = bw_get32(r->data + at);
        r->at += 4;
        if (token == BW_FDT_PROP && open) {
            if (!read_prop(r, open))
                return false;
        } else if (token == BW_FDT_BEGIN_NODE && (open || !r->tree->root)) {
            if (depth++ >= BW_FDT_MAX_DEPTH) {
                fault(r, BW_CODE_nesting, at, "nodes are nested deeper than %u", BW_FDT_MAX_DEPTH);
                return false;
            }
            bw_node *node = read_node(r, open);
            if (!node)
                return false;
            if (!r->tree->root)
                r->tree->root = node;
            open = node;
        } else if (token == BW_FDT_END_NODE && open) {
            open = open->parent;
            depth--;
        } else if (token == BW_FDT_NOP) {
            if (r->old && !r->said_nop)
                fault(r, BW_CODE_blob_order, at, "a blob of version %u has NOP, which came with version 16",
                      r->version);
            r->said_nop = true;
        } else if (token == BW_FDT_END && !open && r->tree->root) {
            return true;
        } else {
            static const char *const names[] = {
                "", "the begin of a node", "the end of a node", "a property", "NOP", "", "", "", "", "the end mark"};
            fault(r, BW_CODE_blob_structure, at, "the word 0x%08x%s%s%s is not possible %s", token,
                  token <= 9 && *names[token] ? " (" : "", token <= 9 ? names[token] : "",
                  token <= 9 && *names[token] ? ")" : "",
                  open            ? "inside a node"
                  : r->tree->root ? "behind the root node: only the end mark, 9, is"
                                  : "here: a tree begins with a node, 1");
            return false;
        }
    }
}

bw_tree *bw_fdt_read(bw_unit *unit, bw_source *source)
{
    reader r = {.unit = unit, .data = (const uint8_t *)source->text};

    r.tree = bw_tree_new(unit, source->path);
    r.tree->root = NULL;
    bw_slots_clear(&unit->strings);
    if (!read_header(&r, source->len) || !read_reserve_map(&r))
        return NULL;
    read_structure(&r);
    if (!r.tree->root)
        return NULL;
    r.tree->plugin = bw_node_child(r.tree->root, unit->n->fixups) || bw_node_child(r.tree->root, unit->n->local_fixups);
    return r.tree;
}
