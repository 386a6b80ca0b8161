/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/snippet.h"

#include "systems/zephyr/walk.h"

#include <string.h>

static const bw_schema append_rows[] = {
    {"EXTRA_DTC_OVERLAY_FILE", BW_TYPE_STRING, "A devicetree overlay.", false, false, NULL, NULL, 0, 0},
    {"EXTRA_CONF_FILE", BW_TYPE_STRING, "A Kconfig fragment.", false, false, NULL, NULL, 0, 0},
    {"SB_EXTRA_CONF_FILE", BW_TYPE_STRING, "A Kconfig fragment of sysbuild.", false, false, NULL, NULL, 0, 0},
    {"DTS_EXTRA_CPPFLAGS", BW_TYPE_STRING, "An argument of the devicetree's preprocessor.", false, false, NULL, NULL, 0,
     0},
    BW_SCHEMA_END,
};
static const bw_schema board_rows[] = {
    {"append", BW_TYPE_MAP, "What is appended for these boards.", false, true, append_rows, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema board_row = {"pattern", BW_TYPE_MAP, "Boards.", false, true, board_rows, NULL, 0, 0};
static const bw_schema file_rows[] = {
    {"name", BW_TYPE_STRING, "Name of the snippet.", true, false, NULL, NULL, 0, 0},
    {"append", BW_TYPE_MAP, "What is appended for all boards.", false, true, append_rows, NULL, 0, 0},
    {"boards", BW_TYPE_NAMED, "What is appended for some boards.", false, false, &board_row, NULL, 0, 0},
    BW_SCHEMA_END,
};
const bw_schema bw_snippet_yml_schema = {"snippet.yml", BW_TYPE_MAP, "A snippet.", false, true, file_rows, NULL, 0, 0};

typedef struct loader {
    bw_context *ctx;
    bw_arena *arena;
    bw_findings *findings;
    GTree *by_name; /* name -> GArray of bw_zephyr_append; the snippet's `at` is in places */
    GTree *places;  /* name -> const bw_yaml * */
    bool failed;
} loader;

static gpointer key_of(const char *text)
{
    return (gpointer)(uintptr_t)text;
}

static int compare_names(gconstpointer a, gconstpointer b, gpointer unused)
{
    (void)unused;
    return strcmp(a, b);
}

static bool is_name(const char *name)
{
    if (!g_ascii_isalnum(*name))
        return false;
    for (; *name; name++)
        if (!g_ascii_isalnum(*name) && *name != '_' && *name != '-')
            return false;
    return true;
}

/* Appends of one pattern stay together, where the first of them was. */
static void insert(GArray *appends, const bw_zephyr_append *a)
{
    guint i = appends->len;

    for (; i > 0; i--) {
        const bw_yaml *pattern = g_array_index(appends, bw_zephyr_append, i - 1).pattern;

        if (!pattern == !a->pattern && (!pattern || strcmp(pattern->text, a->pattern->text) == 0))
            break;
    }
    if (i == 0)
        i = a->pattern ? appends->len : 0;
    g_array_insert_val(appends, i, *a);
}

static void add_appends(loader *l, GArray *appends, const char *dir, const bw_yaml *map, const bw_yaml *pattern)
{
    static const char *const keys[] = {"EXTRA_DTC_OVERLAY_FILE", "EXTRA_CONF_FILE", "DTS_EXTRA_CPPFLAGS",
                                       "SB_EXTRA_CONF_FILE"};

    for (uint32_t i = 0; map && i < map->count; i++) {
        bw_zephyr_append a = {.at = map->entries[i].value, .pattern = pattern};

        while (strcmp(keys[a.kind], map->entries[i].key->text) != 0)
            a.kind++;
        a.value = a.at->text;
        if (a.kind != BW_ZEPHYR_APPEND_FLAGS) {
            a.value = *a.value == '/' ? a.value : bw_zephyr_path(l->arena, dir, a.value);
            if (!bw_zephyr_is_file(a.value)) {
                bw_findings_add(l->findings, BW_CODE_zephyr_snippet_file, bw_yaml_place(a.at), "there is no file %s",
                                a.value);
                l->failed = true;
                continue;
            }
        }
        insert(appends, &a);
    }
}

static void check_pattern(loader *l, const bw_yaml *pattern)
{
    size_t len = pattern->len;

    if (len && pattern->text[0] == '/' && (len == 1 || pattern->text[len - 1] != '/')) {
        bw_finding *f = bw_findings_add(l->findings, BW_CODE_wrong_value, bw_yaml_place(pattern),
                                        "a pattern that begins with '/' ends with one");
        bw_finding_cure(f, "write '%s/'", pattern->text);
        l->failed = true;
    }
}

static void add_file(loader *l, const bw_zephyr_found *found)
{
    const bw_yaml *root = bw_yaml_read_file(l->ctx, found->path, l->arena, l->findings);

    if (!root || !bw_schema_check(&bw_snippet_yml_schema, root, l->findings)) {
        l->failed = true;
        return;
    }
    const bw_yaml *name = bw_yaml_get(root, "name");
    const bw_yaml *boards = bw_yaml_get(root, "boards");
    if (!is_name(name->text)) {
        bw_findings_add(l->findings, BW_CODE_wrong_value, bw_yaml_place(name),
                        "'%s' is no name of a snippet: it begins with a letter or digit and has letters, digits, '_' "
                        "and '-'",
                        name->text);
        l->failed = true;
        return;
    }
    GArray *appends = g_tree_lookup(l->by_name, name->text);
    if (!appends) {
        appends = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_append));
        g_tree_insert(l->by_name, key_of(name->text), appends);
        g_tree_insert(l->places, key_of(name->text), key_of((const char *)name));
    }
    add_appends(l, appends, found->dir->path, bw_yaml_get(root, "append"), NULL);
    for (uint32_t i = 0; boards && i < boards->count; i++) {
        check_pattern(l, boards->entries[i].key);
        add_appends(l, appends, found->dir->path, bw_yaml_get(boards->entries[i].value, "append"),
                    boards->entries[i].key);
    }
}

typedef struct keeper {
    loader *l;
    bw_zephyr_snippet *items;
    uint32_t count;
} keeper;

static gboolean keep(gpointer name, gpointer data, gpointer user)
{
    keeper *k = user;
    GArray *appends = data;
    bw_zephyr_snippet *s = &k->items[k->count++];

    s->name = name;
    s->at = g_tree_lookup(k->l->places, name);
    s->count = appends->len;
    s->appends = bw_arena_dup(k->l->arena, appends->data, appends->len * sizeof(bw_zephyr_append));
    g_array_free(appends, TRUE);
    return FALSE;
}

bw_zephyr_snippets bw_zephyr_snippets_load(bw_context *ctx, const char *const *roots, bw_arena *arena,
                                           bw_findings *findings)
{
    loader l = {.ctx = ctx, .arena = arena, .findings = findings};
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_part));
    GArray *found = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_found));

    l.by_name = g_tree_new_full(compare_names, NULL, NULL, NULL);
    l.places = g_tree_new_full(compare_names, NULL, NULL, NULL);
    bw_zephyr_split(arena, roots, "snippets", "snippet.yml", BW_ZEPHYR_TOP_FIRST, parts);
    for (guint i = 0; i < parts->len; i++)
        bw_zephyr_walk(arena, &g_array_index(parts, bw_zephyr_part, i), "snippet.yml", BW_ZEPHYR_TOP_FIRST, found);
    for (guint i = 0; i < found->len; i++)
        add_file(&l, &g_array_index(found, bw_zephyr_found, i));
    keeper k = {&l, bw_arena_array(arena, bw_zephyr_snippet, (size_t)g_tree_nnodes(l.by_name)), 0};
    g_tree_foreach(l.by_name, keep, &k);
    g_tree_unref(l.by_name);
    g_tree_unref(l.places);
    g_array_free(parts, TRUE);
    g_array_free(found, TRUE);
    return (bw_zephyr_snippets){k.items, k.count, l.failed};
}

const bw_zephyr_snippet *bw_zephyr_snippet_called(const bw_zephyr_snippets *snippets, const char *name)
{
    for (uint32_t i = 0; i < snippets->count; i++)
        if (strcmp(snippets->items[i].name, name) == 0)
            return &snippets->items[i];
    return NULL;
}

const char *bw_zephyr_near_snippet(const bw_zephyr_snippets *snippets, const char *name)
{
    const char **names = g_new0(const char *, snippets->count + 1);

    for (uint32_t i = 0; i < snippets->count; i++)
        names[i] = snippets->items[i].name;
    const char *near = bw_nearest(name, names);
    g_free(names);
    return near;
}

/* ---- patterns ---- */

/* CMake's expression as PCRE: a backslash in its quotes is gone before another character than a letter or digit;
 * there are no counts, and what PCRE knows behind a backslash, CMake does not. Freed by the caller. */
static char *expression_of(const char *pattern, size_t len)
{
    GString *out = g_string_new("^");

    for (size_t i = 0; i < len; i++) {
        char c = pattern[i];

        if (c == '\\' && i + 1 < len) {
            c = pattern[++i];
            if (c == '\\' && i + 1 < len) {
                c = pattern[++i];
                if (!g_ascii_isalnum(c))
                    g_string_append_c(out, '\\');
                g_string_append_c(out, c);
                continue;
            }
        }
        if (c == '{' || c == '}')
            g_string_append_c(out, '\\');
        g_string_append_c(out, c);
    }
    g_string_append(out, "$");
    return g_string_free(out, FALSE);
}

bool bw_zephyr_pattern_matches(const char *pattern, const char *target)
{
    size_t len = strlen(pattern);

    if (pattern[0] != '/')
        return strcmp(pattern, target) == 0;
    if (len < 2)
        return false;
    char *expression = expression_of(pattern + 1, len - 2);
    bool matches = g_regex_match_simple(expression, target, (GRegexCompileFlags)0, (GRegexMatchFlags)0);
    g_free(expression);
    return matches;
}
