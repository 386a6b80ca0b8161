/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A property that refers to other nodes is a list of rows: clocks = <&a 1>, <&b>. A row whose node the guest lacks is
 * taken out, with its name in clock-names; of clocks and regulators a fixed one stands for it where its facts are
 * known. Where rows are counted and not named, an empty one (<0>) keeps the others in their places.
 */
#include "systems/sel4/guest_rows.h"

#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

typedef enum row_fate { ROW_KEPT, ROW_STUB, ROW_CUT } row_fate;

typedef struct row {
    uint32_t offset, len; /* bytes */
    row_fate fate;
    const bw_node *lost; /* the node that the guest lacks */
    bw_node *stub;       /* what stands for it */
} row;

typedef struct rows {
    bw_sel4_guest_maker *m;
    const bw_node *node;
    bw_node *copy;
    const bw_prop *prop;
    const bw_spec_kind *kind; /* NULL: one row of unknown form */
    GArray *list;             /* of row */
    uint32_t cut;             /* how many */
} rows;

static bool is_supply(const char *name)
{
    return g_str_has_suffix(name, "-supply");
}

static bool is_pinctrl(const char *name)
{
    return g_str_has_prefix(name, "pinctrl-") && g_ascii_isdigit(name[8]);
}

/* ---- rates ---- */

/* "serial0:uartclk" is of row 0 of serial0, if it has that name there. */
static bool is_of_row(const bw_sel4_rate *rate, const char *name, uint32_t index)
{
    const char *colon = strrchr(rate->name.text, ':');
    char number[16];

    g_snprintf(number, sizeof number, "%u", index);
    return !colon || strcmp(colon + 1, number) == 0 || (name && strcmp(colon + 1, name) == 0);
}

/* The same clock in assigned-clocks, with its rate behind. */
static uint64_t assigned_rate(const bw_sel4_guest_maker *m, const bw_node *node, const bw_spec *clock)
{
    const bw_prop *assigned = bw_node_prop_text(node, "assigned-clocks");
    const bw_prop *rates = bw_node_prop_text(node, "assigned-clock-rates");
    bw_spec spec;

    for (uint32_t i = 0; assigned && rates && bw_spec_get(m->from, node, assigned, i, &spec); i++)
        if (spec.provider == clock->provider && spec.len == clock->len && 4 * i + 4 <= rates->value.len &&
            memcmp(assigned->value.data + spec.offset, clock->prop->value.data + clock->offset, spec.len) == 0)
            return bw_get32(rates->value.data + 4 * i);
    return 0;
}

uint64_t bw_sel4_guest_rate(const bw_sel4_guest_maker *m, const bw_node *node, const bw_prop *prop, uint32_t index)
{
    const bw_sel4_vm_section *section = m->vm->section;
    const bw_device *device = bw_board_device(m->board, node);
    bw_spec spec;
    uint32_t own;

    if (!bw_spec_get(m->from, node, prop, index, &spec))
        return 0;
    for (uint32_t i = 0; i < section->rate_count; i++)
        if (m->vm->rated[i] == node && is_of_row(&section->rates[i], bw_spec_name(&spec), index))
            return section->rates[i].rate;
    if (device && index < device->clock_count && device->clocks[index].rate_known)
        return device->clocks[index].rate;
    const uint64_t assigned = assigned_rate(m, node, &spec);
    if (assigned)
        return assigned;
    /* Of a UART it is the clock that it divides; of a bus the speed of the bus. */
    if (g_str_has_prefix(node->name->text, "serial") &&
        bw_node_u32(node, bw_intern_str(m->from->unit->ctx->names, "clock-frequency"), &own) == BW_STATE_OK)
        return own;
    return 0;
}

/* ---- the rows ---- */

static void add_row(rows *r, uint32_t offset, uint32_t len)
{
    const row fresh = {.offset = offset, .len = len};

    g_array_append_val(r->list, fresh);
}

static bool split_specifiers(rows *r)
{
    bw_spec_iter iter = bw_spec_begin(r->m->from, r->node, r->prop, r->kind);
    bw_spec spec;
    uint32_t end = 0;

    while (bw_spec_next(&iter, &spec) && (spec.fault == BW_SPEC_OK || spec.fault == BW_SPEC_EMPTY)) {
        add_row(r, spec.offset, spec.len);
        end = spec.offset + spec.len;
    }
    return end == r->prop->value.len;
}

static bool split_interrupts(rows *r)
{
    bw_irq_iter iter = bw_irq_begin(r->m->from, r->node);
    bw_irq irq;
    uint32_t end = 0;

    while (iter.prop == r->prop && bw_irq_next(&iter, &irq)) {
        add_row(r, irq.offset, irq.len);
        end = irq.offset + irq.len;
    }
    return end == r->prop->value.len;
}

static bool split_interrupt_map(rows *r)
{
    bw_irq_map_iter iter = bw_irq_map_begin(r->m->from, r->node);
    bw_irq_map_row map;
    uint32_t end = 0;

    while (bw_irq_map_next(&iter, &map) && map.fault == BW_IRQ_OK) {
        add_row(r, map.offset, map.len);
        end = map.offset + map.len;
    }
    return end == r->prop->value.len;
}

static void split(rows *r)
{
    const bw_known_names *n = r->m->from->unit->n;
    bool whole = false;

    if (r->prop->name == n->interrupts_extended)
        whole = split_interrupts(r);
    else if (strcmp(r->prop->name->text, "interrupt-map") == 0)
        whole = split_interrupt_map(r);
    else if (r->kind)
        whole = split_specifiers(r);
    if (!whole) {
        g_array_set_size(r->list, 0);
        add_row(r, 0, r->prop->value.len);
    }
}

/* ---- what becomes of each ---- */

static const bw_node *lost_in(const rows *r, const row *w)
{
    for (uint32_t i = 0; i < r->prop->value.mark_count; i++) {
        const bw_mark *mark = &r->prop->value.marks[i];

        if (mark->kind == BW_MARK_REF_PHANDLE && mark->offset >= w->offset && mark->offset < w->offset + w->len &&
            mark->node && !bw_sel4_is_kept(r->m, mark->node))
            return mark->node;
    }
    return NULL;
}

static bool is_provided(const rows *r)
{
    const bw_sel4_kept *kept = bw_sel4_kept_of(r->m, r->node);

    return kept && kept->fate == BW_SEL4_VIRTUAL; /* somebody else serves the node: it needs nothing */
}

static void find_stub(rows *r, row *w, uint32_t index)
{
    if (is_supply(r->prop->name->text)) {
        w->stub = bw_sel4_guest_regulator(r->m, w->lost);
    } else if (strcmp(r->prop->name->text, "clocks") == 0 && r->kind && !is_provided(r)) {
        const uint64_t rate = bw_sel4_guest_rate(r->m, r->node, r->prop, index);

        if (rate && rate <= UINT32_MAX)
            w->stub = bw_sel4_guest_clock(r->m, rate);
    }
    w->fate = w->stub ? ROW_STUB : ROW_CUT;
}

static const char *why_lost(const rows *r, const bw_node *lost)
{
    const bw_sel4_kept *kept = bw_sel4_kept_of(r->m, lost);

    if (kept && kept->reason && !g_str_has_prefix(kept->reason, "works without") &&
        !g_str_has_prefix(kept->reason, "guest's"))
        return kept->reason;
    switch (bw_need_class_of(r->prop->name->text)) {
    case BW_NEED_SOFT:
        return "is not given: the device works with less without it";
    case BW_NEED_POLICY:
        return "is not given: guest's and physical addresses are the same";
    default:
        return "is not given";
    }
}

static const char *short_name(const bw_node *node)
{
    return node->parent ? node->name->text : "/";
}

static void say_row(const rows *r, const row *w, uint32_t index)
{
    GString *what = g_string_new(r->prop->name->text);

    if (r->list->len > 1)
        g_string_append_printf(what, "[%u]", index);
    if (w->fate == ROW_STUB)
        bw_sel4_guest_say(r->m, r->copy, "%s: %s %s; %s stands for it", what->str, short_name(w->lost),
                          why_lost(r, w->lost), short_name(w->stub));
    else
        bw_sel4_guest_say(r->m, r->copy, "%s: %s %s", what->str, short_name(w->lost), why_lost(r, w->lost));
    g_string_free(what, TRUE);
}

/* Only what the user decided may cost the device its work: what is soft or policy was never promised. */
static void warn(const rows *r, const row *w, uint32_t index)
{
    const char *property = r->prop->name->text;
    const bw_sel4_vm_section *section = r->m->vm->section;
    bw_finding *f;

    if (bw_need_class_of(property) != BW_NEED_HARD || is_provided(r) || is_pinctrl(property) ||
        strcmp(property, "power-domains") == 0 || strcmp(property, "resets") == 0)
        return;
    f = bw_findings_add(r->m->findings, BW_CODE_sel4_vm_reference, section->name.place, "%s of %s loses %s[%u]: %s %s",
                        bw_node_path(r->m->from, r->node), r->m->vm->name, property, index,
                        bw_node_path(r->m->from, w->lost), why_lost(r, w->lost));
    if (strcmp(property, "clocks") == 0)
        bw_finding_cure(f, "say its rate: clock-rates: {\"%s:%u\": … MHz}", short_name(r->node), index);
}

static void decide(rows *r)
{
    for (guint i = 0; i < r->list->len; i++) {
        row *w = &g_array_index(r->list, row, i);

        w->lost = lost_in(r, w);
        if (!w->lost)
            continue;
        find_stub(r, w, i);
        r->cut += w->fate == ROW_CUT;
        say_row(r, w, i);
        if (w->fate == ROW_CUT)
            warn(r, w, i);
    }
}

/* ---- the new value ---- */

typedef struct value_maker {
    GByteArray *bytes;
    GArray *marks; /* of bw_mark */
} value_maker;

static void put_mark(value_maker *v, bw_mark mark)
{
    g_array_append_val(v->marks, mark);
}

static void put_kept(const rows *r, value_maker *v, const row *w)
{
    const bw_value *from = &r->prop->value;
    const uint32_t base = v->bytes->len;

    g_byte_array_append(v->bytes, from->data + w->offset, w->len);
    for (uint32_t i = 0; i < from->mark_count; i++) {
        const bw_mark *mark = &from->marks[i];
        const bw_sel4_kept *kept;

        if (mark->offset < w->offset || mark->offset >= w->offset + w->len)
            continue;
        const uint32_t at = base + mark->offset - w->offset;

        if (mark->kind >= BW_MARK_UINT8 && mark->kind <= BW_MARK_STRING) {
            put_mark(v, (bw_mark){.offset = at, .kind = mark->kind});
        } else if (mark->kind == BW_MARK_REF_PHANDLE && mark->node) {
            kept = bw_sel4_kept_of(r->m, mark->node);
            put_mark(v, bw_sel4_guest_mark(r->m, at, kept->copy));
        }
    }
}

static void put_cell(value_maker *v)
{
    static const uint8_t zero[4];

    put_mark(v, (bw_mark){.offset = v->bytes->len, .kind = BW_MARK_UINT32});
    g_byte_array_append(v->bytes, zero, sizeof zero);
}

static void put_stub(const rows *r, value_maker *v, const row *w)
{
    put_cell(v);
    put_mark(v, bw_sel4_guest_mark(r->m, v->bytes->len - 4, w->stub));
}

/* Where nothing names the rows, those behind a cut one would change their numbers. */
static bool needs_hole(const rows *r, guint index, bool named)
{
    if (named || !r->kind || r->prop->name == r->m->from->unit->n->interrupts_extended)
        return false;
    for (guint i = index + 1; i < r->list->len; i++)
        if (g_array_index(r->list, row, i).fate != ROW_CUT)
            return true;
    return false;
}

static void put_value(rows *r, bool named)
{
    value_maker v = {.bytes = g_byte_array_new(), .marks = g_array_new(FALSE, FALSE, sizeof(bw_mark))};
    bw_arena *arena = &r->m->tree->unit->arena;

    for (guint i = 0; i < r->list->len; i++) {
        const row *w = &g_array_index(r->list, row, i);

        if (w->fate == ROW_KEPT)
            put_kept(r, &v, w);
        else if (w->fate == ROW_STUB)
            put_stub(r, &v, w);
        else if (needs_hole(r, i, named))
            put_cell(&v);
    }
    bw_value value = {.data = bw_arena_dup(arena, v.bytes->data, v.bytes->len),
                      .len = v.bytes->len,
                      .marks = bw_arena_dup(arena, v.marks->data, v.marks->len * sizeof(bw_mark)),
                      .mark_count = v.marks->len,
                      .has_refs = true};

    bw_node_set(r->m->tree, r->copy, r->prop->name, value);
    r->copy->has_refs = true;
    g_byte_array_free(v.bytes, TRUE);
    g_array_free(v.marks, TRUE);
}

/* ---- the names of the rows ---- */

static const char *names_property(const rows *r)
{
    if (r->prop->name == r->m->from->unit->n->interrupts_extended)
        return "interrupt-names";
    if (strcmp(r->prop->name->text, "interconnects") == 0)
        return "interconnect-names"; /* a pair of rows each */
    return r->kind ? r->kind->names : NULL;
}

static bool is_named_row_there(const rows *r, uint32_t name)
{
    const uint32_t index = name * (strcmp(r->prop->name->text, "interconnects") == 0 ? 2 : 1);

    return index >= r->list->len || g_array_index(r->list, row, index).fate != ROW_CUT;
}

static void delete_prop(const bw_node *copy, const char *name)
{
    bw_prop *prop = bw_node_prop_text(copy, name);

    if (prop)
        bw_prop_delete(prop);
}

/* Strings, with a mark for each as a source has them. */
static bw_value strings_value(bw_sel4_guest_maker *m, const GByteArray *bytes)
{
    bw_value value = bw_value_bytes(m->tree, bytes->data, bytes->len);

    value.marks = bw_arena_array(&m->tree->unit->arena, bw_mark, bytes->len);
    for (uint32_t i = 0; i < bytes->len; i++)
        if (i == 0 || bytes->data[i - 1] == 0)
            value.marks[value.mark_count++] = (bw_mark){.offset = i, .kind = BW_MARK_STRING};
    return value;
}

static void cut_names(const rows *r, const bw_prop *names)
{
    GByteArray *bytes = g_byte_array_new();
    uint32_t offset = 0;
    const char *name;

    for (uint32_t i = 0; (name = bw_prop_next_string(names, &offset)) != NULL; i++)
        if (is_named_row_there(r, i))
            g_byte_array_append(bytes, (const guint8 *)name, (guint)strlen(name) + 1);
    if (bytes->len)
        bw_node_set(r->m->tree, r->copy, names->name, strings_value(r->m, bytes));
    else
        delete_prop(r->copy, names->name->text);
    g_byte_array_free(bytes, TRUE);
}

void bw_sel4_guest_copy_rows(bw_sel4_guest_maker *m, const bw_node *node, bw_node *copy, const bw_prop *prop)
{
    rows r = {.m = m,
              .node = node,
              .copy = copy,
              .prop = prop,
              .kind = bw_spec_kind_for(m->from, node, prop),
              .list = g_array_new(FALSE, FALSE, sizeof(row))};

    split(&r);
    decide(&r);
    const char *names = names_property(&r);
    const bw_prop *list = names ? bw_node_prop_text(node, names) : NULL;

    if (r.cut < r.list->len)
        put_value(&r, list != NULL);
    else
        delete_prop(copy, prop->name->text);
    if (r.cut && list)
        cut_names(&r, list);
    g_array_free(r.list, TRUE);
}

/* ---- companions, once all properties were copied ---- */

static bool loses(const bw_sel4_guest_maker *m, const bw_prop *prop)
{
    for (uint32_t i = 0; prop && i < prop->value.mark_count; i++)
        if (prop->value.marks[i].kind == BW_MARK_REF_PHANDLE && prop->value.marks[i].node &&
            !bw_sel4_is_kept(m, prop->value.marks[i].node))
            return true;
    return false;
}

/* One state of the pins without another is none. */
static void drop_pinctrl(bw_sel4_guest_maker *m, const bw_node *node, bw_node *copy)
{
    bool any = false;

    BW_FOR_PROPS (node, prop)
        any = any || (is_pinctrl(prop->name->text) && loses(m, prop));
    if (!any)
        return;
    BW_FOR_PROPS (node, prop)
        if (is_pinctrl(prop->name->text))
            delete_prop(copy, prop->name->text);
    delete_prop(copy, "pinctrl-names");
}

static void drop_assigned(bw_sel4_guest_maker *m, const bw_node *node, bw_node *copy)
{
    static const char *const names[] = {"assigned-clocks", "assigned-clock-parents", "assigned-clock-rates",
                                        "assigned-clock-rates-u64", "assigned-clock-sscs"};

    if (!loses(m, bw_node_prop_text(node, names[0])) && !loses(m, bw_node_prop_text(node, names[1])))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        delete_prop(copy, names[i]);
}

/* A property that says more of another one, which is gone. */
static void drop_details(const bw_node *node, const bw_node *copy)
{
    static const struct {
        const char *property, *detail;
    } pairs[] = {
        {"iommu-map", "iommu-map-mask"},
        {"msi-map", "msi-map-mask"},
        {"interrupt-map", "interrupt-map-mask"},
        {"gpio-ranges", "gpio-ranges-group-names"},
        {"interrupts-extended", "interrupt-names"},
        {"operating-points-v2", "opp-supported-hw"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        if (bw_node_prop_text(node, pairs[i].property) && !bw_node_prop_text(copy, pairs[i].property))
            delete_prop(copy, pairs[i].detail);
}

static void drop_interrupts(bw_sel4_guest_maker *m, const bw_node *node, bw_node *copy)
{
    const bw_known_names *n = m->from->unit->n;

    if (!bw_node_prop(copy, n->interrupts) || node == m->gic)
        return;
    const bw_irq_parent parent = bw_interrupt_parent(m->from, node);

    if (parent.parent && bw_sel4_is_kept(m, parent.parent))
        return;
    bw_sel4_guest_say(m, copy, "interrupts: %s is not given",
                      parent.parent ? parent.parent->name->text : "no controller");
    delete_prop(copy, "interrupts");
    delete_prop(copy, "interrupt-names");
}

void bw_sel4_guest_drop_companions(bw_sel4_guest_maker *m, const bw_node *node, bw_node *copy)
{
    drop_pinctrl(m, node, copy);
    drop_assigned(m, node, copy);
    drop_details(node, copy);
    drop_interrupts(m, node, copy);
}
