/* SPDX-License-Identifier: Apache-2.0 */
/* Text to nodes. */
#include "yocto/shell_parts.h"

#include <ctype.h>

typedef struct parser {
    const char *p, *end;
    bw_arena *arena;
    int depth;
    bool failed;
    sh_word heredocs[8]; /* delimiters of those whose text begins behind this line */
    uint32_t heredoc_count;
} parser;

/* ---- quotes ---- */

static const char *skip_quoted(const char *p, const char *end, int depth)
{
    char quote = *p++;

    while (p && p < end && *p != quote) {
        if (*p == '\\' && quote == '"' && p + 1 < end)
            p += 2;
        else if (quote == '"' && *p == '$' && p + 1 < end && p[1] == '(')
            p = sh_skip_paren(p + 2, end, depth + 1);
        else if (quote == '"' && *p == '$' && p + 1 < end && p[1] == '{')
            p = sh_skip_brace(p + 2, end, depth + 1);
        else
            p++;
    }
    return p && p < end ? p + 1 : NULL;
}

/* One character, or all of a quoted or substituted piece. @return NULL when it does not end */
static const char *skip_piece(const char *p, const char *end, int depth)
{
    if (depth > SH_MAX_DEPTH)
        return NULL;
    if (*p == '\\')
        return p + 1 < end ? p + 2 : end;
    if (*p == '\'' || *p == '"')
        return skip_quoted(p, end, depth);
    if (*p == '`') {
        for (p++; p < end && *p != '`'; p++) {
            if (*p == '\\' && p + 1 < end)
                p++;
        }
        return p < end ? p + 1 : NULL;
    }
    if (*p == '$' && p + 1 < end && p[1] == '(')
        return sh_skip_paren(p + 2, end, depth + 1);
    if (*p == '$' && p + 1 < end && p[1] == '{')
        return sh_skip_brace(p + 2, end, depth + 1);
    return p + 1;
}

static const char *skip_to(const char *p, const char *end, char open, char close, int depth)
{
    int level = 1;

    while (p && p < end) {
        if (*p == close && --level == 0)
            return p + 1;
        if (*p == open)
            level++;
        if (*p == '#' && close == ')' && (p[-1] == '\n' || p[-1] == ' ' || p[-1] == '\t')) {
            while (p < end && *p != '\n')
                p++;
            continue;
        }
        p = skip_piece(p, end, depth);
    }
    return NULL;
}

const char *sh_skip_paren(const char *p, const char *end, int depth)
{
    return skip_to(p, end, '(', ')', depth);
}

const char *sh_skip_brace(const char *p, const char *end, int depth)
{
    return skip_to(p, end, '{', '}', depth);
}

/* ---- tokens ---- */

static void skip_heredocs(parser *ps)
{
    for (uint32_t i = 0; i < ps->heredoc_count; i++) {
        sh_word word = ps->heredocs[i];
        bool found = false;

        while (ps->p < ps->end && !found) {
            const char *line = ps->p;
            const char *stop = memchr(line, '\n', (size_t)(ps->end - line));
            const char *last = stop ? stop : ps->end;

            while (line < last && (*line == '\t' || *line == ' '))
                line++;
            found = (size_t)(last - line) == word.len && memcmp(line, word.text, word.len) == 0;
            ps->p = stop ? stop + 1 : ps->end;
        }
    }
    ps->heredoc_count = 0;
}

/* Blanks, continued lines, comments; newlines too if @p lines. */
static void skip_blank(parser *ps, bool lines)
{
    while (ps->p < ps->end) {
        char c = *ps->p;

        if (c == '\\' && ps->p + 1 < ps->end && ps->p[1] == '\n') {
            ps->p += 2;
        } else if (c == '#') {
            while (ps->p < ps->end && *ps->p != '\n')
                ps->p++;
        } else if (c == ' ' || c == '\t' || c == '\r') {
            ps->p++;
        } else if (lines && c == '\n') {
            ps->p++;
            skip_heredocs(ps);
        } else {
            return;
        }
    }
}

static bool ends_word(char c)
{
    return isspace((unsigned char)c) || strchr(";&|<>()", c);
}

/* The word here; of length 0 if there is none. */
static sh_word read_word(parser *ps)
{
    sh_word word = {.text = ps->p};

    while (ps->p < ps->end && !ends_word(*ps->p)) {
        const char *next = skip_piece(ps->p, ps->end, 0);

        if (!next) {
            ps->failed = true;
            break;
        }
        ps->p = next;
    }
    word.len = (size_t)(ps->p - word.text);
    return word;
}

/* Takes a reserved word if it is the next one. */
static bool take(parser *ps, const char *text)
{
    skip_blank(ps, false);

    size_t len = strlen(text);
    if ((size_t)(ps->end - ps->p) < len || memcmp(ps->p, text, len) != 0 ||
        ((size_t)(ps->end - ps->p) > len && !ends_word(ps->p[len])))
        return false;
    ps->p += len;
    return true;
}

static void expect(parser *ps, const char *text)
{
    skip_blank(ps, true);
    if (!take(ps, text))
        ps->failed = true;
}

static bool take_char(parser *ps, char c)
{
    skip_blank(ps, false);
    if (ps->p >= ps->end || *ps->p != c)
        return false;
    ps->p++;
    return true;
}

/* ---- nodes ---- */

static sh_node *read_list(parser *ps);

static sh_node *new_node(parser *ps, sh_kind kind)
{
    sh_node *node = bw_arena_new(ps->arena, sh_node);

    node->kind = kind;
    return node;
}

static void add_child(sh_node *node, sh_node *child)
{
    if (node->last)
        node->last->next = child;
    else
        node->first = child;
    node->last = child;
}

/* > < >> 2>&1 <<EOF … */
static void read_redirection(parser *ps)
{
    bool here = false;

    if (*ps->p == '<' && ps->p + 1 < ps->end && ps->p[1] == '<') {
        ps->p += 2;
        here = ps->p >= ps->end || *ps->p != '<'; /* <<< takes a word */
        if (ps->p < ps->end && (*ps->p == '-' || *ps->p == '<'))
            ps->p++;
    } else {
        while (ps->p < ps->end && strchr("<>&|", *ps->p))
            ps->p++;
    }
    skip_blank(ps, false);
    sh_word word = read_word(ps);
    if (!here || word.len == 0)
        return;
    if (word.len >= 2 && (word.text[0] == '\'' || word.text[0] == '"')) {
        word.text++;
        word.len -= 2;
    }
    if (ps->heredoc_count < G_N_ELEMENTS(ps->heredocs))
        ps->heredocs[ps->heredoc_count++] = word;
    else
        ps->failed = true;
}

static bool all_digits(sh_word word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (!isdigit((unsigned char)word.text[i]))
            return false;
    }
    return word.len > 0;
}

/* Redirections behind a compound command. */
static void read_redirections(parser *ps)
{
    for (;;) {
        skip_blank(ps, false);
        const char *start = ps->p;
        while (ps->p < ps->end && isdigit((unsigned char)*ps->p))
            ps->p++;
        if (ps->p >= ps->end || (*ps->p != '<' && *ps->p != '>')) {
            ps->p = start;
            return;
        }
        read_redirection(ps);
    }
}

static void keep_words(parser *ps, sh_node *node, GArray *words)
{
    node->words = bw_arena_dup(ps->arena, words->data, words->len * sizeof(sh_word));
    node->word_count = words->len;
    g_array_free(words, TRUE);
}

static sh_node *read_simple(parser *ps)
{
    sh_node *node = new_node(ps, SH_SIMPLE);
    GArray *words = g_array_new(FALSE, FALSE, sizeof(sh_word));

    while (!ps->failed) {
        skip_blank(ps, false);
        if (ps->p >= ps->end)
            break;
        if (*ps->p == '<' || *ps->p == '>' || (*ps->p == '&' && ps->p + 1 < ps->end && ps->p[1] == '>')) {
            read_redirection(ps);
            continue;
        }
        sh_word word = read_word(ps);
        if (word.len == 0)
            break;
        if (all_digits(word) && ps->p < ps->end && (*ps->p == '<' || *ps->p == '>'))
            read_redirection(ps);
        else
            g_array_append_val(words, word);
    }
    keep_words(ps, node, words);
    if (node->word_count == 0 && !ps->failed)
        ps->failed = ps->p < ps->end && *ps->p != '\n';
    return node;
}

static sh_node *read_if(parser *ps)
{
    sh_node *node = new_node(ps, SH_IF);

    for (;;) {
        add_child(node, read_list(ps));
        expect(ps, "then");
        add_child(node, read_list(ps));
        skip_blank(ps, true);
        if (ps->failed || take(ps, "fi"))
            return node;
        if (take(ps, "elif"))
            continue;
        expect(ps, "else");
        add_child(node, read_list(ps));
        expect(ps, "fi");
        return node;
    }
}

static sh_node *read_body(parser *ps, sh_node *node)
{
    expect(ps, "do");
    add_child(node, read_list(ps));
    expect(ps, "done");
    return node;
}

static sh_node *read_for(parser *ps)
{
    sh_node *node = new_node(ps, SH_FOR);
    GArray *words = g_array_new(FALSE, FALSE, sizeof(sh_word));

    skip_blank(ps, false);
    node->name = read_word(ps);
    skip_blank(ps, true);
    if (take(ps, "in")) {
        for (;;) {
            skip_blank(ps, false);
            sh_word word = read_word(ps);
            if (word.len == 0)
                break;
            g_array_append_val(words, word);
        }
    } else {
        ps->failed = true;
    }
    keep_words(ps, node, words);
    take_char(ps, ';');
    return read_body(ps, node);
}

static sh_node *read_arm(parser *ps)
{
    sh_node *arm = new_node(ps, SH_ARM);
    GArray *patterns = g_array_new(FALSE, FALSE, sizeof(sh_word));

    take_char(ps, '(');
    do {
        skip_blank(ps, false);
        sh_word pattern = read_word(ps);
        g_array_append_val(patterns, pattern);
    } while (take_char(ps, '|'));
    keep_words(ps, arm, patterns);
    if (!take_char(ps, ')'))
        ps->failed = true;
    add_child(arm, read_list(ps));
    return arm;
}

static sh_node *read_case(parser *ps)
{
    sh_node *node = new_node(ps, SH_CASE);
    GArray *words = g_array_new(FALSE, FALSE, sizeof(sh_word));

    skip_blank(ps, false);
    sh_word subject = read_word(ps);
    g_array_append_val(words, subject);
    keep_words(ps, node, words);
    expect(ps, "in");
    skip_blank(ps, true);
    while (!ps->failed && !take(ps, "esac")) {
        add_child(node, read_arm(ps));
        skip_blank(ps, true);
        while (take_char(ps, ';'))
            ;
        skip_blank(ps, true);
        ps->failed |= ps->p >= ps->end;
    }
    return node;
}

static sh_node *read_group(parser *ps, const char *close)
{
    sh_node *node = read_list(ps);

    skip_blank(ps, true);
    if (*close == ')' ? !take_char(ps, ')') : !take(ps, close))
        ps->failed = true;
    return node;
}

/* `name ()`: whether one begins here; takes it. */
static bool take_function(parser *ps, sh_word *name)
{
    const char *start = ps->p;
    bool keyword = take(ps, "function");

    skip_blank(ps, false);
    *name = read_word(ps);
    if (name->len && take_char(ps, '(') && take_char(ps, ')'))
        return true;
    if (keyword && name->len)
        return true;
    ps->p = start;
    return false;
}

static sh_node *read_command(parser *ps)
{
    sh_node *node;
    sh_word name;

    skip_blank(ps, false);
    if (take(ps, "if"))
        node = read_if(ps);
    else if (take(ps, "for"))
        node = read_for(ps);
    else if (take(ps, "case"))
        node = read_case(ps);
    else if (take(ps, "while") || take(ps, "until")) {
        node = new_node(ps, SH_LOOP);
        add_child(node, read_list(ps));
        read_body(ps, node);
    } else if (take(ps, "{"))
        node = read_group(ps, "}");
    else if (take_char(ps, '('))
        node = read_group(ps, ")");
    else if (take_function(ps, &name)) {
        node = new_node(ps, SH_FUNCTION);
        node->name = name;
        skip_blank(ps, true);
        expect(ps, "{");
        add_child(node, read_group(ps, "}"));
    } else
        return read_simple(ps);
    read_redirections(ps);
    return node;
}

static sh_node *read_pipe(parser *ps)
{
    bool negated = take(ps, "!");
    sh_node *first = read_command(ps);
    sh_node *pipe = NULL;

    for (;;) {
        skip_blank(ps, false);
        if (ps->failed || ps->p >= ps->end || *ps->p != '|' || (ps->p + 1 < ps->end && ps->p[1] == '|'))
            break;
        ps->p++;
        if (!pipe) {
            pipe = new_node(ps, SH_PIPE);
            add_child(pipe, first);
        }
        skip_blank(ps, true);
        add_child(pipe, read_command(ps));
    }
    sh_node *node = pipe ? pipe : first;
    if (negated) { /* of a node of its own: the command may be shared with a list */
        sh_node *list = new_node(ps, SH_LIST);

        add_child(list, node);
        list->negated = true;
        node = list;
    }
    return node;
}

/* Whether a list ends here: at the end of the text, a closing one, or ";;". */
static bool list_ends(parser *ps)
{
    static const char *const closing[] = {"then", "elif", "else", "fi", "do", "done", "esac", "}"};

    skip_blank(ps, true);
    if (ps->p >= ps->end || *ps->p == ')' || *ps->p == ';')
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(closing); i++) {
        const char *start = ps->p;

        if (take(ps, closing[i])) {
            ps->p = start;
            return true;
        }
    }
    return false;
}

static sh_node *read_list(parser *ps)
{
    sh_node *list = new_node(ps, SH_LIST);
    sh_join join = SH_THEN;

    if (++ps->depth > SH_MAX_DEPTH)
        ps->failed = true;
    while (!ps->failed && !list_ends(ps)) {
        sh_node *node = read_pipe(ps);

        /* A list of its own joins another way than the node in it. */
        sh_node *item = new_node(ps, SH_LIST);
        add_child(item, node);
        item->join = join;
        add_child(list, item);
        skip_blank(ps, false);
        join = SH_THEN;
        if (ps->end - ps->p >= 2 && ps->p[0] == '&' && ps->p[1] == '&')
            join = SH_AND;
        else if (ps->end - ps->p >= 2 && ps->p[0] == '|' && ps->p[1] == '|')
            join = SH_OR;
        if (join != SH_THEN) {
            ps->p += 2;
            skip_blank(ps, true);
        } else if (ps->end - ps->p >= 2 && ps->p[0] == ';' && ps->p[1] == ';') {
            break;
        } else if (ps->p < ps->end && (*ps->p == ';' || *ps->p == '&')) {
            ps->p++;
        } else if (ps->p < ps->end && *ps->p != '\n' && *ps->p != ')') {
            ps->failed = true;
        }
    }
    ps->depth--;
    return list;
}

sh_node *sh_parse(const bw_sh_text *text, bw_arena *arena)
{
    parser ps = {.p = text->text, .end = text->text + text->len, .arena = arena};
    sh_node *list = read_list(&ps);

    skip_blank(&ps, true);
    return ps.failed || ps.p < ps.end ? NULL : list;
}
