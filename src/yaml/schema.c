/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/schema.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

typedef struct checker {
    bw_findings *findings;
    bool ok;
} checker;

static void check_value(checker *c, const bw_schema *row, const bw_yaml *value);

static bw_finding *complain(checker *c, bw_code code, const bw_yaml *at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bw_finding *complain(checker *c, bw_code code, const bw_yaml *at, const char *format, ...)
{
    va_list ap;

    c->ok = false;
    va_start(ap, format);
    bw_finding *f = bw_findings_addv(c->findings, code, bw_yaml_place(at), format, ap);
    va_end(ap);
    return f;
}

/* -- scalars ---------------------------------------------------------------------------------- */

/* What a type takes, for "… takes …". */
static const char *type_name(const bw_schema *row)
{
    switch (row->type) {
    case BW_TYPE_TEXT:
    case BW_TYPE_STRING:
        return "text";
    case BW_TYPE_BOOL:
        return "true or false";
    case BW_TYPE_INT:
        return "a whole number";
    case BW_TYPE_NUMBER:
        return "a number";
    case BW_TYPE_SIZE:
        return "a size: a number of bytes, or one with KiB, MiB or GiB";
    case BW_TYPE_RATE:
        return "a rate: a number with Hz, kHz, MHz or GHz";
    case BW_TYPE_ENUM:
        return "one of a few words";
    case BW_TYPE_MAP:
    case BW_TYPE_NAMED:
        return "a map";
    case BW_TYPE_LIST:
        return "a list";
    case BW_TYPE_WORDS:
        return "words: text with its quotes in pairs, or a list with one word an item";
    default:
        return "any value";
    }
}

static void check_bounds(checker *c, const bw_schema *row, const bw_yaml *value, uint64_t number)
{
    if (number < row->min)
        complain(c, BW_CODE_wrong_value, value,
                 "%s is %" PRIu64 " (0x%" PRIx64 "), but must be at least %" PRIu64 " (0x%" PRIx64 ")", row->key,
                 number, number, row->min, row->min);
    else if (row->max && number > row->max)
        complain(c, BW_CODE_wrong_value, value,
                 "%s is %" PRIu64 " (0x%" PRIx64 "), but must be at most %" PRIu64 " (0x%" PRIx64 ")", row->key, number,
                 number, row->max, row->max);
}

static void check_enum(checker *c, const bw_schema *row, const bw_yaml *value)
{
    GString *words = g_string_new(NULL);

    for (size_t i = 0; row->values[i]; i++) {
        if (strcmp(row->values[i], value->text) == 0) {
            g_string_free(words, TRUE);
            return;
        }
        g_string_append_printf(words, "%s%s", i == 0 ? "" : row->values[i + 1] ? ", " : " or ", row->values[i]);
    }
    bw_finding *f = complain(c, BW_CODE_wrong_value, value, "%s takes %s, not '%s'", row->key, words->str, value->text);
    const char *near = bw_nearest(value->text, row->values);
    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
    g_string_free(words, TRUE);
}

/* Quotes make text of what would be right without them. */
static void cure_quotes(bw_finding *f, const bw_schema *row, const bw_yaml *value)
{
    bw_yaml bare = *value;
    uint64_t number;
    bool truth;

    bare.plain = true;
    if (value->plain)
        return;
    if (row->type == BW_TYPE_BOOL ? bw_yaml_to_bool(&bare, &truth) : bw_yaml_to_int(&bare, &number))
        bw_finding_cure(f, "remove the quotes");
}

static void check_number(checker *c, const bw_schema *row, const bw_yaml *value)
{
    uint64_t number = 0;
    bool truth;
    bool ok = row->type == BW_TYPE_BOOL     ? bw_yaml_to_bool(value, &truth)
              : row->type == BW_TYPE_NUMBER ? g_strcmp0(bw_yaml_not_string(value), "a number") == 0
              : row->type == BW_TYPE_INT    ? bw_yaml_to_int(value, &number)
              : row->type == BW_TYPE_SIZE   ? bw_yaml_to_size(value, &number)
                                            : bw_yaml_to_rate(value, &number);

    if (ok && row->type != BW_TYPE_BOOL && row->type != BW_TYPE_NUMBER)
        check_bounds(c, row, value, number);
    if (!ok)
        cure_quotes(complain(c, BW_CODE_wrong_value, value, "%s takes %s, not %s%s%s", row->key, type_name(row),
                             value->plain ? "'" : "the text \"", value->text, value->plain ? "'" : "\""),
                    row, value);
}

static void check_scalar(checker *c, const bw_schema *row, const bw_yaml *value)
{
    const char *not_string;

    switch (row->type) {
    case BW_TYPE_TEXT:
        if (bw_yaml_is_null(value))
            complain(c, BW_CODE_wrong_value, value, "%s has no value", row->key);
        break;
    case BW_TYPE_STRING:
        not_string = bw_yaml_not_string(value);
        if (!not_string)
            break;
        bw_finding *f = complain(c, BW_CODE_wrong_string, value, "%s takes text, but %s is %s in YAML 1.1", row->key,
                                 value->len ? value->text : "an empty value", not_string);
        if (value->len)
            bw_finding_cure(f, "write \"%s\"", value->text);
        break;
    case BW_TYPE_ENUM:
        check_enum(c, row, value);
        break;
    default:
        check_number(c, row, value);
        break;
    }
}

/* -- maps and lists ----------------------------------------------------------------------------- */

static const bw_schema *find_row(const bw_schema *rows, const char *key)
{
    for (; rows->type != BW_TYPE_END; rows++)
        if (strcmp(rows->key, key) == 0)
            return rows;
    return NULL;
}

static void check_known(checker *c, const bw_schema *row, const bw_yaml *map, const bw_yaml *key)
{
    GPtrArray *names = g_ptr_array_new();

    for (const bw_schema *child = row->children; child->type != BW_TYPE_END; child++)
        if (!bw_yaml_get(map, child->key))
            g_ptr_array_add(names, (gpointer)(uintptr_t)child->key);
    g_ptr_array_add(names, NULL);
    const char *near = bw_nearest(key->text, (const char *const *)names->pdata);
    bw_finding *f = complain(c, BW_CODE_unknown_key, key, "%s has no key '%s'", row->key, key->text);
    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
    g_ptr_array_free(names, TRUE);
}

/* A key that is misspelt is not missing as well. */
static bool has_unknown_near(const bw_schema *row, const bw_yaml *map, const char *missing)
{
    const char *const wanted[] = {missing, NULL};

    for (uint32_t i = 0; i < map->count; i++) {
        const char *key = map->entries[i].key->text;

        if (!find_row(row->children, key) && bw_nearest(key, wanted))
            return true;
    }
    return false;
}

static void check_map(checker *c, const bw_schema *row, const bw_yaml *map)
{
    for (uint32_t i = 0; i < map->count; i++) {
        const bw_schema *child = find_row(row->children, map->entries[i].key->text);

        if (child)
            check_value(c, child, map->entries[i].value);
        else
            check_known(c, row, map, map->entries[i].key);
    }
    for (const bw_schema *child = row->children; child->type != BW_TYPE_END; child++)
        if (child->required && !bw_yaml_get(map, child->key) && !has_unknown_near(row, map, child->key))
            complain(c, BW_CODE_missing_key, map, "%s needs the key '%s'", row->key, child->key);
}

static void check_items(checker *c, const bw_schema *row, const bw_yaml *value)
{
    for (uint32_t i = 0; i < value->count; i++)
        check_value(c, row->children, value->kind == BW_YAML_LIST ? value->items[i] : value->entries[i].value);
}

static void check_words(checker *c, const bw_schema *row, const bw_yaml *value)
{
    char **words = bw_yaml_to_words(value);

    if (!words)
        complain(c, BW_CODE_wrong_value, value, "%s takes %s", row->key, type_name(row));
    else if (row->filled && !*words)
        complain(c, BW_CODE_wrong_value, value, "%s is empty", row->key);
    g_strfreev(words);
}

static void check_value(checker *c, const bw_schema *row, const bw_yaml *value)
{
    bool wants_map = row->type == BW_TYPE_MAP || row->type == BW_TYPE_NAMED;
    bw_yaml_kind wanted = wants_map ? BW_YAML_MAP : row->type == BW_TYPE_LIST ? BW_YAML_LIST : BW_YAML_SCALAR;

    if (row->type == BW_TYPE_ANY)
        return;
    if (row->type == BW_TYPE_WORDS) {
        check_words(c, row, value);
        return;
    }
    /* A section without keys: "zephyr:" says that the system is wanted, no more. */
    if (row->type == BW_TYPE_MAP && !row->filled && bw_yaml_is_null(value)) {
        for (const bw_schema *child = row->children; child->type != BW_TYPE_END; child++)
            if (child->required)
                complain(c, BW_CODE_missing_key, value, "%s needs the key '%s'", row->key, child->key);
        return;
    }
    if (value->kind != wanted)
        complain(c, BW_CODE_wrong_value, value, "%s takes %s, not %s", row->key, type_name(row),
                 bw_yaml_kind_name(value));
    else if (wanted != BW_YAML_SCALAR && row->filled && value->count == 0)
        complain(c, BW_CODE_wrong_value, value, "%s is empty", row->key);
    else if (row->type == BW_TYPE_MAP)
        check_map(c, row, value);
    else if (wanted != BW_YAML_SCALAR)
        check_items(c, row, value);
    else
        check_scalar(c, row, value);
}

bool bw_schema_check(const bw_schema *row, const bw_yaml *value, bw_findings *findings)
{
    checker c = {findings, true};

    check_value(&c, row, value);
    return c.ok;
}

/* -- documentation ------------------------------------------------------------------------------ */

static const char *document_type(const bw_schema *row)
{
    switch (row->type) {
    case BW_TYPE_BOOL:
        return "true, false";
    case BW_TYPE_INT:
    case BW_TYPE_NUMBER:
        return "number";
    case BW_TYPE_SIZE:
        return "size";
    case BW_TYPE_RATE:
        return "rate";
    case BW_TYPE_ENUM:
        return NULL;
    case BW_TYPE_MAP:
    case BW_TYPE_NAMED:
        return "map";
    case BW_TYPE_WORDS:
        return "text or list";
    case BW_TYPE_LIST:
        return row->children->type == BW_TYPE_MAP ? "list of maps" : "list";
    default:
        return "text";
    }
}

static void document_rows(const bw_schema *rows, const char *prefix, GString *out)
{
    for (; rows->type != BW_TYPE_END; rows++) {
        char *path = g_strdup_printf("%s%s", prefix, rows->key);

        g_string_append_printf(out, "| `%s` | ", path);
        if (rows->type == BW_TYPE_ENUM)
            for (size_t i = 0; rows->values[i]; i++)
                g_string_append_printf(out, "%s`%s`", i ? ", " : "", rows->values[i]);
        else
            g_string_append(out, document_type(rows));
        g_string_append_printf(out, " | %s | %s |\n", rows->required ? "yes" : "", rows->doc);
        const bw_schema *inner = rows->children;
        char *below = NULL;
        if (rows->type == BW_TYPE_LIST && inner->type == BW_TYPE_MAP) {
            below = g_strdup_printf("%s[].", path);
            inner = inner->children;
        } else if (rows->type == BW_TYPE_NAMED && inner->type == BW_TYPE_MAP) {
            below = g_strdup_printf("%s.<%s>.", path, inner->key);
            inner = inner->children;
        } else if (rows->type == BW_TYPE_MAP) {
            below = g_strdup_printf("%s.", path);
        }
        if (below)
            document_rows(inner, below, out);
        g_free(below);
        g_free(path);
    }
}

void bw_schema_document(const bw_schema *rows, GString *markdown)
{
    g_string_append(markdown, "| key | value | needed | meaning |\n|---|---|---|---|\n");
    document_rows(rows, "", markdown);
}
