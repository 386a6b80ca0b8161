/* SPDX-License-Identifier: Apache-2.0 */
#include "dts/print.h"

#include "base/bytes.h"
#include "dts/runs.h"

#include <stdio.h>
#include <yaml.h>

typedef struct printer {
    bw_tree *tree;
    yaml_emitter_t emitter;
    bool failed;
} printer;

static int write_out(void *data, unsigned char *text, size_t len)
{
    bw_buffer_add(data, text, len);
    return 1;
}

/* yaml_emitter_emit() takes the event, whether it succeeds or not. */
static void emit(printer *p, yaml_event_t *event, int initialized)
{
    if (initialized && p->failed)
        yaml_event_delete(event);
    else if (!initialized || !yaml_emitter_emit(&p->emitter, event))
        p->failed = true;
}

static void scalar(printer *p, const char *tag, const char *text, size_t len, bool plain, bool quoted,
                   yaml_scalar_style_t style)
{
    yaml_event_t e;

    emit(p, &e,
         yaml_scalar_event_initialize(&e, NULL, (const yaml_char_t *)tag, (const yaml_char_t *)text, (int)len, plain,
                                      quoted, style));
}

static void sequence(printer *p, const char *tag, bool implicit, yaml_sequence_style_t style)
{
    yaml_event_t e;

    emit(p, &e, yaml_sequence_start_event_initialize(&e, NULL, (const yaml_char_t *)tag, implicit, style));
}

static void sequence_end(printer *p)
{
    yaml_event_t e;

    emit(p, &e, yaml_sequence_end_event_initialize(&e));
}

static void cells(printer *p, const bw_value *value, const bw_value_run *run, bw_mark_kind kind)
{
    static const char *const tags[] = {
        [BW_MARK_UINT8] = "!u8", [BW_MARK_UINT16] = "!u16", [BW_MARK_UINT32] = "!u32", [BW_MARK_UINT64] = "!u64"};
    uint32_t width = bw_run_width(kind);
    uint32_t refs = 0;

    sequence(p, tags[kind], kind == BW_MARK_UINT32, YAML_FLOW_SEQUENCE_STYLE);
    for (uint32_t at = run->begin; at < run->begin + run->len; at += width) {
        const uint8_t *d = value->data + at;
        bool ref = kind == BW_MARK_UINT32 && bw_value_ref_at(value, at, &refs);
        uint64_t number = width == 8 ? bw_get64(d) : width == 4 ? bw_get32(d) : width == 2 ? bw_get16(d) : *d;
        char text[24];
        int len = snprintf(text, sizeof text, "0x%llx", (unsigned long long)number);

        scalar(p, ref ? "!phandle" : YAML_INT_TAG, text, (size_t)len, !ref, !ref, YAML_PLAIN_SCALAR_STYLE);
    }
    sequence_end(p);
}

/* YAML takes no bytes that are not UTF-8. */
static bool is_ascii(const uint8_t *text, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        if (text[i] >= 0x80)
            return false;
    return true;
}

static void prop_value(printer *p, const bw_value *value)
{
    uint32_t count;
    const bw_value_run *runs = bw_value_runs(&p->tree->unit->arena, value, &count);

    if (value->len == 0) {
        scalar(p, YAML_BOOL_TAG, "true", 4, true, false, YAML_PLAIN_SCALAR_STYLE);
        return;
    }
    sequence(p, YAML_SEQ_TAG, true, YAML_FLOW_SEQUENCE_STYLE);
    for (uint32_t i = 0; i < count; i++) {
        const bw_value_run *run = &runs[i];
        const uint8_t *data = value->data + run->begin;

        if (run->kind != BW_MARK_STRING)
            cells(p, value, run, run->kind);
        else if (is_ascii(data, run->len))
            scalar(p, YAML_STR_TAG, (const char *)data, run->len - 1, false, true, YAML_DOUBLE_QUOTED_SCALAR_STYLE);
        else
            cells(p, value, run, BW_MARK_UINT8);
    }
    sequence_end(p);
}

static void begin_node(printer *p, const bw_node *node)
{
    yaml_event_t e;

    emit(p, &e,
         yaml_mapping_start_event_initialize(&e, NULL, (const yaml_char_t *)YAML_MAP_TAG, 1, YAML_ANY_MAPPING_STYLE));
    BW_FOR_PROPS (node, prop) {
        scalar(p, YAML_STR_TAG, prop->name->text, prop->name->len, true, true, YAML_PLAIN_SCALAR_STYLE);
        prop_value(p, &prop->value);
    }
}

static void nodes(printer *p)
{
    const bw_node *root = p->tree->root;
    const bw_node *n = root;
    yaml_event_t e;

    begin_node(p, root);
    for (;;) {
        const bw_node *next = bw_live_node(n->first_child);

        while (!next) {
            emit(p, &e, yaml_mapping_end_event_initialize(&e));
            if (n == root)
                return;
            next = bw_live_node(n->next);
            n = n->parent;
        }
        scalar(p, YAML_STR_TAG, next->name->text, next->name->len, true, false, YAML_PLAIN_SCALAR_STYLE);
        begin_node(p, next);
        n = next;
    }
}

bool bw_dts_print_yaml(bw_tree *tree, bw_buffer *out)
{
    printer p = {.tree = tree};
    yaml_event_t e;

    if (!yaml_emitter_initialize(&p.emitter))
        return false;
    yaml_emitter_set_output(&p.emitter, write_out, out);
    emit(&p, &e, yaml_stream_start_event_initialize(&e, YAML_UTF8_ENCODING));
    emit(&p, &e, yaml_document_start_event_initialize(&e, NULL, NULL, NULL, 0));
    sequence(&p, YAML_SEQ_TAG, true, YAML_ANY_SEQUENCE_STYLE);
    if (!tree->root->deleted)
        nodes(&p);
    sequence_end(&p);
    emit(&p, &e, yaml_document_end_event_initialize(&e, 0));
    emit(&p, &e, yaml_stream_end_event_initialize(&e));
    yaml_emitter_delete(&p.emitter);
    return !p.failed;
}
