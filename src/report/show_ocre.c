/* SPDX-License-Identifier: Apache-2.0 */
#include "report/show_ocre.h"

#include "report/json_out.h"

#include <inttypes.h>
#include <string.h>

const char *bw_ocre_readiness_name(bw_ocre_readiness state)
{
    static const char *const names[] = {
        [BW_OCRE_READY] = "ready", [BW_OCRE_AFTER] = "after", [BW_OCRE_IMPOSSIBLE] = "impossible"};

    return names[state];
}

/* ---- text ---- */

static void bold(const bw_ocre_view *show, bw_buffer *out, const char *text)
{
    bw_buffer_printf(out, show->style.color ? "\033[1m%s\033[0m" : "%s", text);
}

void bw_show_ocre_facts(const bw_ocre_verdict *v, const bw_ocre_view *show, bw_buffer *out)
{
    bw_arena arena;

    bw_arena_init(&arena);
    bw_table *table = bw_table_new(&arena, "ll");
    bold(show, out, bw_arena_printf(&arena, "%s for Ocre\n", bw_clean_text(&arena, show->target, 0)));
    for (int i = 0; i < BW_OCRE_TOPICS; i++) {
        bw_table_add(table, "%s", bw_ocre_topic_names[i]);
        bw_table_add(table, "%s%s", v->needs[i].fact,
                     i == BW_OCRE_MERGE && v->storage.is_new ? ", with the lines below" : "");
    }
    if (show->page) {
        bw_table_add(table, "docs page");
        bw_table_add(table, "%s", show->page);
    }
    bw_table_put(table, out, 2, show->style.width, show->style.utf8);
    bw_arena_free(&arena);
}

/* Lines of a text, each behind blanks. */
static void add_indented(bw_buffer *out, const char *text, unsigned indent)
{
    while (text && *text) {
        const size_t len = strcspn(text, "\n");

        if (len)
            bw_buffer_printf(out, "%*s%.*s\n", (int)indent, "", (int)len, text);
        else
            bw_buffer_byte(out, '\n');
        text += len + (text[len] == '\n');
    }
}

static void add_settings(const bw_ocre_verdict *v, const bw_ocre_view *show, bw_buffer *out)
{
    bool first = true;

    for (int i = 0; i < BW_OCRE_TOPICS; i++)
        for (uint32_t j = 0; j < v->needs[i].setting_count; j++) {
            const bw_ocre_setting *s = &v->needs[i].settings[j];

            if (first)
                bw_buffer_printf(out, "    in %s.conf:\n", show->stem);
            first = false;
            bw_buffer_printf(out, "      CONFIG_%s=%s\n", s->symbol, s->value);
        }
}

static void add_patches(const bw_ocre_verdict *v, const bw_ocre_view *show, bw_buffer *out)
{
    bool first = true;

    for (int i = 0; i < BW_OCRE_TOPICS; i++)
        for (uint32_t j = 0; j < v->needs[i].patch_count; j++) {
            const bw_ocre_patch *p = &v->needs[i].patches[j];

            if (first)
                bw_buffer_printf(out, "    in %s.overlay:\n", show->stem);
            first = false;
            add_indented(out, p->deletes, 6);
            add_indented(out, p->text, 6);
        }
}

static void add_reasons(const bw_ocre_verdict *v, bw_ocre_readiness state, bw_buffer *out)
{
    for (int i = 0; i < BW_OCRE_TOPICS; i++)
        if (v->needs[i].state == state && v->needs[i].because)
            bw_buffer_printf(out, "    %s: %s\n", bw_ocre_topic_names[i], v->needs[i].because);
}

void bw_show_ocre_sample(const bw_ocre_verdict *v, const bw_ocre_view *show, bw_buffer *out)
{
    const char *name = bw_ocre_sample_names[v->sample];

    bw_buffer_byte(out, '\n');
    bold(show, out, name);
    switch (v->state) {
    case BW_OCRE_READY:
        bw_buffer_printf(out, ": ready%s\n", show->has_files ? " with its board files" : "");
        break;
    case BW_OCRE_AFTER:
        bw_buffer_printf(out, ": works after these lines%s\n", show->has_files ? " more" : "");
        add_reasons(v, BW_OCRE_AFTER, out);
        add_settings(v, show, out);
        add_patches(v, show, out);
        break;
    case BW_OCRE_IMPOSSIBLE:
        bw_buffer_text(out, ": not possible because\n");
        add_reasons(v, BW_OCRE_IMPOSSIBLE, out);
        break;
    }
}

/* ---- JSON ---- */

static json_t *hex(uint64_t value)
{
    char text[32];

    g_snprintf(text, sizeof text, "0x%" PRIx64, value);
    return json_string(text);
}

static json_t *need_json(const bw_ocre_need *need, int topic)
{
    json_t *object = json_pack("{s:s, s:s, s:o}", "topic", bw_ocre_topic_names[topic], "state",
                               bw_ocre_readiness_name(need->state), "fact", bw_json_text(need->fact));

    if (need->because)
        json_object_set_new(object, "because", bw_json_text(need->because));
    json_t *list = json_array();
    for (uint32_t i = 0; i < need->setting_count; i++)
        json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "symbol", need->settings[i].symbol, "value",
                                              bw_json_text(need->settings[i].value), "why",
                                              bw_json_text(need->settings[i].why)));
    json_object_set_new(object, "settings", list);
    list = json_array();
    for (uint32_t i = 0; i < need->patch_count; i++) {
        json_t *patch = json_pack("{s:o}", "why", bw_json_text(need->patches[i].why));

        if (need->patches[i].deletes)
            json_object_set_new(patch, "deletes", bw_json_text(need->patches[i].deletes));
        if (need->patches[i].text)
            json_object_set_new(patch, "text", bw_json_text(need->patches[i].text));
        json_array_append_new(list, patch);
    }
    json_object_set_new(object, "overlays", list);
    return object;
}

static json_t *storage_json(const bw_ocre_place *p, const bw_tree *tree)
{
    json_t *object = json_pack("{s:b, s:o, s:I, s:I, s:I, s:I}", "new", p->is_new, "offset", hex(p->offset), "size",
                               (json_int_t)p->size, "block", (json_int_t)p->block, "blocks", (json_int_t)p->blocks,
                               "wanted", (json_int_t)MIN(p->wanted, INT64_MAX));

    if (p->flash)
        json_object_set_new(object, "flash", bw_json_text(bw_node_path(tree, p->flash)));
    if (p->mapped)
        json_object_set_new(object, "address", hex(p->address));
    if (p->has_formula)
        json_object_set_new(object, "formula", hex(p->formula));
    return object;
}

json_t *bw_show_ocre_json(const bw_ocre_verdict *v, const bw_tree *tree)
{
    json_t *needs = json_array();
    json_t *object = json_pack("{s:s, s:s, s:I}", "sample", bw_ocre_sample_names[v->sample], "state",
                               bw_ocre_readiness_name(v->state), "ram_wanted", (json_int_t)v->ram_wanted);

    if (v->storage.known)
        json_object_set_new(object, "storage", storage_json(&v->storage, tree));
    for (int i = 0; i < BW_OCRE_TOPICS; i++)
        json_array_append_new(needs, need_json(&v->needs[i], i));
    json_object_set_new(object, "needs", needs);
    return object;
}
