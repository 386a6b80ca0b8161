/* SPDX-License-Identifier: Apache-2.0 */
/* One node, with all that its device has. */
#include "report/show_parts.h"

#include "tree/strings.h"

#include <inttypes.h>

static void node_blocks(bw_showing *s, bw_table *t, const bw_device *d)
{
    for (uint32_t i = 0; i < d->block_count; i++) {
        const bw_block *b = &d->blocks[i];

        bw_table_add(t, "%s", b->name ? b->name : b->has_size ? "registers" : "address");
        if (b->mapped)
            bw_table_add(t, "%s, %s", bw_showing_range(s, b->address, b->size), bw_size_words(s->arena, b->size));
        else if (b->has_size)
            bw_table_add(t, "0x%" PRIx64 " on its bus: %s", b->bus_address.value,
                         bw_translate_reason(s->tree, &b->translation));
        else
            bw_table_add(t, "0x%" PRIx64 " on %s", b->bus_address.value, bw_showing_name(d->node->parent));
    }
}

static void node_lines(bw_showing *s, bw_table *t, const bw_device *d)
{
    for (uint32_t i = 0; i < d->line_count; i++) {
        const bw_line *l = &d->lines[i];
        GString *text = g_string_new(bw_line_words(s->board, l, NULL));

        if (l->kind)
            g_string_append_printf(text, " (interrupt %u)", l->number);
        if (l->trigger != BW_TRIGGER_NONE)
            g_string_append_printf(text, ", %s", bw_trigger_name(l->trigger));
        if (l->priority_known)
            g_string_append_printf(text, ", priority %u", l->priority);
        if (l->irq.nexus)
            g_string_append_printf(text, ", through %s", bw_showing_name(l->irq.nexus));
        bw_table_add(t, "interrupt%s%s", l->name ? " " : "", l->name ? l->name : "");
        bw_table_add(t, "%s", text->str);
        g_string_free(text, TRUE);
    }
}

static void node_clocks(bw_showing *s, bw_table *t, const bw_device *d)
{
    for (uint32_t i = 0; i < d->clock_count; i++) {
        const bw_clock *c = &d->clocks[i];
        GString *text = g_string_new(c->spec.provider ? bw_showing_name(c->spec.provider) : "?");

        for (uint32_t k = 0; k < c->spec.args_there && c->spec.args_known; k++)
            g_string_append_printf(text, "%s%u", k ? ", " : " output ", bw_spec_arg(&c->spec, k));
        if (c->rate_known)
            g_string_append_printf(text, ", %s", bw_rate_words(s->arena, c->rate));
        bw_table_add(t, "clock%s%s", c->name ? " " : "", c->name ? c->name : "");
        bw_table_add(t, "%s", text->str);
        g_string_free(text, TRUE);
    }
}

/* Every other reference that the node makes. */
static void node_references(bw_showing *s, bw_table *t, const bw_node *node)
{
    BW_FOR_PROPS (node, p) {
        const bw_spec_kind *kind = bw_spec_kind_for(s->tree, node, p);
        bw_spec spec;

        if (!kind || p->name == s->tree->unit->n->clocks)
            continue;
        for (bw_spec_iter i = bw_spec_begin(s->tree, node, p, kind); bw_spec_next(&i, &spec);) {
            GString *text = g_string_new(spec.provider                 ? bw_showing_name(spec.provider)
                                         : spec.fault == BW_SPEC_EMPTY ? "none"
                                                                       : "?");

            for (uint32_t k = 0; k < spec.args_there && spec.args_known; k++)
                g_string_append_printf(text, " %u", bw_spec_arg(&spec, k));
            bw_table_add(t, "%s", p->name->text);
            bw_table_add(t, "%s", text->str);
            g_string_free(text, TRUE);
        }
    }
}

void bw_show_node(const bw_board *board, const bw_node *node, const bw_show_options *options, bw_buffer *out)
{
    bw_showing s = bw_showing_begin(board, options, out);
    const bw_device *d = bw_board_device(board, node);
    const bw_node *unavailable = bw_node_unavailable(s.tree, node);
    bw_table *t = bw_showing_table(&s, "ll");

    bw_buffer_printf(out, options->style.color ? "\033[1m%s\033[0m\n" : "%s\n",
                     bw_clean_text(s.arena, bw_node_path(s.tree, node), 0));
    BW_FOR_LABELS (node, l) {
        bw_table_add(t, "label");
        bw_table_add(t, "%s", l->name->text);
    }
    for (uint32_t i = 0; i < board->alias_count; i++)
        if (board->aliases[i].node == node) {
            bw_table_add(t, "alias");
            bw_table_add(t, "%s", board->aliases[i].name);
        }
    const bw_prop *compatible = bw_node_prop(node, s.tree->unit->n->compatible);
    uint32_t offset = 0;
    const char *text;
    while ((text = bw_prop_next_string(compatible, &offset))) {
        bw_table_add(t, "compatible");
        bw_table_add(t, "%s", text);
    }
    bw_table_add(t, "status");
    bw_table_add(t, "%s", unavailable ? bw_showing_status(&s, node, unavailable) : "okay");
    if (d) {
        node_blocks(&s, t, d);
        node_lines(&s, t, d);
        node_clocks(&s, t, d);
        if (d->own_rate) {
            bw_table_add(t, "frequency");
            bw_table_add(t, "%s", bw_rate_words(s.arena, d->own_rate));
        }
    }
    node_references(&s, t, node);
    bw_showing_put(&s, t);
}
