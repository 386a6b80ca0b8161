/* SPDX-License-Identifier: Apache-2.0 */
#include "dts/print.h"

#include "base/bytes.h"
#include "dts/readable.h"
#include "dts/runs.h"

typedef struct printer {
    bw_tree *tree;
    bw_buffer *out;
    bw_annotate annotate;
    bool readable;
    const bw_dts_comments *comments; /* or NULL */
    const char *main_file;           /* paths are relative to its folder */
} printer;

/* -- places ------------------------------------------------------------------------------------- */

/* "../dts/b.dtsi" as seen from the folder of "a/board.dts"; the path itself if they share no folder. */
static void relative_path(printer *p, const char *path)
{
    const char *base = p->main_file;
    size_t shared = 0;
    unsigned up = 0;

    for (size_t i = 0; path[i] && path[i] == base[i]; i++)
        if (path[i] == '/')
            shared = i + 1;
    if (shared) {
        for (const char *s = base + shared; (s = strchr(s, '/')); s++)
            up++;
        while (up--)
            bw_buffer_text(p->out, "../");
    }
    bw_buffer_text(p->out, path + shared);
}

static void place_text(printer *p, bw_span span, bool first)
{
    bw_place place = bw_locs_place(&p->tree->unit->locs, span);

    if (!place.file)
        bw_buffer_text(p->out, "<no-file>");
    else if (p->annotate == BW_ANNOTATE_FULL)
        bw_buffer_text(p->out, place.file);
    else
        relative_path(p, place.file);
    if (p->annotate == BW_ANNOTATE_FULL)
        bw_buffer_printf(p->out, ":%u:%u-%u:%u", place.line, place.column, place.end_line, place.end_column);
    else
        bw_buffer_printf(p->out, ":%u", first ? place.line : place.end_line);
}

static void nowhere(printer *p)
{
    if (p->annotate == BW_ANNOTATE_FULL)
        bw_buffer_text(p->out, " /* <no-file>:<no-line> */");
}

/* Oldest body first: history has the newest first. */
static bool bodies(printer *p, const bw_node_event *event, bool first, unsigned depth)
{
    bool any = false;

    if (!event)
        return false;
    if (depth < 1000)
        any = bodies(p, event->older, first, depth + 1);
    if (event->kind != BW_SET || !event->open)
        return any;
    bw_buffer_text(p->out, any ? ", " : " /* ");
    place_text(p, bw_span_of(event->open, event->close), first);
    return true;
}

static void annotate_node(printer *p, const bw_node *node, bool first)
{
    if (!p->annotate)
        return;
    if (bodies(p, node->history, first, 0))
        bw_buffer_text(p->out, " */");
    else
        nowhere(p);
}

static void annotate_prop(printer *p, const bw_prop *prop)
{
    const bw_prop_event *event = prop->history;

    if (!p->annotate)
        return;
    while (event && event->kind != BW_SET)
        event = event->older;
    if (!event) {
        nowhere(p);
        return;
    }
    bw_buffer_text(p->out, " /* ");
    place_text(p, bw_span_of(event->name, event->last), true);
    bw_buffer_text(p->out, " */");
}

/* -- values ------------------------------------------------------------------------------------- */

void bw_dts_string(bw_buffer *out, const uint8_t *text, uint32_t len)
{
    static const char escapes[] = "abtnvfr"; /* 7 to 13 */

    bw_buffer_byte(out, '"');
    for (uint32_t i = 0; i < len; i++) {
        uint8_t c = text[i];

        if (c == '"' || c == '\\')
            bw_buffer_printf(out, "\\%c", c);
        else if (c >= 0x20 && c < 0x7f)
            bw_buffer_byte(out, c);
        else if (c >= 7 && c <= 13)
            bw_buffer_printf(out, "\\%c", escapes[c - 7]);
        else if (c == 0)
            /* a digit behind it would be taken as part of the number */
            bw_buffer_text(out, i + 1 < len && text[i + 1] >= '0' && text[i + 1] <= '7' ? "\\000" : "\\0");
        else
            bw_buffer_printf(out, "\\x%02x", c);
    }
    bw_buffer_byte(out, '"');
}

static void number(bw_buffer *out, const uint8_t *p, bw_mark_kind kind)
{
    switch (kind) {
    case BW_MARK_UINT16:
        bw_buffer_printf(out, "0x%02x", bw_get16(p));
        break;
    case BW_MARK_UINT32:
        bw_buffer_printf(out, "0x%02x", bw_get32(p));
        break;
    case BW_MARK_UINT64:
        bw_buffer_printf(out, "0x%02llx", (unsigned long long)bw_get64(p));
        break;
    default:
        bw_buffer_printf(out, "%02x", *p);
        break;
    }
}

static void reference(printer *p, const bw_mark *mark)
{
    if (strchr(mark->ref->text, '/'))
        bw_buffer_printf(p->out, "&{%s}", mark->ref->text);
    else
        bw_buffer_printf(p->out, "&%s", mark->ref->text);
}

/* What dtc would read back: a reference that is found, or one that a fixup will fill. */
static bool can_refer(const printer *p, const bw_prop *prop, const bw_mark *mark, const uint8_t *cell)
{
    bw_node *target = bw_tree_by_ref(p->tree, mark->ref->text);

    if (prop->name == p->tree->unit->n->phandle || prop->name == p->tree->unit->n->linux_phandle)
        return false; /* "phandle = <&self>" asks for a number: print the one it got */
    if (target)
        return target->phandle == bw_get32(cell);
    return p->tree->plugin && mark->ref->identifier && bw_get32(cell) == UINT32_MAX;
}

static void labels_until(printer *p, const bw_value *value, uint32_t *next, uint32_t offset, uint32_t stop)
{
    for (; *next < value->mark_count && *next < stop && value->marks[*next].offset <= offset; ++*next)
        if (value->marks[*next].kind == BW_MARK_LABEL)
            bw_buffer_printf(p->out, " %s:", value->marks[*next].ref->text);
}

static void cells(printer *p, const bw_prop *prop, const bw_value_run *run, uint32_t *next)
{
    static const char *const open[] = {[BW_MARK_UINT8] = " [",
                                       [BW_MARK_UINT16] = " /bits/ 16 <",
                                       [BW_MARK_UINT32] = " <",
                                       [BW_MARK_UINT64] = " /bits/ 64 <"};
    const bw_value *value = &prop->value;
    uint32_t width = bw_run_width(run->kind);
    uint32_t refs = 0;

    bw_buffer_text(p->out, open[run->kind]);
    for (uint32_t at = run->begin; at < run->begin + run->len; at += width) {
        size_t before = p->out->len;
        const bw_mark *ref = run->kind == BW_MARK_UINT32 ? bw_value_ref_at(value, at, &refs) : NULL;

        labels_until(p, value, next, at, UINT32_MAX);
        if (at > run->begin || p->out->len > before)
            bw_buffer_byte(p->out, ' ');
        if (ref && can_refer(p, prop, ref, value->data + at))
            reference(p, ref);
        else
            number(p->out, value->data + at, run->kind);
    }
    bw_buffer_text(p->out, run->kind == BW_MARK_UINT8 ? "]" : ">");
}

static void value_text(printer *p, const bw_prop *prop)
{
    const bw_value *value = &prop->value;
    uint32_t count;
    const bw_value_run *runs = bw_value_runs(&p->tree->unit->arena, value, &count);
    uint32_t next = 0; /* mark that was not printed yet, if it is a label */

    bw_buffer_text(p->out, " =");
    for (uint32_t i = 0; i < count; i++) {
        const bw_value_run *run = &runs[i];

        labels_until(p, value, &next, run->begin, run->mark);
        if (run->kind == BW_MARK_STRING) {
            bw_buffer_byte(p->out, ' ');
            bw_dts_string(p->out, value->data + run->begin, run->len - 1);
        } else {
            cells(p, prop, run, &next);
        }
        if (i + 1 < count)
            bw_buffer_byte(p->out, ',');
    }
    labels_until(p, value, &next, value->len, UINT32_MAX);
}

/* -- nodes -------------------------------------------------------------------------------------- */

static void tabs(printer *p, unsigned level)
{
    memset(bw_buffer_reserve(p->out, level), '\t', level);
    p->out->len += level;
}

static void props(printer *p, const bw_node *node, unsigned level)
{
    BW_FOR_PROPS (node, prop) {
        tabs(p, level);
        BW_FOR_LABELS (prop, l)
            bw_buffer_printf(p->out, "%s: ", l->name->text);
        bw_buffer_add(p->out, prop->name->text, prop->name->len);
        if (prop->value.len && !(p->readable && bw_dts_readable_value(p->tree, node, prop, level, p->out)))
            value_text(p, prop);
        bw_buffer_byte(p->out, ';');
        annotate_prop(p, prop);
        bw_buffer_byte(p->out, '\n');
    }
}

/* What a reader of the text takes as the boot CPU: reg of the first child of /cpus. */
static uint32_t boot_cpu_of_text(const printer *p)
{
    const bw_known_names *n = p->tree->unit->n;
    const bw_node *cpus = bw_node_child(p->tree->root, n->cpus);
    const bw_node *cpu = cpus ? bw_live_node(cpus->first_child) : NULL;
    const bw_prop *reg = cpu ? bw_node_prop(cpu, n->reg) : NULL;

    return reg && reg->value.len == 4 ? bw_get32(reg->value.data) : 0;
}

/* The text has no place for the header's boot CPU but /cpus' first child, so one stands there that
 * is dropped again, as nothing refers to it. */
static void boot_cpu(printer *p, unsigned level)
{
    tabs(p, level);
    bw_buffer_printf(p->out, "/omit-if-no-ref/ boot-cpu { /* keeps the boot CPU of the blob: 0x%x */\n",
                     p->tree->boot_cpuid);
    tabs(p, level + 1);
    bw_buffer_printf(p->out, "reg = <0x%02x>;\n", p->tree->boot_cpuid);
    tabs(p, level);
    bw_buffer_text(p->out, "};\n");
}

static void open_node(printer *p, const bw_node *node, unsigned level)
{
    if (p->comments && p->comments->above)
        p->comments->above(p->comments->data, node, level, p->out);
    tabs(p, level);
    BW_FOR_LABELS (node, l)
        if (node->parent)
            bw_buffer_printf(p->out, "%s: ", l->name->text);
    bw_buffer_printf(p->out, "%s {", node->name->len ? node->name->text : "/");
    annotate_node(p, node, true);
    bw_buffer_byte(p->out, '\n');
    if (p->comments && p->comments->inside)
        p->comments->inside(p->comments->data, node, level + 1, p->out);
    props(p, node, level + 1);
}

static void close_node(printer *p, const bw_node *node, unsigned level)
{
    tabs(p, level);
    bw_buffer_text(p->out, "};");
    annotate_node(p, node, false);
    bw_buffer_byte(p->out, '\n');
}

static void nodes(printer *p)
{
    const bw_node *root = p->tree->root;
    const bw_node *cpus = bw_node_child(root, p->tree->unit->n->cpus);
    const bw_node *n = root;
    bool hint = p->tree->boot_cpuid != boot_cpu_of_text(p);
    unsigned level = 0;

    while (n) {
        open_node(p, n, level);
        if (hint && n == cpus) {
            bw_buffer_byte(p->out, '\n');
            boot_cpu(p, level + 1);
        } else if (hint && n == root && !cpus) {
            bw_buffer_text(p->out, "\n\t/omit-if-no-ref/ cpus {\n");
            boot_cpu(p, 2);
            bw_buffer_text(p->out, "\t};\n");
        }
        const bw_node *next = bw_live_node(n->first_child);
        bool bare = next && p->readable && !bw_live_prop(n->first_prop);
        if (next)
            level++;
        while (!next) {
            close_node(p, n, level);
            if (n == root)
                return;
            next = bw_live_node(n->next);
            n = n->parent;
            level -= !next;
        }
        if (!bare)
            bw_buffer_byte(p->out, '\n');
        n = next;
    }
}

/* The language has labels for the root only where it is extended; the newest label comes first. */
static void root_labels(printer *p)
{
    GPtrArray *labels = g_ptr_array_new();

    BW_FOR_LABELS (p->tree->root, l)
        g_ptr_array_add(labels, l);
    for (guint i = labels->len; i-- > 0 && !p->tree->plugin;) /* of a plugin it would be a fragment */
        bw_buffer_printf(p->out, "\n%s: &{/} {\n};\n", ((bw_label *)labels->pdata[i])->name->text);
    g_ptr_array_free(labels, TRUE);
}

/* Of preprocessed text, the first line marker names the file that it was made from. */
static const char *main_file(const bw_tree *tree)
{
    const bw_locs *locs = &tree->unit->locs;
    const GArray *marks = locs->visit_count ? locs->visits[0].source->marks : NULL;

    return marks && marks->len ? g_array_index(marks, bw_line_mark, 0).file : tree->path;
}

static void memreserves(printer *p)
{
    const char *format = p->readable ? "/memreserve/ 0x%llx 0x%llx;\n" : "/memreserve/\t0x%016llx 0x%016llx;\n";

    for (const bw_memreserve *m = p->tree->memreserves; m; m = m->next) {
        BW_FOR_LABELS (m, l)
            bw_buffer_printf(p->out, "%s: ", l->name->text);
        bw_buffer_printf(p->out, format, (unsigned long long)m->address, (unsigned long long)m->size);
    }
    if (p->readable && p->tree->memreserves)
        bw_buffer_byte(p->out, '\n');
}

static void print(printer *p)
{
    p->main_file = main_file(p->tree);
    bw_buffer_text(p->out, "/dts-v1/;\n");
    if (p->tree->plugin)
        bw_buffer_text(p->out, "/plugin/;\n");
    bw_buffer_byte(p->out, '\n');
    memreserves(p);
    nodes(p);
    root_labels(p);
}

void bw_dts_print(bw_tree *tree, bw_annotate annotate, bw_buffer *out)
{
    printer p = {.tree = tree, .out = out, .annotate = annotate};

    print(&p);
}

void bw_dts_print_readable(bw_tree *tree, bw_annotate annotate, bw_buffer *out)
{
    printer p = {.tree = tree, .out = out, .annotate = annotate, .readable = true};

    print(&p);
}

void bw_dts_print_commented(bw_tree *tree, const bw_dts_comments *comments, bw_buffer *out)
{
    printer p = {.tree = tree, .out = out, .readable = true, .comments = comments};

    print(&p);
}
