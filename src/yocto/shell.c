/* SPDX-License-Identifier: Apache-2.0 */
/* The walk: nodes in the order in which a shell would run them. */
#include "yocto/shell_parts.h"

#include <ctype.h>

void sh_set(bw_sh *sh, const char *name, const char *value)
{
    g_hash_table_insert(sh->variables, (gpointer)name, bw_arena_strdup(sh->arena, value));
}

const char *sh_get(const bw_sh *sh, const char *name)
{
    const char *value = g_hash_table_lookup(sh->variables, name);

    if (isdigit((unsigned char)*name) && !name[1]) {
        uint32_t number = (uint32_t)(*name - '0');

        return number && number <= sh->argument_count ? sh->arguments[number - 1] : NULL;
    }
    if (!value && sh->host.variable)
        value = sh->host.variable(sh->host.data, name);
    return value;
}

const char *bw_sh_variable(const bw_sh *sh, const char *name)
{
    return g_hash_table_lookup(sh->variables, name);
}

/* ---- what may be or not ---- */

static GHashTable *copy_of(GHashTable *table)
{
    GHashTable *copy = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_hash_table_insert(copy, key, value);
    return copy;
}

/* What a branch that may not be taken has set is not known behind it. */
static void forget_changes(bw_sh *sh, GHashTable *before)
{
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, sh->variables);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const char *old = g_hash_table_lookup(before, key);

        if (!old || strcmp(old, value) != 0)
            g_hash_table_iter_replace(&iter, bw_arena_strdup(sh->arena, (char[]){BW_SH_UNKNOWN, 0}));
    }
}

static void walk_maybe(bw_sh *sh, const sh_node *node)
{
    GHashTable *before = copy_of(sh->variables);
    bool outer = sh->maybe;

    sh->maybe = true;
    sh_walk(sh, node);
    sh->maybe = outer;
    forget_changes(sh, before);
    g_hash_table_destroy(before);
}

/* ---- simple commands ---- */

static size_t assigned_name(sh_word word)
{
    size_t n = 0;

    while (n < word.len && (isalnum((unsigned char)word.text[n]) || word.text[n] == '_'))
        n++;
    return n && n < word.len && word.text[n] == '=' && !isdigit((unsigned char)*word.text) ? n : 0;
}

static bw_place place_of(const bw_sh *sh, const sh_node *node)
{
    const bw_sh_text *t = sh->text;
    const sh_word *first = &node->words[0], *last = &node->words[node->word_count - 1];
    const char *line;
    uint32_t len;

    if (!t->source || !bw_source_line(t->source, t->line, &line, &len))
        return sh->call;

    /* The text has the source's lines; it begins anywhere in its first one. */
    uint32_t number = t->line;
    const char *start = t->text;
    for (const char *p = t->text; p < first->text; p++) {
        if (*p == '\n') {
            number++;
            start = p + 1;
        }
    }
    if (!bw_source_line(t->source, number, &line, &len))
        return sh->call;
    uint32_t at = (uint32_t)(line - t->source->text) + (uint32_t)(first->text - start);
    if (number == t->line) { /* what stands before it in its line is not in the text */
        const char *found = g_strstr_len(line, (gssize)len, bw_arena_strndup(sh->arena, first->text, first->len));

        at = (uint32_t)((found ? found : line) - t->source->text);
    }
    uint32_t end = at + (uint32_t)(last->text + last->len - first->text);
    if (at > t->source->len || end > t->source->len)
        return sh->call;
    return bw_source_place(t->source, at, end);
}

static sh_status call(bw_sh *sh, const sh_node *body, const bw_sh_text *text, const char *const *words, uint32_t count)
{
    const bw_sh_text *outer_text = sh->text;
    const char *const *outer_arguments = sh->arguments;
    uint32_t outer_count = sh->argument_count;

    sh->text = text;
    sh->arguments = words + 1;
    sh->argument_count = count - 1;
    sh_walk(sh, body);
    sh->returned = false;
    sh->text = outer_text;
    sh->arguments = outer_arguments;
    sh->argument_count = outer_count;
    return SH_UNSURE;
}

static sh_status run_command(bw_sh *sh, const sh_node *node, const char *const *words, uint32_t count)
{
    const sh_function *own = g_hash_table_lookup(sh->functions, words[0]);
    bw_place outer = sh->call;
    bw_sh_command command = {.words = words, .count = count, .maybe = sh->maybe, .place = place_of(sh, node)};
    bw_sh_text text;
    sh_status status;

    sh->call = command.place;
    if (own) {
        status = call(sh, own->body, own->text, words, count);
    } else if (sh->host.function && bw_sh_known(words[0]) && sh->host.function(sh->host.data, words[0], &text)) {
        bw_sh_text *kept = bw_arena_dup(sh->arena, &text, sizeof text);
        const sh_node *body = sh_parse(kept, sh->arena);

        status = body ? call(sh, body, kept, words, count) : SH_UNSURE;
    } else {
        if (sh->host.command)
            sh->host.command(sh->host.data, &command);
        status = sh_builtin(sh, words, count);
    }
    sh->call = outer;
    return status;
}

static sh_status walk_simple(bw_sh *sh, const sh_node *node)
{
    GPtrArray *words = g_ptr_array_new();
    uint32_t first = 0;
    sh_status status = SH_SUCCEEDS;

    for (; first < node->word_count; first++) {
        sh_word word = node->words[first];
        size_t n = assigned_name(word);

        if (!n)
            break;
        sh_set(sh, bw_arena_strndup(sh->arena, word.text, n),
               sh_expand_one(sh, (sh_word){word.text + n + 1, word.len - n - 1}));
    }
    for (uint32_t i = first; i < node->word_count && !sh->failed; i++)
        sh_expand(sh, node->words[i], words);
    if (words->len && !sh->failed)
        status = run_command(sh, node, bw_arena_dup(sh->arena, words->pdata, words->len * sizeof(char *)), words->len);
    g_ptr_array_free(words, TRUE);
    return status;
}

/* ---- compound ones ---- */

/* Each stage reads what the one before prints. */
static sh_status walk_pipe(bw_sh *sh, const sh_node *node)
{
    GString *outer_output = sh->output;
    const char *outer_input = sh->input;
    sh_status status = SH_UNSURE;

    for (const sh_node *stage = node->first; stage; stage = stage->next) {
        GString *own = stage->next ? g_string_new(NULL) : NULL;

        sh->output = own ? own : outer_output;
        status = sh_walk(sh, stage);
        if (own) {
            sh->input = bw_arena_strndup(sh->arena, own->str, own->len);
            g_string_free(own, TRUE);
        }
    }
    sh->output = outer_output;
    sh->input = outer_input;
    return status;
}

static sh_status walk_list(bw_sh *sh, const sh_node *list)
{
    sh_status status = SH_SUCCEEDS;

    for (const sh_node *n = list->first; n && !sh->returned && !sh->failed; n = n->next) {
        sh_status wanted = n->join == SH_AND ? SH_SUCCEEDS : SH_FAILS;

        if (n->join == SH_THEN || status == wanted) {
            status = sh_walk(sh, n);
        } else if (status == SH_UNSURE) {
            walk_maybe(sh, n);
        }
    }
    return list->negated && status != SH_UNSURE ? (sh_status)!status : status;
}

static sh_status walk_if(bw_sh *sh, const sh_node *node)
{
    const sh_node *n = node->first;
    bool sure = true;

    for (; n && n->next; n = n->next->next) {
        sh_status status = sh_walk(sh, n);

        if (status == SH_SUCCEEDS && sure)
            return sh_walk(sh, n->next);
        if (status != SH_FAILS) {
            walk_maybe(sh, n->next);
            sure = false;
            if (status == SH_SUCCEEDS)
                return SH_UNSURE;
        }
    }
    if (n && sure)
        return sh_walk(sh, n);
    if (n)
        walk_maybe(sh, n);
    return SH_UNSURE;
}

static sh_status walk_for(bw_sh *sh, const sh_node *node)
{
    GPtrArray *values = g_ptr_array_new();
    const char *name = bw_arena_strndup(sh->arena, node->name.text, node->name.len);

    for (uint32_t i = 0; i < node->word_count; i++)
        sh_expand(sh, node->words[i], values);
    for (uint32_t i = 0; i < values->len && !sh->failed && !sh->returned; i++) {
        const char *value = values->pdata[i];

        sh_set(sh, name, value);
        if (bw_sh_known(value))
            sh_walk(sh, node->first);
        else
            walk_maybe(sh, node->first); /* any number of times */
    }
    g_ptr_array_free(values, TRUE);
    return SH_UNSURE;
}

static bool matches(bw_sh *sh, const sh_node *arm, const char *subject, bool *sure)
{
    for (uint32_t i = 0; i < arm->word_count; i++) {
        const char *pattern = sh_expand_one(sh, arm->words[i]);

        if (!bw_sh_known(pattern) || strchr(pattern, '['))
            *sure = false;
        else if (g_pattern_match_simple(pattern, subject))
            return true;
    }
    return false;
}

static sh_status walk_case(bw_sh *sh, const sh_node *node)
{
    const char *subject = sh_expand_one(sh, node->words[0]);
    bool sure = bw_sh_known(subject);

    for (const sh_node *arm = node->first; arm && !sh->failed; arm = arm->next) {
        bool hit = sure && matches(sh, arm, subject, &sure);

        if (hit && sure)
            return sh_walk(sh, arm->first);
        if (!sure)
            walk_maybe(sh, arm->first);
    }
    return SH_UNSURE;
}

sh_status sh_walk(bw_sh *sh, const sh_node *node)
{
    sh_status status = SH_UNSURE;

    if (++sh->steps > SH_MAX_STEPS || sh->depth >= SH_MAX_WALK)
        sh->failed = true;
    if (sh->failed)
        return SH_UNSURE;
    sh->depth++;
    switch (node->kind) {
    case SH_SIMPLE:
        status = node->word_count ? walk_simple(sh, node) : SH_SUCCEEDS;
        break;
    case SH_PIPE:
        status = walk_pipe(sh, node);
        break;
    case SH_LIST:
        status = walk_list(sh, node);
        break;
    case SH_IF:
        status = walk_if(sh, node);
        break;
    case SH_FOR:
        status = walk_for(sh, node);
        break;
    case SH_LOOP:
        walk_maybe(sh, node->first);
        walk_maybe(sh, node->last);
        break;
    case SH_CASE:
        status = walk_case(sh, node);
        break;
    case SH_ARM:
        break;
    case SH_FUNCTION: {
        sh_function *f = bw_arena_new(sh->arena, sh_function);

        f->body = node->first;
        f->text = sh->text;
        g_hash_table_insert(sh->functions, bw_arena_strndup(sh->arena, node->name.text, node->name.len), f);
        status = SH_SUCCEEDS;
        break;
    }
    }
    sh->depth--;
    return status;
}

const char *sh_substitute(bw_sh *sh, const char *text, size_t len)
{
    static const char unknown[] = {BW_SH_UNKNOWN, 0};
    bw_sh_text *inside = bw_arena_new(sh->arena, bw_sh_text); /* a function in it keeps it */
    const bw_sh_text *outer_text = sh->text;
    GString *outer = sh->output;
    const char *result = unknown;

    *inside = (bw_sh_text){.text = text, .len = len};
    const sh_node *node = sh_parse(inside, sh->arena);
    if (!node || sh->depth >= SH_MAX_WALK)
        return unknown;
    sh->depth++;
    sh->text = inside;
    sh->output = g_string_new(NULL);
    sh_walk(sh, node);
    while (sh->output->len && sh->output->str[sh->output->len - 1] == '\n')
        g_string_truncate(sh->output, sh->output->len - 1);
    result = bw_arena_strndup(sh->arena, sh->output->str, sh->output->len);
    g_string_free(sh->output, TRUE);
    sh->output = outer;
    sh->text = outer_text;
    sh->depth--;
    return result;
}

/* ---- the outside ---- */

bw_sh *bw_sh_new(const bw_sh_host *host, bw_arena *arena)
{
    bw_sh *sh = g_new0(bw_sh, 1);

    sh->host = *host;
    sh->arena = arena;
    sh->variables = g_hash_table_new(g_str_hash, g_str_equal);
    sh->functions = g_hash_table_new(g_str_hash, g_str_equal);
    return sh;
}

void bw_sh_free(bw_sh *sh)
{
    if (!sh)
        return;
    g_hash_table_destroy(sh->variables);
    g_hash_table_destroy(sh->functions);
    g_free(sh);
}

bool bw_sh_run(bw_sh *sh, const bw_sh_text *text)
{
    const bw_sh_text *kept = bw_arena_dup(sh->arena, text, sizeof *text);
    const sh_node *node = sh_parse(kept, sh->arena);

    if (!node)
        return false;
    sh->text = kept;
    sh->returned = sh->failed = false;
    sh->call = text->source ? bw_file_place(text->source->path) : (bw_place){0};
    sh_walk(sh, node);
    return !sh->failed;
}
