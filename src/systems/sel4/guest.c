/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/guest_parts.h"

#include "base/text.h"
#include "dts/print.h"
#include "fdt/fdt.h"
#include "tree/refs.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* ---- building ---- */

static const bw_name *intern(const bw_sel4_guest_maker *m, const char *text)
{
    return bw_intern_str(m->tree->unit->ctx->names, text);
}

bw_node *bw_sel4_guest_add(bw_sel4_guest_maker *m, bw_node *parent, const char *name)
{
    bw_node *node = bw_node_new(m->tree, intern(m, name));

    bw_node_add_child(parent, node);
    return node;
}

void bw_sel4_guest_set_text(bw_sel4_guest_maker *m, bw_node *node, const char *name, const char *text)
{
    bw_node_set(m->tree, node, intern(m, name), bw_value_string(m->tree, text));
}

void bw_sel4_guest_set_cells(bw_sel4_guest_maker *m, bw_node *node, const char *name, const uint32_t *cells,
                             uint32_t count)
{
    bw_node_set(m->tree, node, intern(m, name), bw_value_cells(m->tree, cells, count));
}

bw_mark bw_sel4_guest_mark(bw_sel4_guest_maker *m, uint32_t offset, bw_node *target)
{
    const bw_label *label = bw_live_label(target->labels);

    return (bw_mark){.offset = offset,
                     .kind = BW_MARK_REF_PHANDLE,
                     .ref = label ? label->name : intern(m, bw_node_path(m->tree, target)),
                     .node = target};
}

void bw_sel4_guest_set_ref(bw_sel4_guest_maker *m, bw_node *node, const char *name, bw_node *target)
{
    const uint32_t zero = 0;
    bw_value value = bw_value_cells(m->tree, &zero, 1);
    bw_mark *marks = bw_arena_array(&m->tree->unit->arena, bw_mark, 2);

    marks[0] = (bw_mark){.kind = BW_MARK_UINT32};
    marks[1] = bw_sel4_guest_mark(m, 0, target);
    value.marks = marks;
    value.mark_count = 2;
    value.has_refs = true;
    bw_node_set(m->tree, node, intern(m, name), value);
}

/* ---- comments ---- */

void bw_sel4_guest_say(bw_sel4_guest_maker *m, const bw_node *copy, const char *format, ...)
{
    GPtrArray *lines = g_hash_table_lookup(m->inside, copy);
    va_list ap;

    if (!lines) {
        lines = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(m->inside, (gpointer)(uintptr_t)copy, lines);
    }
    va_start(ap, format);
    g_ptr_array_add(lines, g_strdup_vprintf(format, ap));
    va_end(ap);
}

void bw_sel4_guest_reason(bw_sel4_guest_maker *m, const bw_node *copy, const char *reason)
{
    if (reason)
        g_hash_table_insert(m->above, (gpointer)(uintptr_t)copy, (gpointer)(uintptr_t)reason);
}

static void put_comment(const char *text, unsigned level, bw_buffer *out)
{
    GString *line = g_string_new(NULL);
    char **steps = g_strsplit(text, " → ", -1);
    char *plain = g_strjoinv(" -> ", steps);

    while (level-- > 0)
        g_string_append_c(line, '\t');
    g_string_append(line, "/* ");
    bw_text_comment(line, plain);
    g_string_append(line, " */\n");
    bw_buffer_add(out, line->str, line->len);
    g_string_free(line, TRUE);
    g_free(plain);
    g_strfreev(steps);
}

static void put_above(void *data, const bw_node *node, unsigned level, bw_buffer *out)
{
    const bw_sel4_guest_maker *m = data;
    const char *reason = g_hash_table_lookup(m->above, node);

    if (reason)
        put_comment(reason, level, out);
}

static void put_inside(void *data, const bw_node *node, unsigned level, bw_buffer *out)
{
    const bw_sel4_guest_maker *m = data;
    const GPtrArray *lines = g_hash_table_lookup(m->inside, node);

    for (guint i = 0; lines && i < lines->len; i++)
        put_comment(g_ptr_array_index(lines, i), level, out);
}

/* ---- stand-ins ---- */

static bw_node *root_child(const bw_sel4_guest_maker *m, const char *name)
{
    return bw_node_child_text(m->tree->root, name, strlen(name));
}

bw_node *bw_sel4_guest_clock(bw_sel4_guest_maker *m, uint64_t rate)
{
    char *name = bw_arena_printf(m->arena, "guest-clock-%" PRIu64, rate);
    const uint32_t cells = 0, hertz = (uint32_t)rate;
    bw_node *clock = root_child(m, name);

    if (clock)
        return clock;
    clock = bw_sel4_guest_add(m, m->tree->root, name);
    bw_label_add(m->tree, clock, intern(m, bw_arena_printf(m->arena, "guest_clock_%" PRIu64, rate)), 0);
    bw_sel4_guest_set_text(m, clock, "compatible", "fixed-clock");
    bw_sel4_guest_set_cells(m, clock, "#clock-cells", &cells, 1);
    bw_sel4_guest_set_cells(m, clock, "clock-frequency", &hertz, 1);
    bw_sel4_guest_reason(m, clock, "stands for a clock that stays with the host, which must keep it running");
    return clock;
}

static char *regulator_name(const bw_sel4_guest_maker *m, const bw_node *regulator)
{
    char *name = bw_arena_printf(m->arena, "guest-regulator-%s", regulator->name->text);

    for (char *p = name; *p; p++)
        if (!g_ascii_isalnum(*p))
            *p = '-';
    return name;
}

bw_node *bw_sel4_guest_regulator(bw_sel4_guest_maker *m, const bw_node *regulator)
{
    static const char *const volts[] = {"regulator-min-microvolt", "regulator-max-microvolt"};
    bw_sel4_kept *kept = bw_sel4_lost(m, regulator);
    char *name = regulator_name(m, regulator);
    uint32_t microvolt[2] = {0, 0};

    if (kept->stub)
        return kept->stub;
    while (root_child(m, name))
        name = bw_arena_join(m->arena, name, "-", "2");
    bw_node *stub = bw_sel4_guest_add(m, m->tree->root, name);
    char *label = bw_arena_strdup(m->arena, name);
    const char *own = bw_node_string(regulator, intern(m, "regulator-name"));

    bw_label_add(m->tree, stub, intern(m, g_strdelimit(label, "-", '_')), 0);
    bw_sel4_guest_set_text(m, stub, "compatible", "regulator-fixed");
    bw_sel4_guest_set_text(m, stub, "regulator-name", own ? own : regulator->name->text);
    for (size_t i = 0; i < G_N_ELEMENTS(volts); i++)
        if (bw_node_u32(regulator, intern(m, volts[i]), &microvolt[i]) != BW_STATE_OK)
            microvolt[i] = 0;
    /* One that can be changed has no voltage that a fixed one could say. */
    for (size_t i = 0; microvolt[0] && microvolt[0] == microvolt[1] && i < G_N_ELEMENTS(volts); i++)
        bw_sel4_guest_set_cells(m, stub, volts[i], &microvolt[i], 1);
    bw_node_set(m->tree, stub, intern(m, "regulator-always-on"), (bw_value){0});
    bw_sel4_guest_reason(m, stub, "stands for a regulator that stays with the host, which must keep it on");
    kept->stub = stub;
    return stub;
}

/* ---- the whole ---- */

static void put_head(const bw_sel4_guest_maker *m, GString *head)
{
    g_string_append(head, "/*\n * Devicetree of the guest ");
    bw_text_comment(head, m->vm->name);
    g_string_append(head, " of ");
    bw_text_comment(head, m->board->model ? m->board->model : m->from->path);
    g_string_append(head, ", made by boardwright: of the board's devicetree\n"
                          " * what the guest's devices need. A comment above a node says why it is there, one in it "
                          "what was changed.\n */\n");
}

/* Numbers that the compiler gives are no part of the source. */
static void show_phandles(const bw_sel4_guest_maker *m, bool shown)
{
    for (bw_node *node = m->tree->root; m->from->from_source && node; node = bw_node_following(node)) {
        bw_prop *prop = bw_node_prop_any(node, m->tree->unit->n->phandle);

        if (prop)
            prop->deleted = !shown;
    }
}

static void print(bw_sel4_guest_maker *m)
{
    const bw_dts_comments comments = {.data = m, .above = put_above, .inside = put_inside};
    GString *head = g_string_new(NULL);
    bw_buffer text = {0}, blob = {0};
    bw_arena *arena = &m->tree->unit->arena;

    put_head(m, head);
    bw_buffer_add(&text, head->str, head->len);
    show_phandles(m, false);
    bw_dts_print_commented(m->tree, &comments, &text);
    show_phandles(m, true);
    m->guest->dts = bw_arena_strndup(arena, (const char *)text.data, text.len);
    m->guest->dts_len = text.len;
    if (bw_fdt_write(m->tree, &(bw_fdt_write_options){0}, &blob)) {
        m->guest->dtb = bw_arena_dup(arena, blob.data, blob.len);
        m->guest->dtb_len = blob.len;
    }
    g_string_free(head, TRUE);
    bw_buffer_free(&text);
    bw_buffer_free(&blob);
}

static void keep_verdicts(bw_sel4_guest_maker *m)
{
    bw_sel4_verdict *list = bw_arena_array(m->arena, bw_sel4_verdict, g_hash_table_size(m->kept));
    uint32_t count = 0;

    BW_FOR_NODES (m->from, node) {
        const bw_sel4_kept *kept = bw_sel4_kept_of(m, node);

        if (kept && node->parent)
            list[count++] = (bw_sel4_verdict){
                .node = node,
                .path = bw_node_path(m->from, node),
                .fate = kept->fate == BW_SEL4_DROPPED && kept->stub ? BW_SEL4_STUBBED : kept->fate,
                .reason = kept->reason ? kept->reason : "around what is needed",
            };
    }
    m->guest->verdicts = list;
    m->guest->verdict_count = count;
}

static void make(bw_sel4_guest_maker *m)
{
    bw_sel4_guest_keep(m);
    bw_sel4_guest_own_nodes(m);
    bw_sel4_guest_copy_nodes(m);
    bw_sel4_guest_copy_props(m);
    bw_sel4_guest_own_props(m);
    bw_tree_resolve(m->tree, &(bw_resolve_options){0});
    bw_tree_make_labels(m->tree);
    print(m);
    keep_verdicts(m);
}

bw_sel4_guest *bw_sel4_guest_make(const bw_board *board, const bw_node *gic, const bw_sel4_plan_vm *vm,
                                  bw_findings *findings)
{
    bw_context *ctx = board->tree->unit->ctx;
    bw_sel4_guest *guest = g_new0(bw_sel4_guest, 1);
    bw_sel4_guest_maker m = {.board = board,
                             .from = board->tree,
                             .gic = gic,
                             .vm = vm,
                             .findings = findings,
                             .kept = g_hash_table_new(NULL, NULL),
                             .arena = &board->tree->unit->arena,
                             .guest = guest,
                             .above = g_hash_table_new(NULL, NULL),
                             .inside = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref)};

    guest->findings = g_new0(bw_findings, 1);
    bw_findings_init(guest->findings, ctx);
    guest->unit = bw_unit_new(ctx);
    bw_unit_begin(guest->unit, guest->findings);
    m.tree = bw_tree_new(guest->unit, bw_arena_printf(&guest->unit->arena, "%s.dts", vm->name));
    if (!m.tree->root)
        m.tree->root = bw_node_new(m.tree, bw_intern(ctx->names, "", 0));
    m.tree->from_source = true;
    guest->tree = m.tree;
    make(&m);
    g_hash_table_unref(m.kept);
    g_hash_table_unref(m.above);
    g_hash_table_unref(m.inside);
    return guest;
}

void bw_sel4_guest_free(bw_sel4_guest *guest)
{
    if (!guest)
        return;
    bw_unit_free(guest->unit);
    bw_findings_free(guest->findings);
    g_free(guest->findings);
    g_free(guest);
}
