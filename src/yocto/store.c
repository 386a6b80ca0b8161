/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store: files put in one after another with what they include, and questions to it.
 *
 * Source: bitbake, lib/bb/parse/parse_py (include, inherit), lib/bb/utils.py (which).
 */
#include "yocto/store.h"

#define DEPTH_MAX 32
#define FILES_MAX 5000
#define STATEMENTS_MAX 2000000u

bw_bb_store *bw_bb_store_new(bw_unit *unit, bw_bb_style style)
{
    bw_bb_store *store = g_new0(bw_bb_store, 1);

    store->unit = unit;
    store->style = style;
    store->variables = g_hash_table_new(NULL, NULL);
    store->unexpanded = g_ptr_array_new();
    store->paths = g_ptr_array_new();
    store->files_of = g_hash_table_new(NULL, NULL);
    store->inherited = g_hash_table_new(NULL, NULL);
    store->overrides = g_ptr_array_new();
    store->in_force = g_hash_table_new(NULL, NULL);
    store->missing = g_ptr_array_new();
    store->generation = 1;
    store->overrides_stale = true;
    bw_bb_assign_text(store, "OVERRIDES", "${MACHINEOVERRIDES}:forcevariable");
    bw_bb_assign_text(store, "MACHINEOVERRIDES", "${MACHINE}");
    return store;
}

bw_bb_style bw_bb_style_of(const bw_bb_store *store)
{
    return store->style;
}

void bw_bb_store_free(bw_bb_store *store)
{
    if (!store)
        return;
    g_hash_table_destroy(store->variables);
    g_ptr_array_free(store->unexpanded, TRUE);
    g_ptr_array_free(store->paths, TRUE);
    g_hash_table_destroy(store->files_of);
    g_hash_table_destroy(store->inherited);
    g_ptr_array_free(store->overrides, TRUE);
    g_hash_table_destroy(store->in_force);
    g_ptr_array_free(store->missing, TRUE);
    g_free(store);
}

void bw_bb_store_path(bw_bb_store *store, const char *folder)
{
    g_ptr_array_add(store->paths, bw_arena_strdup(&store->unit->arena, folder));
}

void bw_bb_store_set(bw_bb_store *store, const char *name, const char *value)
{
    bw_bb_assign_text(store, name, value);
}

void bw_bb_store_closed(bw_bb_store *store)
{
    store->closed = true;
}

void bw_bb_store_now(bw_bb_store *store, const char *name, const char *value)
{
    store->now = name ? bw_arena_printf(&store->unit->arena, "${%s}", name) : NULL;
    store->now_text = value ? bw_arena_strdup(&store->unit->arena, value) : "";
}

/* ---- includes ---- */

static const char *try_file(bw_bb_store *store, const char *folder, const char *name, const char *ending)
{
    char *path = g_strconcat(folder, *folder && !g_str_has_suffix(folder, "/") ? "/" : "", name, ending, NULL);
    const char *found = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? bw_arena_strdup(&store->unit->arena, path) : NULL;

    g_free(path);
    return found;
}

static const char *find_include(bw_bb_store *store, const bw_bb_file *from, const char *name)
{
    const char *found = g_hash_table_lookup(store->files_of, bw_intern_str(store->unit->ctx->names, name));

    if (found)
        return found;
    if (name[0] == '/')
        return try_file(store, "", name, "");
    if (from)
        found = try_file(store, from->source->dir, name, "");
    for (guint i = 0; i < store->paths->len && !found; i++)
        found = try_file(store, store->paths->pdata[i], name, "");
    return found;
}

static const char *find_class(bw_bb_store *store, const char *name)
{
    static const char *const folders[] = {"classes-recipe/", "classes/", "classes-global/"};
    const char *ending = g_str_has_suffix(name, ".bbclass") ? "" : ".bbclass";
    const char *found = NULL;

    if (name[0] == '/')
        return try_file(store, "", name, ending);
    for (size_t k = 0; k < G_N_ELEMENTS(folders); k++) {
        char *below = g_strconcat(folders[k], name, NULL);
        for (guint i = 0; i < store->paths->len && !found; i++)
            found = try_file(store, store->paths->pdata[i], below, ending);
        g_free(below);
    }
    return found;
}

static void run(bw_bb_store *store, const bw_bb_file *file, bool report);

void bw_bb_miss(bw_bb_store *store, const char *name)
{
    if (store->missing->len < FILES_MAX)
        g_ptr_array_add(store->missing, bw_arena_strdup(&store->unit->arena, name));
}

void bw_bb_store_file(bw_bb_store *store, const char *name, const char *path)
{
    g_hash_table_insert(store->files_of, (gpointer)(uintptr_t)bw_intern_str(store->unit->ctx->names, name),
                        bw_arena_strdup(&store->unit->arena, path));
}

static void include_one(bw_bb_store *store, const bw_bb_file *from, const bw_bb_statement *st, const char *name,
                        bool report)
{
    const char *path = strstr(name, "${") ? NULL : find_include(store, from, name);
    const bw_bb_file *file = path ? bw_bb_read(store->unit, path) : NULL;

    if (file)
        run(store, file, report);
    else if (!store->closed || st->kind == BW_BB_REQUIRE)
        bw_bb_miss(store, name);
    if (!path && !strstr(name, "${") && st->kind == BW_BB_REQUIRE && report)
        bw_findings_add(store->unit->findings, BW_CODE_bitbake_require_missing, st->value_place,
                        "%s, which is required, is not there", name);
}

static void inherit_one(bw_bb_store *store, const char *name, bool report)
{
    const char *path = strstr(name, "${") ? NULL : find_class(store, name);

    if (!path) {
        bw_bb_miss(store, name);
        return;
    }
    if (!g_hash_table_add(store->inherited, (gpointer)(uintptr_t)bw_intern_str(store->unit->ctx->names, path)))
        return;
    const bw_bb_file *file = bw_bb_read(store->unit, path);
    if (file)
        run(store, file, report);
}

void bw_bb_include(bw_bb_store *store, const char *name)
{
    static const bw_bb_statement include = {.kind = BW_BB_INCLUDE};

    include_one(store, NULL, &include, name, false);
}

void bw_bb_inherit(bw_bb_store *store, const char *class)
{
    inherit_one(store, class, false);
}

/* Takes out what stayed of `${…}`: which files it would name is not known. */
static void drop_unknown(bw_bb_store *store, GString *names)
{
    for (char *begin = strstr(names->str, "${"); begin; begin = strstr(names->str, "${")) {
        unsigned open = 0;
        const char *end = begin + 1;

        for (; *end; end++) {
            open += *end == '{';
            if (*end == '}' && --open == 0)
                break;
        }
        while (begin > names->str && !g_ascii_isspace(begin[-1]))
            begin--;
        while (*end && !g_ascii_isspace(*end))
            end++;
        char *dropped = g_strndup(begin, (gsize)(end - begin));
        bw_bb_miss(store, dropped);
        g_free(dropped);
        g_string_erase(names, begin - names->str, end - begin);
    }
}

static void include_all(bw_bb_store *store, const bw_bb_file *from, const bw_bb_statement *st, bool report)
{
    GString *names = g_string_new(bw_bb_expand_text(store, bw_bb_with_now(store, st->value)).text);

    drop_unknown(store, names);
    char **words = g_strsplit_set(names->str, " \t\n", -1);
    for (char **w = words; *w; w++) {
        if (!**w)
            continue;
        if (st->kind == BW_BB_INHERIT)
            inherit_one(store, *w, report);
        else
            include_one(store, from, st, *w, report);
    }
    g_strfreev(words);
    g_string_free(names, TRUE);
}

/* ---- files ---- */

static void set_file(bw_bb_store *store, const bw_bb_file *file)
{
    char *folder = g_path_get_dirname(file->path);

    bw_bb_assign_text(store, "FILE", file->path);
    bw_bb_assign_text(store, "THISDIR", folder);
    bw_bb_assign_text(store, "FILE_DIRNAME", folder);
    g_free(folder);
}

static void run(bw_bb_store *store, const bw_bb_file *file, bool report)
{
    const bool class = g_str_has_suffix(file->path, ".bbclass");

    if (store->depth >= DEPTH_MAX || store->files >= FILES_MAX || store->sequence > STATEMENTS_MAX) {
        bw_bb_miss(store, file->path);
        return;
    }
    store->depth++;
    store->files++;
    if (!class)
        set_file(store, file);
    for (uint32_t i = 0; i < file->count && store->sequence <= STATEMENTS_MAX; i++) {
        const bw_bb_statement *st = &file->statements[i];
        bool left = false;

        switch (st->kind) {
        case BW_BB_ASSIGN:
        case BW_BB_FLAG:
        case BW_BB_FUNCTION:
            bw_bb_assign(store, st);
            break;
        case BW_BB_INCLUDE:
        case BW_BB_REQUIRE:
        case BW_BB_INHERIT:
            include_all(store, file, st, report);
            left = true;
            break;
        case BW_BB_OTHER:
            if (strcmp(st->written, "unset") == 0)
                bw_bb_unset(store, st->value);
            break;
        }
        if (left && !class)
            set_file(store, file);
    }
    store->depth--;
}

void bw_bb_add(bw_bb_store *store, const bw_bb_file *file, bool report)
{
    if (file)
        run(store, file, report);
}

/* ---- questions ---- */

bw_bb_value bw_bb_get(bw_bb_store *store, const char *name)
{
    bw_bb_settle(store);
    bw_bb_variable *v = bw_bb_variable_find(store, name, strlen(name));
    return v ? bw_bb_value_of(store, v, NULL) : (bw_bb_value){NULL, true, {0}};
}

bw_bb_value bw_bb_flag(bw_bb_store *store, const char *name, const char *flag)
{
    bw_bb_settle(store);
    const bw_bb_variable *v = bw_bb_variable_find(store, name, strlen(name));
    const bw_name *wanted = bw_names_find(store->unit->ctx->names, flag, strlen(flag));
    const bw_bb_flag_value *f = v && wanted ? v->flags : NULL;

    while (f && f->name != wanted)
        f = f->next;
    if (!f || !f->value.first)
        return (bw_bb_value){NULL, true, {0}};
    GString *text = g_string_new(NULL);
    const bw_bb_statement *last = NULL;
    for (const bw_bb_piece *p = f->value.first; p; p = p->next) {
        g_string_append(text, p->text);
        last = p->from ? p->from : last;
    }
    bw_bb_value value = bw_bb_expand_text(store, text->str);
    if (last)
        value.place = last->name_place;
    g_string_free(text, TRUE);
    return value;
}

bw_bb_value bw_bb_expand(bw_bb_store *store, const char *text)
{
    bw_bb_settle(store);
    return bw_bb_expand_text(store, text);
}

GPtrArray *bw_bb_parts(bw_bb_store *store, const char *name)
{
    GPtrArray *parts = g_ptr_array_new();

    bw_bb_settle(store);
    bw_bb_variable *v = bw_bb_variable_find(store, name, strlen(name));
    if (v)
        bw_bb_value_of(store, v, parts);
    return parts;
}

GPtrArray *bw_bb_shell(bw_bb_store *store, const char *name)
{
    GPtrArray *parts = bw_bb_parts(store, name);
    guint kept = 0;

    for (guint i = 0; i < parts->len; i++) {
        const bw_bb_statement *st = parts->pdata[i];
        if (!st->python && !strstr(st->written, store->style == BW_BB_OLD_STYLE ? "_remove" : ":remove"))
            parts->pdata[kept++] = parts->pdata[i];
    }
    g_ptr_array_set_size(parts, (gint)kept);
    return parts;
}

bool bw_bb_has_override(bw_bb_store *store, const char *word)
{
    return bw_bb_in_force(store, word);
}

bool bw_bb_is_whole(bw_bb_store *store)
{
    bw_bb_in_force(store, "forcevariable");
    return store->overrides_known && store->missing->len == 0;
}

const char *const *bw_bb_missing(bw_bb_store *store)
{
    const char **all = bw_arena_array(&store->unit->arena, const char *, (size_t)store->missing->len + 1);

    for (guint i = 0; i < store->missing->len; i++)
        all[i] = store->missing->pdata[i];
    return all;
}

GPtrArray *bw_bb_variants(bw_bb_store *store, const char *name)
{
    GPtrArray *names = g_ptr_array_new();

    bw_bb_settle(store);
    const bw_bb_variable *v = bw_bb_variable_find(store, name, strlen(name));
    for (const bw_bb_variant *variant = v ? v->variants : NULL; variant; variant = variant->next)
        g_ptr_array_add(names, (gpointer)(uintptr_t)variant->overrides);
    return names;
}
