/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assembler text for GNU as: the same bytes as write.c, with symbols for the blocks (dt_blob_start
 * and so on) and for the labels of the source. Layout and symbols as dtc -O asm has them, as boot
 * loaders link against them.
 */
#include "fdt/fdt.h"

#include "base/bytes.h"
#include "fdt/strings.h"
#include "fdt/version.h"

typedef struct writer {
    bw_tree *tree;
    const bw_fdt_version *version;
    bw_buffer *out;
    bw_fdt_strings strings;
} writer;

static void bytes(writer *w, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        bw_buffer_printf(w->out, "\t.byte\t0x%02x\n", data[i]);
}

static void cell(writer *w, uint32_t value)
{
    uint8_t b[4];

    bw_put32(b, value);
    bytes(w, b, 4);
}

static void cell64(writer *w, uint64_t value)
{
    cell(w, (uint32_t)(value >> 32));
    cell(w, (uint32_t)value);
}

/* A cell that the assembler computes. */
static void distance(writer *w, const char *to, const char *from)
{
    static const char *const shifts[] = {") >> 24) & 0xff", ") >> 16) & 0xff", ") >> 8) & 0xff", ")) & 0xff"};

    for (int i = 0; i < 4; i++)
        bw_buffer_printf(w->out, "\t.byte\t((_dt_%s - _dt_%s%s\n", to, from, shifts[i]);
}

static void comment(writer *w, const char *text)
{
    bw_buffer_printf(w->out, "\t/* %s */\n", text);
}

static void block_symbol(writer *w, const char *name)
{
    bw_buffer_printf(w->out, "\t.globl\tdt_%s\ndt_%s:\n_dt_%s:\n", name, name, name);
}

static void symbols(writer *w, const bw_label *labels, const char *suffix)
{
    for (const bw_label *l = labels; l; l = l->next)
        if (!l->deleted)
            bw_buffer_printf(w->out, "\t.globl\t%s%s\n%s%s:\n", l->name->text, suffix, l->name->text, suffix);
}

static void align(writer *w, uint32_t to)
{
    bw_buffer_printf(w->out, "\t.balign\t%u, 0\n", to);
}

static void string(writer *w, const char *text, size_t len)
{
    bw_buffer_printf(w->out, "\t.asciz\t\"%.*s\"\n", (int)len, text);
}

static void prop_head(writer *w, const bw_label *labels, const bw_name *name, uint32_t len)
{
    symbols(w, labels, "");
    comment(w, "FDT_PROP");
    cell(w, BW_FDT_PROP);
    cell(w, len);
    cell(w, bw_fdt_string_offset(&w->strings, name));
    if (w->version->old && len >= 8)
        align(w, 8);
}

static void prop(writer *w, const bw_prop *p)
{
    prop_head(w, p->labels, p->name, p->value.len);
    for (uint32_t i = 0; i < p->value.mark_count; i++) {
        const bw_mark *m = &p->value.marks[i];

        if (m->kind == BW_MARK_LABEL)
            bw_buffer_printf(w->out, "\t.globl\t%s\n%s\t= . + %u\n", m->ref->text, m->ref->text, m->offset);
    }
    bytes(w, p->value.data, p->value.len);
    align(w, 4);
}

static void begin_node(writer *w, const bw_node *node)
{
    const bw_name *name = w->tree->unit->n->name;
    bool has_name = false;

    symbols(w, node->labels, "");
    comment(w, "FDT_BEGIN_NODE");
    cell(w, BW_FDT_BEGIN_NODE);
    if (w->version->old) {
        const char *path = bw_node_path(w->tree, node);
        string(w, path, strlen(path));
    } else {
        string(w, node->name->text, node->name->len);
    }
    align(w, 4);
    BW_FOR_PROPS (node, p) {
        has_name |= p->name == name;
        prop(w, p);
    }
    if (w->version->old && !has_name) {
        prop_head(w, NULL, name, node->name->base_len + 1);
        string(w, node->name->text, node->name->base_len);
        align(w, 4);
    }
}

static void structure(writer *w)
{
    const bw_node *root = w->tree->root;
    const bw_node *n = root;

    while (n && !root->deleted) {
        begin_node(w, n);
        const bw_node *next = bw_live_node(n->first_child);
        while (!next) {
            comment(w, "FDT_END_NODE");
            cell(w, BW_FDT_END_NODE);
            symbols(w, n->labels, "_end");
            if (n == root)
                break;
            next = bw_live_node(n->next);
            n = n->parent;
        }
        n = next;
    }
    comment(w, "FDT_END");
    cell(w, BW_FDT_END);
}

static void header(writer *w, uint32_t boot_cpuid)
{
    const bw_fdt_version *v = w->version;

    block_symbol(w, "blob_start");
    block_symbol(w, "header");
    comment(w, "magic");
    cell(w, BW_FDT_MAGIC);
    comment(w, "totalsize");
    distance(w, "blob_abs_end", "blob_start");
    comment(w, "off_dt_struct");
    distance(w, "struct_start", "blob_start");
    comment(w, "off_dt_strings");
    distance(w, "strings_start", "blob_start");
    comment(w, "off_mem_rsvmap");
    distance(w, "reserve_map", "blob_start");
    comment(w, "version");
    cell(w, v->version);
    comment(w, "last_comp_version");
    cell(w, v->last_compatible);
    if (v->boot_cpuid) {
        comment(w, "boot_cpuid_phys");
        cell(w, boot_cpuid);
    }
    if (v->strings_size) {
        comment(w, "size_dt_strings");
        distance(w, "strings_end", "strings_start");
    }
    if (v->struct_size) {
        comment(w, "size_dt_struct");
        distance(w, "struct_end", "struct_start");
    }
}

static void reserve_map(writer *w, uint32_t slots)
{
    align(w, 8);
    block_symbol(w, "reserve_map");
    for (const bw_memreserve *m = w->tree->memreserves; m; m = m->next) {
        symbols(w, m->labels, "");
        cell64(w, m->address);
        cell64(w, m->size);
    }
    for (uint64_t i = 0; i <= slots; i++)
        bw_buffer_text(w->out, "\t.long\t0, 0\n\t.long\t0, 0\n");
}

static void strings(writer *w)
{
    block_symbol(w, "strings_start");
    for (const bw_fdt_string *s = w->strings.first; s; s = s->follow)
        string(w, s->name->text, s->name->len);
    block_symbol(w, "strings_end");
}

bool bw_fdt_write_asm(bw_tree *tree, const bw_fdt_write_options *options, bw_buffer *out)
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
    bw_fdt_strings_begin(&w.strings, tree->unit);
    bw_buffer_text(out, "/* made by boardwright dtc, do not edit */\n\n");
    header(&w, options->boot_cpuid_set ? options->boot_cpuid : tree->boot_cpuid);
    reserve_map(&w, options->reserve_slots);
    block_symbol(&w, "struct_start");
    structure(&w);
    block_symbol(&w, "struct_end");
    strings(&w);
    block_symbol(&w, "blob_end");
    if (options->min_size)
        bw_buffer_printf(out, "\t.space\t%u - (_dt_blob_end - _dt_blob_start), 0\n", options->min_size);
    if (options->pad)
        bw_buffer_printf(out, "\t.space\t%u, 0\n", options->pad);
    if (options->align)
        align(&w, options->align);
    block_symbol(&w, "blob_abs_end");
    return true;
}
