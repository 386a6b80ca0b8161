/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings.cmake and CMakeLists.txt of an application, as far as the model needs them: variables, options, the list of
 * platforms, files of the file server. A branch is read when its condition holds for the platform, or cannot be told.
 * Language: cmake-language(7).
 */
#include "systems/sel4/app.h"

#include <string.h>

#define ARGUMENTS_MAX 4096
#define NESTED_MAX 64
#define EXPANDED_MAX 16384

typedef struct word {
    const char *text; /* as written, without quotes */
    bool literal;     /* of [[…]]: not expanded */
    uint32_t begin, end;
} word;

typedef enum truth { NO, MAYBE, YES } truth;

/* An if() that is open. */
typedef struct branch {
    truth here;  /* whether this part is read */
    truth taken; /* whether an earlier part was */
    const char *platform;
} branch;

typedef struct reader {
    bw_sel4_cmake *cmake;
    bw_source *source;
    const char *at, *end;
    branch branches[NESTED_MAX];
    unsigned depth;
    unsigned lost; /* if()s nested too deep */
    GArray *words; /* of the command */
} reader;

/* ---- words ---- */

static uint32_t offset(const reader *r, const char *p)
{
    return (uint32_t)(p - r->source->text);
}

static bw_place place_of(const reader *r, const word *w)
{
    return bw_source_place(r->source, w->begin, w->end);
}

/* The end of [=*[ … ]=*] that begins here, with the length of its marks; NULL if none does. */
static const char *bracket_end(const reader *r, size_t *mark)
{
    size_t level = 0;

    while (r->at + 1 + level < r->end && r->at[1 + level] == '=')
        level++;
    if (*r->at != '[' || r->at + 1 + level >= r->end || r->at[1 + level] != '[')
        return NULL;
    *mark = level + 2;
    for (const char *p = r->at + *mark; p + *mark <= r->end; p++)
        if (p[0] == ']' && p[*mark - 1] == ']' && strspn(p + 1, "=") == level)
            return p + *mark;
    return r->end;
}

static void skip_comment(reader *r)
{
    size_t mark;

    r->at++;
    const char *end = r->at < r->end ? bracket_end(r, &mark) : NULL;
    if (end) {
        r->at = end;
        return;
    }
    while (r->at < r->end && *r->at != '\n')
        r->at++;
}

static void skip_blanks(reader *r)
{
    while (r->at < r->end) {
        if (*r->at == '#')
            skip_comment(r);
        else if (g_ascii_isspace(*r->at))
            r->at++;
        else
            break;
    }
}

static void add_word(reader *r, const char *begin, const char *from, const char *to, bool literal)
{
    word w = {.begin = offset(r, begin), .end = offset(r, r->at), .literal = literal};

    w.text = bw_arena_strndup(&r->cmake->unit->arena, from, (size_t)(to - from));
    if (r->words->len < ARGUMENTS_MAX)
        g_array_append_val(r->words, w);
}

static void read_quoted(reader *r)
{
    const char *begin = r->at++;

    while (r->at < r->end && *r->at != '"')
        r->at += *r->at == '\\' && r->at + 1 < r->end ? 2 : 1;
    const char *to = r->at;
    r->at += r->at < r->end;
    add_word(r, begin, begin + 1, to, false);
}

static void read_bracket(reader *r, const char *end, size_t mark)
{
    const char *begin = r->at;

    r->at = end;
    const bool whole = (size_t)(end - begin) >= 2 * mark;
    add_word(r, begin, whole ? begin + mark : begin, whole ? end - mark : begin, true);
}

/* The words between parentheses; parentheses inside are words of their own. */
static void read_arguments(reader *r)
{
    unsigned open = 1;

    g_array_set_size(r->words, 0);
    while (skip_blanks(r), r->at < r->end) {
        const char *begin = r->at;
        size_t mark;
        const char *end = bracket_end(r, &mark);

        if (end) {
            read_bracket(r, end, mark);
        } else if (*begin == '"') {
            read_quoted(r);
        } else if (*begin == '(' || *begin == ')') {
            r->at++;
            open = *begin == '(' ? open + 1 : open - 1;
            if (!open)
                return;
            add_word(r, begin, begin, r->at, false);
        } else {
            while (r->at < r->end && !g_ascii_isspace(*r->at) && !strchr("()\"#", *r->at))
                r->at += *r->at == '\\' && r->at + 1 < r->end ? 2 : 1;
            if (r->at == begin)
                r->at++;
            add_word(r, begin, begin, r->at, false);
        }
    }
}

/* ---- variables ---- */

/* With ${…} of known variables replaced; what is not known stays. */
static const char *expand(const reader *r, const char *text)
{
    GString *out = g_string_new(NULL);

    while (*text && out->len < EXPANDED_MAX) {
        const char *end = g_str_has_prefix(text, "${") ? strchr(text, '}') : NULL;
        char *name = end ? g_strndup(text + 2, (gsize)(end - text - 2)) : NULL;
        const char *known = name ? g_hash_table_lookup(r->cmake->variables, name) : NULL;

        if (known) {
            g_string_append(out, known);
            text = end + 1;
        } else {
            g_string_append_c(out, *text++);
        }
        g_free(name);
    }
    const char *kept = bw_arena_strndup(&r->cmake->unit->arena, out->str, out->len);
    g_string_free(out, TRUE);
    return kept;
}

static const word *word_at(const reader *r, guint i)
{
    return i < r->words->len ? &g_array_index(r->words, word, i) : NULL;
}

static const char *text_at(const reader *r, guint i)
{
    const word *w = word_at(r, i);

    return !w ? NULL : w->literal ? w->text : expand(r, w->text);
}

static bool is_at(const reader *r, guint i, const char *text)
{
    const word *w = word_at(r, i);

    return w && strcmp(w->text, text) == 0;
}

/* ---- conditions ---- */

static bool names_platform(const char *text)
{
    return strstr(text, "${PLATFORM}") || strstr(text, "${KernelARMPlatform}") || strcmp(text, "PLATFORM") == 0 ||
           strcmp(text, "KernelARMPlatform") == 0;
}

/* Only alternatives of one platform each are decided. @param platform the one that holds, or NULL. */
static truth decide(const reader *r, const char **platform)
{
    *platform = NULL;
    for (guint i = 0; i < r->words->len; i += 4) {
        if (!word_at(r, i + 2) || !names_platform(word_at(r, i)->text) || !is_at(r, i + 1, "STREQUAL") ||
            (word_at(r, i + 3) && !is_at(r, i + 3, "OR")))
            return MAYBE;
        if (strcmp(text_at(r, i + 2), r->cmake->platform) == 0)
            *platform = r->cmake->platform;
    }
    return *platform ? YES : NO;
}

static void enter_part(branch *b, truth outer, truth condition)
{
    const truth left = b->taken == YES ? NO : b->taken == MAYBE ? MAYBE : YES;

    b->here = MIN(outer, MIN(left, condition));
    b->taken = MAX(b->taken, condition);
}

static truth outer_of(const reader *r)
{
    return r->depth > 1 ? r->branches[r->depth - 2].here : YES;
}

/* @return whether the command is one of if(). */
static bool take_condition(reader *r, const char *name)
{
    const char *platform;

    if (g_ascii_strcasecmp(name, "if") == 0) {
        if (r->depth == NESTED_MAX) {
            r->lost++;
            return true;
        }
        r->branches[r->depth++] = (branch){.taken = NO};
    } else if (g_ascii_strcasecmp(name, "endif") == 0) {
        if (r->lost)
            r->lost--;
        else if (r->depth)
            r->depth--;
        return true;
    } else if (g_ascii_strcasecmp(name, "elseif") != 0 && g_ascii_strcasecmp(name, "else") != 0) {
        return false;
    }
    if (!r->depth || r->lost)
        return true;
    branch *b = &r->branches[r->depth - 1];
    const bool otherwise = g_ascii_strcasecmp(name, "else") == 0;
    const truth condition = otherwise ? YES : decide(r, &platform);

    b->platform = otherwise ? NULL : platform;
    enter_part(b, outer_of(r), condition);
    return true;
}

static const char *platform_here(const reader *r)
{
    const char *platform = NULL;

    for (unsigned i = 0; i < r->depth; i++)
        if (r->branches[i].platform)
            platform = r->branches[i].platform;
    return platform;
}

/* ---- commands ---- */

static const char *joined(const reader *r, guint from, guint to)
{
    GString *all = g_string_new(NULL);

    for (guint i = from; i < to; i++)
        g_string_append_printf(all, "%s%s", i > from ? ";" : "", text_at(r, i));
    const char *kept = bw_arena_strndup(&r->cmake->unit->arena, all->str, MIN(all->len, EXPANDED_MAX));
    g_string_free(all, TRUE);
    return kept;
}

static void set_supported(reader *r, const char *list)
{
    char **parts = g_strsplit(list, ";", -1);
    const guint count = g_strv_length(parts);
    const char **kept = bw_arena_array(&r->cmake->unit->arena, const char *, count + 1);

    for (guint i = 0, n = 0; i < count; i++)
        if (*parts[i])
            kept[n++] = bw_arena_strdup(&r->cmake->unit->arena, g_strstrip(parts[i]));
    r->cmake->supported = kept;
    r->cmake->supported_place =
        bw_source_place(r->source, word_at(r, 0)->begin, g_array_index(r->words, word, r->words->len - 1).end);
    g_strfreev(parts);
}

static void set_variable(reader *r, const char *name, const char *value)
{
    g_hash_table_replace(r->cmake->variables, g_strdup(name), g_strdup(value));
    if (strcmp(name, "supported") == 0)
        set_supported(r, value);
}

/* set(NAME VALUE… [CACHE TYPE "text" [FORCE]] [PARENT_SCOPE]) */
static void take_set(reader *r)
{
    const char *name = text_at(r, 0);
    guint end = 1;
    bool cached = false;

    if (!name)
        return;
    for (; end < r->words->len && !cached; end += !cached)
        if (is_at(r, end, "PARENT_SCOPE"))
            break;
        else
            cached = is_at(r, end, "CACHE");
    const char *value = joined(r, 1, end);

    set_variable(r, name, value);
    if (!cached)
        return;
    bw_sel4_setting setting = {.name = name,
                               .value = value,
                               .platform = platform_here(r),
                               .place = bw_source_place(r->source, word_at(r, 0)->begin, word_at(r, end - 1)->end)};
    g_array_append_val(r->cmake->settings, setting);
}

static void take_list(reader *r)
{
    const char *name = text_at(r, 1);

    if (!name || !is_at(r, 0, "APPEND"))
        return;
    const char *had = g_hash_table_lookup(r->cmake->variables, name);
    const char *more = joined(r, 2, r->words->len);
    char *all = had && *had ? g_strconcat(had, ";", more, NULL) : g_strdup(more);

    if (strlen(all) < EXPANDED_MAX)
        set_variable(r, name, all);
    g_free(all);
}

/* UpdateDtbFromInitrd(dtb initrd "address" target variable): the variable names a devicetree that the build makes. */
static void take_update(reader *r)
{
    bw_sel4_file file = {.from_initrd = true};

    if (r->words->len < 5)
        return;
    file.path = (bw_sel4_text){text_at(r, 0), place_of(r, word_at(r, 0))};
    file.address = (bw_sel4_value){.given = true, .text = text_at(r, 2), .place = place_of(r, word_at(r, 2))};
    file.address.known = bw_sel4_evaluate(file.address.text, &file.address.value);
    file.variable = text_at(r, 4);
    g_array_append_val(r->cmake->files, file);
}

/* @return the devicetree that the build puts into this variable, or NULL. */
static bw_sel4_file *made_file(reader *r, const char *path)
{
    for (guint i = 0; i < r->cmake->files->len; i++) {
        bw_sel4_file *file = &g_array_index(r->cmake->files, bw_sel4_file, i);
        const size_t len = file->variable ? strlen(file->variable) : 0;

        if (len && !file->name.text && strncmp(path, "${", 2) == 0 && strncmp(path + 2, file->variable, len) == 0 &&
            strcmp(path + 2 + len, "}") == 0)
            return file;
    }
    return NULL;
}

static void take_file(reader *r)
{
    bw_sel4_file file = {0};

    if (r->words->len < 2)
        return;
    file.name = (bw_sel4_text){text_at(r, 0), place_of(r, word_at(r, 0))};
    file.path = (bw_sel4_text){text_at(r, 1), place_of(r, word_at(r, 1))};
    bw_sel4_file *made = made_file(r, file.path.text);
    if (made)
        made->name = file.name;
    else
        g_array_append_val(r->cmake->files, file);
}

static void take_command(reader *r, const char *name)
{
    if (take_condition(r, name) || r->lost || (r->depth && r->branches[r->depth - 1].here == NO))
        return;
    if (g_ascii_strcasecmp(name, "set") == 0)
        take_set(r);
    else if (g_ascii_strcasecmp(name, "list") == 0)
        take_list(r);
    else if (g_ascii_strcasecmp(name, "UpdateDtbFromInitrd") == 0)
        take_update(r);
    else if (g_ascii_strcasecmp(name, "AddToFileServer") == 0)
        take_file(r);
}

void bw_sel4_cmake_read(bw_sel4_cmake *cmake, const char *path)
{
    bw_source *source = bw_source_open(cmake->unit->ctx->sources, path, NULL);
    reader r = {.cmake = cmake, .source = source};

    if (!source)
        return;
    r.at = source->text;
    r.end = source->text + source->len;
    r.words = g_array_new(FALSE, FALSE, sizeof(word));
    while (skip_blanks(&r), r.at < r.end) {
        const char *begin = r.at;

        while (r.at < r.end && (g_ascii_isalnum(*r.at) || *r.at == '_'))
            r.at++;
        const char *end = r.at;
        skip_blanks(&r);
        if (end == begin || r.at >= r.end || *r.at != '(') {
            r.at = end == begin ? begin + 1 : end;
            continue;
        }
        char *name = g_strndup(begin, (gsize)(end - begin));
        r.at++;
        read_arguments(&r);
        take_command(&r, name);
        g_free(name);
    }
    g_array_free(r.words, TRUE);
}

void bw_sel4_cmake_init(bw_sel4_cmake *cmake, bw_unit *unit, const char *platform)
{
    *cmake = (bw_sel4_cmake){.unit = unit, .platform = platform};
    cmake->variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(cmake->variables, g_strdup("PLATFORM"), g_strdup(platform));
    g_hash_table_insert(cmake->variables, g_strdup("KernelARMPlatform"), g_strdup(platform));
    cmake->files = g_array_new(FALSE, FALSE, sizeof(bw_sel4_file));
    cmake->settings = g_array_new(FALSE, FALSE, sizeof(bw_sel4_setting));
}

void bw_sel4_cmake_end(bw_sel4_cmake *cmake, bw_sel4_app *app)
{
    bw_arena *arena = &cmake->unit->arena;

    app->files = bw_arena_dup(arena, cmake->files->data, cmake->files->len * sizeof(bw_sel4_file));
    app->file_count = cmake->files->len;
    app->settings = bw_arena_dup(arena, cmake->settings->data, cmake->settings->len * sizeof(bw_sel4_setting));
    app->setting_count = cmake->settings->len;
    app->supported = cmake->supported;
    const char *blob = g_hash_table_lookup(cmake->variables, "CAMKES_ROOT_DTB_FILE_PATH");
    app->root_dtb = blob ? bw_arena_strdup(arena, blob) : NULL;
    app->supported_place = cmake->supported_place;
    g_hash_table_unref(cmake->variables);
    g_array_free(cmake->files, TRUE);
    g_array_free(cmake->settings, TRUE);
}
