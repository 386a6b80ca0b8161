/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/soc_yml.h"

#include "yaml/runners.h"

/* -- schema ----------------------------------------------------------------------------------- */

static const bw_schema cluster_rows[] = {
    {"name", BW_TYPE_STRING, "Name of the CPU cluster.", true, false, NULL, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema cluster = {"cpucluster", BW_TYPE_MAP, "A CPU cluster.", false, true, cluster_rows, NULL, 0, 0};

static const bw_schema soc_rows[] = {
    {"name", BW_TYPE_STRING, "Name of the SoC.", true, false, NULL, NULL, 0, 0},
    {"cpuclusters", BW_TYPE_LIST, "Its CPU clusters.", false, false, &cluster, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema soc = {"soc", BW_TYPE_MAP, "A SoC.", false, true, soc_rows, NULL, 0, 0};

static const bw_schema single_rows[] = {
    {"name", BW_TYPE_STRING, "Name of the SoC.", false, false, NULL, NULL, 0, 0},
    {"extend", BW_TYPE_STRING, "Name of the SoC that gets more CPU clusters.", false, false, NULL, NULL, 0, 0},
    {"cpuclusters", BW_TYPE_LIST, "Its CPU clusters.", false, false, &cluster, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema single = {"soc", BW_TYPE_MAP, "A SoC.", false, true, single_rows, NULL, 0, 0};

static const bw_schema series_rows[] = {
    {"name", BW_TYPE_STRING, "Name of the series.", true, false, NULL, NULL, 0, 0},
    {"socs", BW_TYPE_LIST, "SoCs of the series.", false, false, &soc, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema series = {"series", BW_TYPE_MAP, "A series.", false, true, series_rows, NULL, 0, 0};

static const bw_schema family_rows[] = {
    {"name", BW_TYPE_STRING, "Name of the family.", true, false, NULL, NULL, 0, 0},
    {"series", BW_TYPE_LIST, "Series of the family.", false, false, &series, NULL, 0, 0},
    {"socs", BW_TYPE_LIST, "SoCs of the family that are of no series.", false, false, &soc, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema family = {"family", BW_TYPE_MAP, "A family.", false, true, family_rows, NULL, 0, 0};

static const bw_schema file_rows[] = {
    {"family", BW_TYPE_LIST, "Families.", false, false, &family, NULL, 0, 0},
    {"series", BW_TYPE_LIST, "Series of no family.", false, false, &series, NULL, 0, 0},
    {"socs", BW_TYPE_LIST, "SoCs of no series, and extensions of others.", false, false, &single, NULL, 0, 0},
    {"vendor", BW_TYPE_STRING, "Vendor, by its devicetree prefix.", false, false, NULL, NULL, 0, 0},
    {"comment", BW_TYPE_STRING, "Anything to say about the file.", false, false, NULL, NULL, 0, 0},
    {"runners", BW_TYPE_MAP, "What west flash runs once.", false, false, bw_runners_of_socs, NULL, 0, 0},
    BW_SCHEMA_END,
};
const bw_schema bw_soc_yml_schema = {"soc.yml", BW_TYPE_MAP, "SoCs of a folder.", false, true, file_rows, NULL, 0, 0};

/* -- reading ------------------------------------------------------------------------------------ */

typedef struct reader {
    bw_arena *arena;
    bw_findings *findings;
    GArray *socs; /* of bw_soc_yml_soc */
    bool ok;
} reader;

static void add_soc(reader *r, const bw_yaml *map, const char *series_name, const char *family_name)
{
    const bw_yaml *name = bw_yaml_get(map, "name");
    const bw_yaml *extend = bw_yaml_get(map, "extend");
    const bw_yaml *clusters = bw_yaml_get(map, "cpuclusters");
    bw_soc_yml_soc s = {.series = series_name, .family = family_name, .extends = !name};

    if (!name == !extend) {
        bw_finding *f = bw_findings_add(r->findings, name ? BW_CODE_wrong_value : BW_CODE_missing_key,
                                        bw_yaml_place(extend ? extend : map), "the SoC has %s 'name' %s 'extend'",
                                        name ? "both" : "neither", name ? "and" : "nor");
        if (name)
            bw_finding_cure(f, "remove one of them");
        r->ok = false;
        return;
    }
    s.at = name ? name : extend;
    s.name = s.at->text;
    s.cluster_count = clusters ? clusters->count : 0;
    s.clusters = bw_arena_array(r->arena, const bw_yaml *, s.cluster_count);
    for (uint32_t i = 0; i < s.cluster_count; i++)
        s.clusters[i] = bw_yaml_get(clusters->items[i], "name");
    g_array_append_val(r->socs, s);
}

static void add_socs(reader *r, const bw_yaml *owner, const char *series_name, const char *family_name)
{
    const bw_yaml *list = bw_yaml_get(owner, "socs");

    for (uint32_t i = 0; list && i < list->count; i++)
        add_soc(r, list->items[i], series_name, family_name);
}

static void add_series(reader *r, const bw_yaml *owner, const char *family_name)
{
    const bw_yaml *list = bw_yaml_get(owner, "series");

    for (uint32_t i = 0; list && i < list->count; i++)
        add_socs(r, list->items[i], bw_yaml_to_text(bw_yaml_get(list->items[i], "name")), family_name);
}

static void add_families(reader *r, const bw_yaml *root)
{
    const bw_yaml *list = bw_yaml_get(root, "family");

    for (uint32_t i = 0; list && i < list->count; i++) {
        const char *name = bw_yaml_to_text(bw_yaml_get(list->items[i], "name"));

        add_series(r, list->items[i], name);
        add_socs(r, list->items[i], NULL, name);
    }
}

static bool is_literal(const char *pattern, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!g_ascii_isalnum(pattern[i]) && pattern[i] != '_' && pattern[i] != '-')
            return false;
    return true;
}

static bool has_soc(const reader *r, const char *name, size_t len)
{
    for (guint i = 0; i < r->socs->len; i++) {
        const char *soc_name = g_array_index(r->socs, bw_soc_yml_soc, i).name;

        if (strncmp(soc_name, name, len) == 0 && soc_name[len] == '\0')
            return true;
    }
    return false;
}

/* A pattern of run_once begins with a SoC of the same file. */
static void check_pattern(reader *r, const bw_yaml *pattern)
{
    size_t len = strcspn(pattern->text, "/");
    if (is_literal(pattern->text, len) && has_soc(r, pattern->text, len))
        return; /* as nearly all are; a regular expression costs more than the rest of the file */
    char *expression = g_strdup_printf("^%.*s$", (int)len, pattern->text);
    GError *error = NULL;
    GRegex *regex = g_regex_new(expression, (GRegexCompileFlags)0, G_REGEX_MATCH_ANCHORED, &error);
    bool found = false;

    for (guint i = 0; regex && !found && i < r->socs->len; i++)
        found = g_regex_match(regex, g_array_index(r->socs, bw_soc_yml_soc, i).name, (GRegexMatchFlags)0, NULL);
    if (!regex)
        bw_findings_add(r->findings, BW_CODE_wrong_value, bw_yaml_place(pattern), "'%s' is no regular expression: %s",
                        pattern->text, error->message);
    else if (!found)
        bw_findings_add(r->findings, BW_CODE_zephyr_runner_pattern, bw_yaml_place(pattern),
                        "no SoC of this file is called '%.*s'", (int)len, pattern->text);
    r->ok &= found;
    g_clear_error(&error);
    if (regex)
        g_regex_unref(regex);
    g_free(expression);
}

static void check_runners(reader *r, const bw_yaml *runners)
{
    const bw_yaml *run_once = bw_yaml_get(runners, "run_once");

    for (uint32_t c = 0; run_once && c < run_once->count; c++) {
        const bw_yaml *rules = run_once->entries[c].value;

        for (uint32_t i = 0; i < rules->count; i++) {
            const bw_yaml *groups = bw_yaml_get(rules->items[i], "groups");

            for (uint32_t g = 0; g < groups->count; g++) {
                const bw_yaml *patterns = bw_yaml_get(groups->items[g], "qualifiers");

                for (uint32_t p = 0; p < patterns->count; p++)
                    check_pattern(r, patterns->items[p]);
            }
        }
    }
}

const bw_soc_yml *bw_soc_yml_read(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings)
{
    reader r = {arena, findings, NULL, true};
    const bw_yaml *root = bw_yaml_read_file(ctx, path, arena, findings);

    if (!root || !bw_schema_check(&bw_soc_yml_schema, root, findings))
        return NULL;
    bw_soc_yml *file = bw_arena_new(arena, bw_soc_yml);
    r.socs = g_array_new(FALSE, FALSE, sizeof(bw_soc_yml_soc));
    add_families(&r, root);
    add_series(&r, root, NULL);
    add_socs(&r, root, NULL, NULL);
    file->source = root->source;
    file->runners = bw_yaml_get(root, "runners");
    if (file->runners)
        check_runners(&r, file->runners);
    file->count = r.socs->len;
    file->socs = bw_arena_dup(arena, r.socs->data, r.socs->len * sizeof(bw_soc_yml_soc));
    g_array_free(r.socs, TRUE);
    return r.ok ? file : NULL;
}
