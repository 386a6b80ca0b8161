/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/list.h"

#include <string.h>

typedef void write_field(const bw_zephyr_board *board, bw_buffer *out);

typedef struct field {
    const char *name;
    write_field *write;
} field;

typedef struct piece {
    const field *field; /* NULL: text */
    char *text;
} piece;

struct bw_zephyr_format {
    bw_zephyr_fields fields;
    GArray *pieces; /* of piece */
};

/* ---- what a field says ---- */

/* Python's `x or 'NOTFOUND'`: an empty text counts as none. */
static void or_not_found(bw_buffer *out, const char *text)
{
    bw_buffer_text(out, text && *text ? text : "NOTFOUND");
}

static void cmake_name(const bw_zephyr_board *b, bw_buffer *out)
{
    bw_buffer_text(out, "NAME;");
    bw_buffer_text(out, b->name);
}

static void cmake_dir(const bw_zephyr_board *b, bw_buffer *out)
{
    bw_buffer_text(out, "DIR");
    for (uint32_t i = 0; i < b->dir_count; i++) {
        bw_buffer_byte(out, ';');
        bw_buffer_text(out, b->dirs[i]->absolute);
    }
}

static void cmake_vendor(const bw_zephyr_board *b, bw_buffer *out)
{
    bw_buffer_text(out, "VENDOR;");
    or_not_found(out, b->yml->vendor);
}

static void cmake_hwm(const bw_zephyr_board *b, bw_buffer *out)
{
    (void)b;
    bw_buffer_text(out, "HWM;v2");
}

static void cmake_revision_format(const bw_zephyr_board *b, bw_buffer *out)
{
    bw_buffer_text(out, "REVISION_FORMAT;");
    or_not_found(out, b->yml->revision_format);
}

static void cmake_revision_default(const bw_zephyr_board *b, bw_buffer *out)
{
    bw_buffer_text(out, "REVISION_DEFAULT;");
    or_not_found(out, b->yml->default_revision);
}

static void cmake_revision_exact(const bw_zephyr_board *b, bw_buffer *out)
{
    bw_buffer_text(out, b->yml->revision_exact ? "REVISION_EXACT;True" : "REVISION_EXACT;False");
}

static void write_revisions(const bw_zephyr_board *b, char between, bw_buffer *out)
{
    for (uint32_t i = 0; i < b->yml->revision_count; i++) {
        if (i)
            bw_buffer_byte(out, (uint8_t)between);
        bw_buffer_text(out, b->yml->revisions[i].name);
    }
}

static void cmake_revisions(const bw_zephyr_board *b, bw_buffer *out)
{
    bw_buffer_text(out, "REVISIONS;");
    write_revisions(b, ';', out);
}

static void cmake_socs(const bw_zephyr_board *b, bw_buffer *out)
{
    bw_buffer_text(out, "SOCS;");
    for (uint32_t i = 0; i < b->yml->soc_count; i++) {
        if (i)
            bw_buffer_byte(out, ';');
        bw_buffer_text(out, b->yml->socs[i].name);
    }
}

static void write_qualifiers(const bw_zephyr_board *b, char between, bw_buffer *out)
{
    for (uint32_t i = 0; i < b->target_count; i++) {
        if (i)
            bw_buffer_byte(out, (uint8_t)between);
        bw_buffer_text(out, b->targets[i]->qualifiers);
    }
}

static void cmake_qualifiers(const bw_zephyr_board *b, bw_buffer *out)
{
    bw_buffer_text(out, "QUALIFIERS;");
    write_qualifiers(b, ';', out);
}

/* west prints what Python has; a missing text is its None. */
static void or_none(bw_buffer *out, const char *text)
{
    bw_buffer_text(out, text ? text : "None");
}

static void west_name(const bw_zephyr_board *b, bw_buffer *out)
{
    bw_buffer_text(out, b->name);
}

static void west_full_name(const bw_zephyr_board *b, bw_buffer *out)
{
    or_none(out, b->yml->full_name);
}

static void west_revision_default(const bw_zephyr_board *b, bw_buffer *out)
{
    or_none(out, b->yml->default_revision);
}

static void west_revisions(const bw_zephyr_board *b, bw_buffer *out)
{
    if (b->yml->revision_count)
        write_revisions(b, ' ', out);
    else
        or_none(out, NULL);
}

static void west_dir(const bw_zephyr_board *b, bw_buffer *out)
{
    bw_buffer_text(out, b->dirs[0]->absolute);
}

static void west_hwm(const bw_zephyr_board *b, bw_buffer *out)
{
    (void)b;
    bw_buffer_text(out, "v2");
}

static void west_vendor(const bw_zephyr_board *b, bw_buffer *out)
{
    or_none(out, b->yml->vendor);
}

static void west_qualifiers(const bw_zephyr_board *b, bw_buffer *out)
{
    write_qualifiers(b, ',', out);
}

static const field cmake_fields[] = {
    {"NAME", cmake_name},
    {"DIR", cmake_dir},
    {"VENDOR", cmake_vendor},
    {"HWM", cmake_hwm},
    {"REVISION_FORMAT", cmake_revision_format},
    {"REVISION_DEFAULT", cmake_revision_default},
    {"REVISION_EXACT", cmake_revision_exact},
    {"REVISIONS", cmake_revisions},
    {"SOCS", cmake_socs},
    {"QUALIFIERS", cmake_qualifiers},
    {NULL, NULL},
};

static const field west_fields[] = {
    {"name", west_name},
    {"full_name", west_full_name},
    {"revision_default", west_revision_default},
    {"revisions", west_revisions},
    {"dir", west_dir},
    {"hwm", west_hwm},
    {"vendor", west_vendor},
    {"qualifiers", west_qualifiers},
    {NULL, NULL},
};

/* ---- templates ---- */

static void add_text(bw_zephyr_format *format, GString *text)
{
    if (text->len) {
        piece p = {NULL, g_strdup(text->str)};
        g_array_append_val(format->pieces, p);
        g_string_truncate(text, 0);
    }
}

static char *unknown_field(const field *fields, const char *name)
{
    GPtrArray *names = g_ptr_array_new();

    for (const field *f = fields; f->name; f++)
        g_ptr_array_add(names, (gpointer)(uintptr_t)f->name);
    g_ptr_array_add(names, NULL);
    const char *near = bw_nearest(name, (const char *const *)names->pdata);
    char *all = g_strjoinv("}, {", (char **)names->pdata);
    char *error = near ? g_strdup_printf("there is no field {%s}; did you mean {%s}?", name, near)
                       : g_strdup_printf("there is no field {%s}; there are {%s}", name, all);
    g_free(all);
    g_ptr_array_free(names, TRUE);
    return error;
}

/* "{NAME}" at @p p. @return what follows it, or NULL with the error. */
static const char *add_field(bw_zephyr_format *format, const char *p, const field *fields, char **error)
{
    const char *end = strchr(p, '}');

    if (!end) {
        *error = g_strdup("a '{' is not closed; write '{{' for a brace");
        return NULL;
    }
    char *name = g_strndup(p + 1, (gsize)(end - p) - 1);
    for (; fields->name && strcmp(fields->name, name) != 0; fields++)
        continue;
    if (fields->name) {
        piece found = {fields, NULL};
        g_array_append_val(format->pieces, found);
    }
    g_free(name);
    return fields->name ? end + 1 : NULL;
}

bw_zephyr_format *bw_zephyr_format_new(const char *text, bw_zephyr_fields which, char **error)
{
    const field *fields = which == BW_ZEPHYR_CMAKE ? cmake_fields : west_fields;
    bw_zephyr_format *format = g_new0(bw_zephyr_format, 1);
    GString *plain = g_string_new(NULL);

    *error = NULL;
    format->fields = which;
    format->pieces = g_array_new(FALSE, FALSE, sizeof(piece));
    while (text && *text) {
        if ((text[0] == '{' || text[0] == '}') && text[1] == text[0]) {
            g_string_append_c(plain, *text);
            text += 2;
        } else if (*text == '}') {
            *error = g_strdup("a '}' was not opened; write '}}' for a brace");
            text = NULL;
        } else if (*text == '{') {
            const char *begin = text;

            add_text(format, plain);
            text = add_field(format, begin, fields, error);
            if (!text && !*error) {
                char *name = g_strndup(begin + 1, strcspn(begin + 1, "}"));
                *error = unknown_field(fields, name);
                g_free(name);
            }
        } else {
            g_string_append_c(plain, *text++);
        }
    }
    add_text(format, plain);
    g_string_free(plain, TRUE);
    if (!*error)
        return format;
    bw_zephyr_format_free(format);
    return NULL;
}

void bw_zephyr_format_free(bw_zephyr_format *format)
{
    if (!format)
        return;
    for (guint i = 0; i < format->pieces->len; i++)
        g_free(g_array_index(format->pieces, piece, i).text);
    g_array_free(format->pieces, TRUE);
    g_free(format);
}

void bw_zephyr_format_board(const bw_zephyr_format *format, const bw_zephyr_board *board, bw_buffer *out)
{
    for (guint i = 0; i < format->pieces->len; i++) {
        const piece *p = &g_array_index(format->pieces, piece, i);

        if (p->field)
            p->field->write(board, out);
        else
            bw_buffer_text(out, p->text);
    }
}

static void cmake_v1(const char *field_name, const char *name, const char *dir, bw_buffer *out)
{
    static const char *const empty[] = {"SOCS", "QUALIFIERS", NULL};
    const char *text = "NOTFOUND";

    if (strcmp(field_name, "NAME") == 0)
        text = name;
    else if (strcmp(field_name, "DIR") == 0)
        text = dir;
    else if (strcmp(field_name, "HWM") == 0)
        text = "v1";
    else if (g_strv_contains(empty, field_name))
        text = "";
    bw_buffer_printf(out, "%s;%s", field_name, text);
}

static void west_v1(const char *field_name, const char *name, const char *dir, bw_buffer *out)
{
    bool known = strcmp(field_name, "name") == 0 || strcmp(field_name, "dir") == 0;

    if (known)
        bw_buffer_text(out, strcmp(field_name, "name") == 0 ? name : dir);
    else if (strcmp(field_name, "hwm") == 0)
        bw_buffer_text(out, "v1");
    else if (strcmp(field_name, "qualifiers") != 0)
        or_none(out, NULL);
}

void bw_zephyr_format_v1(const bw_zephyr_format *format, const char *name, const char *dir, bw_buffer *out)
{
    for (guint i = 0; i < format->pieces->len; i++) {
        const piece *p = &g_array_index(format->pieces, piece, i);

        if (!p->field)
            bw_buffer_text(out, p->text);
        else if (format->fields == BW_ZEPHYR_CMAKE)
            cmake_v1(p->field->name, name, dir, out);
        else
            west_v1(p->field->name, name, dir, out);
    }
}
