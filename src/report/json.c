/* SPDX-License-Identifier: Apache-2.0 */
/* The shape is a promise: docs/json.md. Add members, never change or remove one. */
#include "report/report.h"

#include "report/json_out.h"

json_t *bw_json_text(const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);
    json_t *string = json_string(valid);

    g_free(valid);
    return string;
}

void bw_json_write(bw_buffer *out, json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(2));

    bw_buffer_text(out, text);
    bw_buffer_byte(out, '\n');
    free(text);
    json_decref(value);
}

static json_t *place_of(const bw_place *place)
{
    json_t *o = json_object();

    json_object_set_new(o, "file", bw_json_text(place->file));
    if (place->line) {
        json_object_set_new(o, "line", json_integer(place->line));
        json_object_set_new(o, "column", json_integer(place->column));
        json_object_set_new(o, "endLine", json_integer(place->end_line));
        json_object_set_new(o, "endColumn", json_integer(place->end_column));
    }
    return o;
}

static json_t *note_of(const bw_place *place, const char *text)
{
    json_t *o = json_object();

    json_object_set_new(o, "message", bw_json_text(text));
    if (place->file)
        json_object_set_new(o, "place", place_of(place));
    return o;
}

static json_t *finding_of(const bw_finding *f)
{
    json_t *o = json_object();

    json_object_set_new(o, "code", json_string(bw_codes[f->code].name));
    json_object_set_new(o, "severity", json_string(bw_severity_name(f->severity)));
    json_object_set_new(o, "message", bw_json_text(f->text));
    if (f->place.file)
        json_object_set_new(o, "place", place_of(&f->place));
    if (f->node)
        json_object_set_new(o, "node", bw_json_text(f->node));
    if (f->property)
        json_object_set_new(o, "property", bw_json_text(f->property));
    json_object_set_new(o, "boards", json_integer(f->boards));
    if (f->trail) {
        json_t *trail = json_array();
        for (const bw_trail *t = f->trail; t; t = t->next)
            json_array_append_new(trail, note_of(&t->place, t->text));
        json_object_set_new(o, "trail", trail);
    }
    if (f->related) {
        json_t *related = json_array();
        for (const bw_related *r = f->related; r; r = r->next)
            json_array_append_new(related, note_of(&r->place, r->text));
        json_object_set_new(o, "related", related);
    }
    if (f->cure)
        json_object_set_new(o, "cure", bw_json_text(f->cure));
    return o;
}

json_t *bw_json_report(const bw_findings *findings, const bw_totals *totals)
{
    json_t *list = json_array();

    for (const bw_finding *f = findings->first; f; f = f->next)
        json_array_append_new(list, finding_of(f));
    return json_pack("{s:{s:s,s:s},s:I,s:I,s:I,s:I,s:I,s:I,s:o}", "tool", "name", "boardwright", "version", BW_VERSION,
                     "boards", (json_int_t)totals->boards, "targets", (json_int_t)totals->targets, "nodes",
                     (json_int_t)totals->nodes, "errors", (json_int_t)findings->counts[BW_ERROR], "warnings",
                     (json_int_t)findings->counts[BW_WARNING], "notes", (json_int_t)findings->counts[BW_NOTE],
                     "findings", list);
}

void bw_report_json(bw_buffer *out, const bw_findings *findings, const bw_totals *totals)
{
    bw_json_write(out, bw_json_report(findings, totals));
}
