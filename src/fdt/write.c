/* SPDX-License-Identifier: Apache-2.0 */
#include "fdt/fdt.h"

#include "base/bytes.h"
#include "fdt/strings.h"
#include "fdt/version.h"

static const bw_fdt_version versions[] = {
    {1, 1, 28, true, false, false, false},  {2, 1, 32, true, true, false, false},  {3, 1, 36, true, true, true, false},
    {16, 16, 36, false, true, true, false}, {17, 16, 40, false, true, true, true},
};

const bw_fdt_version *bw_fdt_version_find(uint32_t version)
{
    if (version == 0)
        version = 17;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        if (versions[i].version == version)
            return &versions[i];
    return NULL;
}

typedef struct writer {
    bw_tree *tree;
    const bw_fdt_version *version;
    bw_buffer *out;
    size_t struct_begin;
    bw_fdt_strings strings;
} writer;

static size_t align4(size_t n)
{
    return (n + 3) & ~(size_t)3;
}

/* Up to a multiple of @p to, counted from the begin of the structure block. */
static void align_struct(writer *w, size_t to)
{
    bw_buffer_zeros(w->out, (0 - (w->out->len - w->struct_begin)) & (to - 1));
}

static void cell(writer *w, uint32_t value)
{
    bw_put32(bw_buffer_reserve(w->out, 4), value);
    w->out->len += 4;
}

static void begin_node(writer *w, const bw_node *node)
{
    const char *name = node->name->text;
    size_t len = node->name->len;

    if (w->version->old) {
        name = bw_node_path(w->tree, node);
        len = strlen(name);
    }
    size_t padded = align4(len + 1);
    uint8_t *p = bw_buffer_reserve(w->out, 4 + padded);
    bw_put32(p, BW_FDT_BEGIN_NODE);
    bw_put32(p + padded, 0); /* the name ends in this word */
    memcpy(p + 4, name, len);
    w->out->len += 4 + padded;
}

/* Parts of a property apart, with the alignment of the old versions. */
static void old_prop(writer *w, const bw_name *name, const void *data, size_t len)
{
    cell(w, BW_FDT_PROP);
    cell(w, (uint32_t)len);
    cell(w, bw_fdt_string_offset(&w->strings, name));
    if (len >= 8)
        align_struct(w, 8);
    bw_buffer_add(w->out, data, len);
    align_struct(w, 4);
}

static void old_props(writer *w, const bw_node *node)
{
    const bw_name *name = w->tree->unit->n->name;
    bool has_name = false;

    BW_FOR_PROPS (node, p) {
        has_name |= p->name == name;
        old_prop(w, p->name, p->value.data, p->value.len);
    }
    if (!has_name) {
        const char *base = bw_arena_strndup(&w->tree->unit->arena, node->name->text, node->name->base_len);
        old_prop(w, name, base, node->name->base_len + 1);
    }
}

static void props(writer *w, const bw_node *node)
{
    BW_FOR_PROPS (node, prop) {
        size_t len = prop->value.len;
        size_t padded = align4(len);
        uint8_t *p = bw_buffer_reserve(w->out, 12 + padded);

        bw_put32(p, BW_FDT_PROP);
        bw_put32(p + 4, (uint32_t)len);
        bw_put32(p + 8, bw_fdt_string_offset(&w->strings, prop->name));
        if (len) {
            memset(p + 8 + padded, 0, 4); /* the value ends in this word */
            memcpy(p + 12, prop->value.data, len);
        }
        w->out->len += 12 + padded;
    }
}

static void structure(writer *w)
{
    bw_node *root = w->tree->root;
    bw_node *n = root;

    w->struct_begin = w->out->len;
    while (n && !root->deleted) {
        begin_node(w, n);
        if (w->version->old)
            old_props(w, n);
        else
            props(w, n);
        bw_node *next = bw_live_node(n->first_child);
        while (!next) {
            cell(w, BW_FDT_END_NODE);
            if (n == root)
                break;
            next = bw_live_node(n->next);
            n = n->parent;
        }
        n = next;
    }
    cell(w, BW_FDT_END);
}

static void reserve_map(writer *w, uint32_t slots)
{
    for (const bw_memreserve *m = w->tree->memreserves; m; m = m->next) {
        uint8_t *p = bw_buffer_reserve(w->out, 16);
        bw_put64(p, m->address);
        bw_put64(p + 8, m->size);
        w->out->len += 16;
    }
    bw_buffer_zeros(w->out, 16 * ((size_t)slots + 1));
}

/* Zero bytes wanted behind a blob of @p size bytes. */
static uint64_t padding(bw_tree *tree, const bw_fdt_write_options *options, uint64_t size)
{
    uint64_t pad = 0;

    if (options->min_size) {
        if (size > options->min_size)
            bw_find(tree->unit, BW_CODE_blob_min_size, BW_NOWHERE,
                    "the blob has 0x%llx bytes, more than the least size asked for, 0x%x bytes",
                    (unsigned long long)size, options->min_size);
        else
            pad = options->min_size - size;
    }
    if (options->pad)
        pad = options->pad;
    if (options->align) {
        uint64_t mask = (uint64_t)options->align - 1;
        pad = ((size + pad + mask) & ~mask) - size;
    }
    return pad;
}

static bool too_large(bw_tree *tree, uint64_t size)
{
    if (size <= INT32_MAX) /* libfdt and dtc count in int */
        return false;
    bw_find(tree->unit, BW_CODE_blob_too_large, BW_NOWHERE,
            "the blob would have 0x%llx bytes (%llu MiB); readers take 2 GiB at most", (unsigned long long)size,
            (unsigned long long)(size >> 20));
    return true;
}

static void header(uint8_t *h, const writer *w, uint32_t boot_cpuid, size_t total)
{
    const bw_fdt_version *v = w->version;
    size_t strings = w->out->len;
    uint32_t map = (v->header + 7) & ~7U;

    bw_put32(h, BW_FDT_MAGIC);
    bw_put32(h + 4, (uint32_t)total);
    bw_put32(h + 8, (uint32_t)w->struct_begin);
    bw_put32(h + 12, (uint32_t)strings);
    bw_put32(h + 16, map);
    bw_put32(h + 20, v->version);
    bw_put32(h + 24, v->last_compatible);
    if (v->boot_cpuid)
        bw_put32(h + 28, boot_cpuid);
    if (v->strings_size)
        bw_put32(h + 32, w->strings.len);
    if (v->struct_size)
        bw_put32(h + 36, (uint32_t)(strings - w->struct_begin));
}

bool bw_fdt_write(bw_tree *tree, const bw_fdt_write_options *options, bw_buffer *out)
{
    static const bw_fdt_write_options usual;
    writer w = {.tree = tree, .out = out};

    if (!options)
        options = &usual;
    bw_buffer_clear(out);
    w.version = bw_fdt_version_find(options->version);
    if (!w.version) {
        bw_find(tree->unit, BW_CODE_blob_version, BW_NOWHERE, "there is no blob version %u", options->version);
        return false;
    }
    if (too_large(tree, 16 * (uint64_t)options->reserve_slots))
        return false;
    bw_fdt_strings_begin(&w.strings, tree->unit);
    bw_buffer_zeros(out, (w.version->header + 7) & ~7U);
    reserve_map(&w, options->reserve_slots);
    structure(&w);

    uint64_t size = (uint64_t)out->len + w.strings.len;
    uint64_t pad = padding(tree, options, size);
    if (too_large(tree, size + pad))
        return false;
    header(out->data, &w, options->boot_cpuid_set ? options->boot_cpuid : tree->boot_cpuid, (size_t)(size + pad));
    bw_fdt_strings_copy(&w.strings, bw_buffer_reserve(out, w.strings.len));
    out->len += w.strings.len;
    bw_buffer_zeros(out, (size_t)pad);
    return true;
}
