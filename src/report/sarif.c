/* SPDX-License-Identifier: Apache-2.0 */
/* Static Analysis Results Interchange Format 2.1.0, OASIS standard of 27 March 2020. */
#include "report/report.h"

#include "report/json_out.h"

static const char *level_name(bw_severity severity)
{
    return severity == BW_OFF ? "none" : bw_severity_name(severity);
}

static json_t *message(const char *text)
{
    json_t *o = json_object();

    json_object_set_new(o, "text", bw_json_text(text));
    return o;
}

/* Section 3.49: a rule for each row of findings.def. */
static json_t *rules(void)
{
    json_t *list = json_array();

    for (int i = 0; i < BW_CODE_COUNT; i++) {
        const bw_code_info *c = &bw_codes[i];
        json_t *rule = json_object();

        json_object_set_new(rule, "id", json_string(c->name));
        json_object_set_new(rule, "shortDescription", message(c->title));
        json_object_set_new(rule, "fullDescription", message(c->text));
        if (c->cure[0])
            json_object_set_new(rule, "help", message(c->cure));
        json_object_set_new(rule, "defaultConfiguration",
                            json_pack("{s:b,s:s}", "enabled", c->severity != BW_OFF, "level", level_name(c->severity)));
        if (c->dtc)
            json_object_set_new(rule, "properties", json_pack("{s:s}", "dtc", c->dtc));
        json_array_append_new(list, rule);
    }
    return list;
}

/* Section 3.4.4: a relative reference, or a file URI. A colon would look like a scheme. */
static json_t *artifact(const char *path)
{
    char *escaped = g_uri_escape_string(path, "/@+,", FALSE);
    char *uri = path[0] == '/' ? g_strconcat("file://", escaped, NULL) : g_strdup(escaped);
    json_t *o = json_object();

    json_object_set_new(o, "uri", bw_json_text(uri));
    g_free(uri);
    g_free(escaped);
    return o;
}

/* Section 3.29. */
static json_t *physical_location(const bw_place *place)
{
    json_t *o = json_object();
    uint32_t column, end_column;

    json_object_set_new(o, "artifactLocation", artifact(place->file));
    if (place->line) {
        bw_report_characters(place, &column, &end_column);
        json_object_set_new(o, "region",
                            json_pack("{s:i,s:i,s:i,s:i}", "startLine", (int)place->line, "startColumn", (int)column,
                                      "endLine", (int)place->end_line, "endColumn", (int)end_column));
    }
    return o;
}

static void add_related(json_t *list, const bw_place *place, const char *text)
{
    json_t *location = json_object();

    json_object_set_new(location, "id", json_integer((json_int_t)json_array_size(list) + 1));
    json_object_set_new(location, "message", message(text));
    if (place->file)
        json_object_set_new(location, "physicalLocation", physical_location(place));
    json_array_append_new(list, location);
}

/* Section 3.27. */
static json_t *result_of(const bw_finding *f)
{
    json_t *result = json_object();
    json_t *location = json_object();
    json_t *related = json_array();

    json_object_set_new(result, "ruleId", json_string(bw_codes[f->code].name));
    json_object_set_new(result, "ruleIndex", json_integer((json_int_t)f->code));
    json_object_set_new(result, "level", json_string(level_name(f->severity)));
    char *text = f->cure ? g_strdup_printf("%s\nCure: %s", f->text, f->cure) : g_strdup(f->text);
    json_object_set_new(result, "message", message(text));
    g_free(text);
    if (f->place.file)
        json_object_set_new(location, "physicalLocation", physical_location(&f->place));
    if (f->node) {
        json_t *logical = json_object();
        json_object_set_new(logical, "fullyQualifiedName", bw_json_text(f->node));
        json_object_set_new(location, "logicalLocations", json_pack("[o]", logical));
    }
    json_object_set_new(result, "locations", json_object_size(location) ? json_pack("[O]", location) : json_array());
    json_decref(location);
    for (const bw_trail *t = f->trail; t; t = t->next)
        add_related(related, &t->place, t->text);
    for (const bw_related *r = f->related; r; r = r->next)
        add_related(related, &r->place, r->text);
    if (json_array_size(related))
        json_object_set(result, "relatedLocations", related);
    json_decref(related);
    if (f->boards > 1)
        json_object_set_new(result, "occurrenceCount", json_integer((json_int_t)f->boards));
    return result;
}

void bw_report_sarif(bw_buffer *out, const bw_findings *findings)
{
    json_t *results = json_array();

    for (const bw_finding *f = findings->first; f; f = f->next)
        json_array_append_new(results, result_of(f));
    bw_json_write(
        out, json_pack("{s:s,s:s,s:[{s:{s:{s:s,s:s,s:o}},s:s,s:o}]}", "$schema",
                       "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
                       "version", "2.1.0", "runs", "tool", "driver", "name", "boardwright", "semanticVersion",
                       BW_VERSION, "rules", rules(), "columnKind", "unicodeCodePoints", "results", results));
}
