/* SPDX-License-Identifier: Apache-2.0 */
/* Commands whose output or status can be told. */
#include "yocto/shell_parts.h"

#include <inttypes.h>

static void print(bw_sh *sh, const char *text)
{
    if (sh->output && sh->output->len < SH_MAX_WORD)
        g_string_append(sh->output, text);
}

static const char *joined(bw_sh *sh, const char *const *words, uint32_t count)
{
    GString *line = g_string_new(NULL);

    for (uint32_t i = 0; i < count; i++)
        g_string_append_printf(line, "%s%s", i ? " " : "", words[i]);
    const char *text = bw_arena_strndup(sh->arena, line->str, line->len);
    g_string_free(line, TRUE);
    return text;
}

static sh_status echo(bw_sh *sh, const char *const *words, uint32_t count)
{
    uint32_t from = 1;

    while (from < count && (strcmp(words[from], "-n") == 0 || strcmp(words[from], "-e") == 0))
        from++;
    print(sh, joined(sh, words + from, count - from));
    print(sh, "\n");
    return SH_SUCCEEDS;
}

/* Prints a number, or that it is not known. */
static sh_status expr(bw_sh *sh, const char *const *words, uint32_t count)
{
    const char *text = joined(sh, words + 1, count - 1);
    int64_t value;

    if (bw_sh_known(text) && sh_arithmetic(sh, text, &value))
        print(sh, bw_arena_printf(sh->arena, "%" PRId64 "\n", value));
    else
        print(sh, (char[]){BW_SH_UNKNOWN, 0});
    return SH_UNSURE;
}

static sh_status cat(bw_sh *sh, const char *const *words, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        const char *text = sh->host.file ? sh->host.file(sh->host.data, words[i]) : NULL;

        print(sh, text ? text : (char[]){BW_SH_UNKNOWN, 0});
    }
    return SH_UNSURE;
}

/* cut -d X -f N, of each line of what is piped in. */
static sh_status cut(bw_sh *sh, const char *const *words, uint32_t count)
{
    const char *delimiter = "\t", *field = NULL;

    for (uint32_t i = 1; i < count; i++) {
        const char **value = g_str_has_prefix(words[i], "-d")   ? &delimiter
                             : g_str_has_prefix(words[i], "-f") ? &field
                                                                : NULL;

        if (value)
            *value = words[i][2] ? words[i] + 2 : i + 1 < count ? words[++i] : NULL;
    }

    uint64_t number = field && bw_sh_known(field) ? g_ascii_strtoull(field, NULL, 10) : 0;
    if (!sh->input || !bw_sh_known(sh->input) || !delimiter || strlen(delimiter) != 1 || number == 0 || number > 1000) {
        print(sh, (char[]){BW_SH_UNKNOWN, 0});
        return SH_UNSURE;
    }
    char **lines = g_strsplit(sh->input, "\n", -1);
    for (char **line = lines; *line && (line[1] || **line); line++) {
        char **fields = g_strsplit(*line, delimiter, -1);
        uint32_t all = g_strv_length(fields);

        print(sh, all == 1 ? fields[0] : number <= all ? fields[number - 1] : "");
        print(sh, "\n");
        g_strfreev(fields);
    }
    g_strfreev(lines);
    return SH_UNSURE;
}

/* find DIR -name NAME: some path that ends in it. */
static sh_status find(bw_sh *sh, const char *const *words, uint32_t count)
{
    const char *name = NULL;

    for (uint32_t i = 1; i + 1 < count; i++) {
        if (strcmp(words[i], "-name") == 0)
            name = words[i + 1];
    }
    if (name && !strpbrk(name, "*?["))
        print(sh, bw_arena_printf(sh->arena, "%c/%s", BW_SH_UNKNOWN, name));
    else
        print(sh, (char[]){BW_SH_UNKNOWN, 0});
    return SH_UNSURE;
}

static sh_status base_name(bw_sh *sh, const char *const *words, uint32_t count)
{
    const char *slash = count > 1 ? strrchr(words[1], '/') : NULL;

    print(sh, count < 2 ? (char[]){BW_SH_UNKNOWN, 0} : slash ? slash + 1 : words[1]);
    return SH_UNSURE;
}

static sh_status eval(bw_sh *sh, const char *const *words, uint32_t count)
{
    const char *line = joined(sh, words + 1, count - 1);
    bw_sh_text *text = bw_arena_new(sh->arena, bw_sh_text);
    const bw_sh_text *outer = sh->text;

    if (!bw_sh_known(line)) {
        print(sh, (char[]){BW_SH_UNKNOWN, 0});
        return SH_UNSURE;
    }
    *text = (bw_sh_text){.text = line, .len = strlen(line)};
    const sh_node *node = sh_parse(text, sh->arena);
    if (!node)
        return SH_UNSURE;
    sh->text = text;
    sh_status status = sh_walk(sh, node);
    sh->text = outer;
    return status;
}

/* ---- [ … ] ---- */

static sh_status of(bool holds)
{
    return holds ? SH_SUCCEEDS : SH_FAILS;
}

static sh_status compare(const char *a, const char *sign, const char *b)
{
    char *end_a, *end_b;

    if (strcmp(sign, "=") == 0 || strcmp(sign, "==") == 0)
        return of(strcmp(a, b) == 0);
    if (strcmp(sign, "!=") == 0)
        return of(strcmp(a, b) != 0);

    int64_t x = g_ascii_strtoll(a, &end_a, 10), y = g_ascii_strtoll(b, &end_b, 10);
    if (end_a == a || *end_a || end_b == b || *end_b)
        return SH_UNSURE;
    if (strcmp(sign, "-eq") == 0)
        return of(x == y);
    if (strcmp(sign, "-ne") == 0)
        return of(x != y);
    if (strcmp(sign, "-lt") == 0)
        return of(x < y);
    if (strcmp(sign, "-le") == 0)
        return of(x <= y);
    if (strcmp(sign, "-gt") == 0)
        return of(x > y);
    return strcmp(sign, "-ge") == 0 ? of(x >= y) : SH_UNSURE;
}

static sh_status test(const char *const *words, uint32_t count)
{
    bool negated = count > 1 && strcmp(words[0], "!") == 0;
    sh_status status = SH_UNSURE;

    if (negated) {
        words++;
        count--;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!bw_sh_known(words[i]))
            return SH_UNSURE;
    }
    if (count == 1)
        status = of(*words[0] != 0);
    else if (count == 2 && strcmp(words[0], "-n") == 0)
        status = of(*words[1] != 0);
    else if (count == 2 && strcmp(words[0], "-z") == 0)
        status = of(*words[1] == 0);
    else if (count == 3)
        status = compare(words[0], words[1], words[2]);
    return status == SH_UNSURE || !negated ? status : of(status == SH_FAILS);
}

/* Variables that a command sets to what is not known: read, let, export without a value. */
static void forget(bw_sh *sh, const char *const *words, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        size_t n = strcspn(words[i], "=+-*/%");

        if (n && bw_sh_known(words[i]) && words[i][0] != '-')
            sh_set(sh, bw_arena_strndup(sh->arena, words[i], n), (char[]){BW_SH_UNKNOWN, 0});
    }
}

static void assign(bw_sh *sh, const char *const *words, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        const char *is = strchr(words[i], '=');

        if (is)
            sh_set(sh, bw_arena_strndup(sh->arena, words[i], (size_t)(is - words[i])), is + 1);
    }
}

sh_status sh_builtin(bw_sh *sh, const char *const *words, uint32_t count)
{
    static const struct {
        const char *name;
        sh_status (*run)(bw_sh *, const char *const *, uint32_t);
    } printing[] = {{"echo", echo},          {"expr", expr}, {"cat", cat},  {"cut", cut},
                    {"basename", base_name}, {"find", find}, {"eval", eval}};
    const char *name = words[0];

    for (size_t i = 0; i < G_N_ELEMENTS(printing); i++) {
        if (strcmp(name, printing[i].name) == 0)
            return printing[i].run(sh, words, count);
    }
    if (strcmp(name, "true") == 0 || strcmp(name, ":") == 0)
        return SH_SUCCEEDS;
    if (strcmp(name, "false") == 0)
        return SH_FAILS;
    if (strcmp(name, "test") == 0)
        return test(words + 1, count - 1);
    if (strcmp(name, "[") == 0 && count > 1 && strcmp(words[count - 1], "]") == 0)
        return test(words + 1, count - 2);
    if (strcmp(name, "export") == 0 || strcmp(name, "local") == 0 || strcmp(name, "readonly") == 0) {
        assign(sh, words, count);
        return SH_SUCCEEDS;
    }
    if (strcmp(name, "read") == 0 || strcmp(name, "let") == 0 || strcmp(name, "unset") == 0)
        forget(sh, words, count);
    else if (strcmp(name, "exit") == 0 || strcmp(name, "return") == 0)
        sh->returned |= !sh->maybe;
    else
        print(sh, (char[]){BW_SH_UNKNOWN, 0});
    return SH_UNSURE;
}
