/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts of devices that go to the PLIC, with names for them. */
#include "systems/cheriot/from_tree.h"

#include "tree/strings.h"

#define PRIORITY 3U
#define PRIORITY_REVOKER 2U

/* An interrupt that the board gets. */
typedef struct one {
    const bw_line *line;
    const char *name;
    bool is_revoker;
    const bw_yaml *said; /* its entry in support.yml, or NULL */
} one;

static bool is_counted(const bw_cheriot_maker *m, const bw_line *line)
{
    return m->plic && line->irq.fault == BW_IRQ_OK && line->irq.controller == m->plic->node && line->number_known;
}

/* "gpio_led0" is "GpioLed0". */
static void add_camel(GString *out, const char *text)
{
    bool up = true;

    for (; *text; text++) {
        if (g_ascii_isalnum(*text))
            g_string_append_c(out, up ? g_ascii_toupper(*text) : *text);
        up = !g_ascii_isalnum(*text);
    }
}

static const char *made_name(bw_cheriot_maker *m, const bw_device *device, const char *name, uint32_t index)
{
    const bw_line *line = &device->lines[index];
    GString *text = g_string_new(NULL);

    if (bw_node_is_compatible(m->tree, device->node, BW_CHERIOT_INTERRUPTS) && line->name)
        g_string_append(text, line->name);
    else {
        add_camel(text, name);
        if (line->name)
            add_camel(text, line->name);
        else if (device->line_count > 1)
            g_string_append_printf(text, "%u", index);
        g_string_append(text, "Interrupt");
    }
    const char *copy = bw_arena_strdup(m->arena, text->str);
    g_string_free(text, TRUE);
    return copy;
}

static const bw_json *at_line(bw_cheriot_maker *m, bw_json *value, const bw_line *line)
{
    if (m->tree->from_source)
        bw_json_locate(value,
                       bw_cheriot_span_place(m, bw_prop_range_span(line->irq.prop, line->irq.offset, line->irq.len)));
    return value;
}

static const bw_json *priority_of(bw_cheriot_maker *m, const one *o)
{
    const bw_yaml *said = o->said ? bw_yaml_get(o->said, "priority") : NULL;
    uint64_t value = o->is_revoker ? PRIORITY_REVOKER : PRIORITY;

    if (bw_yaml_to_int(said, &value))
        return bw_cheriot_said_number(m, value, said);
    if (o->line->priority_known)
        value = o->line->priority;
    return at_line(m, bw_json_new_number(m->arena, (double)value, NULL), o->line);
}

/* NULL: level, as when nothing is said. Without a word of the devicetree a revoker's is what its driver relies on. */
static const bw_json *edge_of(bw_cheriot_maker *m, const one *o)
{
    const bw_yaml *said = o->said ? bw_yaml_get(o->said, "edge-triggered") : NULL;
    bw_trigger trigger = o->line->trigger;
    bool edge = trigger == BW_TRIGGER_RISING || trigger == BW_TRIGGER_FALLING || trigger == BW_TRIGGER_BOTH ||
                (trigger == BW_TRIGGER_NONE && o->is_revoker && !o->said);

    if (bw_yaml_to_bool(said, &edge)) {
        bw_json *value = bw_json_new_bool(m->arena, edge);

        bw_json_locate(value, bw_yaml_place(said));
        return value;
    }
    return edge ? at_line(m, bw_json_new_bool(m->arena, true), o->line) : NULL;
}

static const bw_json *interrupt_of(bw_cheriot_maker *m, const one *o)
{
    const bw_yaml *said_name = o->said ? bw_yaml_get(o->said, "name") : NULL;
    GArray *members = g_array_new(FALSE, FALSE, sizeof(bw_json_member));
    const bw_json *edge = edge_of(m, o);
    bw_place none = {0};

    bw_cheriot_put_in(members, "name", none,
                      said_name ? bw_cheriot_said_text(m, said_name)
                                : at_line(m, bw_json_new_text(m->arena, o->name), o->line));
    bw_cheriot_put_in(members, "number", none,
                      at_line(m, bw_json_new_number(m->arena, (double)o->line->number, NULL), o->line));
    bw_cheriot_put_in(members, "priority", none, priority_of(m, o));
    if (edge)
        bw_cheriot_put_in(members, "edge_triggered", none, edge);
    bw_json *object = bw_json_new_object(m->arena, (const bw_json_member *)(void *)members->data, members->len);
    g_array_unref(members);
    at_line(m, object, o->line);
    return object;
}

/* -- which ---------------------------------------------------------------------------------------- */

static void add_lines(bw_cheriot_maker *m, GArray *list, const bw_device *device, const char *name)
{
    for (uint32_t i = 0; i < device->line_count; i++)
        if (is_counted(m, &device->lines[i])) {
            one o = {&device->lines[i], made_name(m, device, name, i), strcmp(name, "revoker") == 0, NULL};

            g_array_append_val(list, o);
        }
}

static int by_number(const void *a, const void *b)
{
    const one *x = a;
    const one *y = b;

    if (x->line->number != y->line->number)
        return x->line->number < y->line->number ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void add_all(bw_cheriot_maker *m, GArray *list, const GArray *named)
{
    for (guint i = 0; i < named->len; i++) {
        const bw_cheriot_named *n = &g_array_index(named, bw_cheriot_named, i);

        add_lines(m, list, n->device, n->name);
    }
    for (uint32_t i = 0; i < m->board->device_count; i++) {
        const bw_device *device = &m->board->devices[i];

        if (!device->unavailable && bw_node_is_compatible(m->tree, device->node, BW_CHERIOT_INTERRUPTS))
            add_lines(m, list, device, "");
    }
    g_array_sort(list, by_number);
}

static void add_said(bw_cheriot_maker *m, GArray *list, const bw_yaml *said)
{
    const bw_yaml *device_said = bw_yaml_get(said, "device");
    const bw_yaml *index_said = bw_yaml_get(said, "index");
    const bw_node *node = bw_cheriot_said_node(m, device_said);
    const bw_device *device = node ? bw_board_device(m->board, node) : NULL;
    uint64_t index = 0;

    if (!node)
        return;
    bw_yaml_to_int(index_said, &index);
    if (!device || index >= device->line_count || !is_counted(m, &device->lines[index])) {
        bw_findings_add(m->findings, BW_CODE_cheriot_no_interrupt, bw_yaml_place(index_said ? index_said : device_said),
                        "%s has no interrupt %" G_GUINT64_FORMAT " that goes to the PLIC", device_said->text, index);
        m->failed = true;
        return;
    }
    one o = {&device->lines[index], NULL, false, said};
    g_array_append_val(list, o);
}

void bw_cheriot_put_interrupts(bw_cheriot_maker *m, const GArray *named)
{
    const bw_yaml *said = bw_cheriot_say(m, "interrupts");
    GArray *list = g_array_new(FALSE, FALSE, sizeof(one));

    for (uint32_t i = 0; said && i < said->count; i++)
        add_said(m, list, said->items[i]);
    if (!said)
        add_all(m, list, named);
    if (said || list->len) {
        const bw_json **items = bw_arena_array(m->arena, const bw_json *, list->len);

        for (guint i = 0; i < list->len; i++)
            items[i] = interrupt_of(m, &g_array_index(list, one, i));
        bw_cheriot_put(m, "interrupts", (bw_place){0}, bw_json_new_array(m->arena, items, list->len));
    }
    g_array_unref(list);
}
