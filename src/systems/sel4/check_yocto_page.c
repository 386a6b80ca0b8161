/* SPDX-License-Identifier: Apache-2.0 */
/* Commands in the code of a Markdown page that builds an image of Yocto and copies it. */
#include "systems/sel4/layer.h"

#include <string.h>

#define DEPLOY "deploy/images/"

typedef struct page {
    const bw_sel4_layers *layers;
    bw_source *source;
    bool code;
} page;

static bw_place place_of(const page *p, const char *from, size_t len)
{
    uint32_t begin = (uint32_t)(from - p->source->text);

    return bw_source_place(p->source, begin, begin + (uint32_t)len);
}

/* @return the next word and its length; NULL at the end of the command. */
static const char *next_word(const char **at, const char *end, size_t *len)
{
    const char *p = *at;

    while (p < end && (g_ascii_isspace(*p) || (*p == '\\' && p + 1 < end && p[1] == '\n')))
        p++;
    const char *from = p;
    while (p < end && !g_ascii_isspace(*p))
        p++;
    *at = p;
    *len = (size_t)(p - from);
    return p > from ? from : NULL;
}

static bool is_assignment(const char *word, size_t len)
{
    const char *equals = memchr(word, '=', len);

    for (const char *p = word; equals && p < equals; p++)
        if (!g_ascii_isalnum(*p) && *p != '_')
            return false;
    return equals && equals > word && !g_ascii_isdigit(*word);
}

/* -- what commands mean ------------------------------------------------------------------------------- */

/* "MACHINE=x source setup.sh": bash undoes the assignment when source returns. */
static void check_assignment(const page *p, const char *command, const char *end)
{
    const char *at = command, *first, *second;
    size_t len, more;

    first = next_word(&at, end, &len);
    if (!first || !is_assignment(first, len))
        return;
    second = next_word(&at, end, &more);
    if (!second || !((more == 6 && strncmp(second, "source", 6) == 0) || (more == 1 && *second == '.')))
        return;
    bw_finding *f = bw_findings_add(p->layers->unit->findings, BW_CODE_yocto_page_assignment, place_of(p, first, len),
                                    "%.*s holds while %.*s runs and is undone then: bitbake builds its default machine",
                                    (int)len, first, (int)more, second);
    bw_finding_cure(f, "write export %.*s on a line of its own before it", (int)len, first);
}

/* The link's name: IMAGE-MACHINE.rootfs.TYPE since nanbield. */
static void check_name(const page *p, const char *word, size_t len)
{
    char *text = g_strndup(word, len);
    const char *deploy = strstr(text, DEPLOY);
    const char *slash = deploy ? strchr(deploy + strlen(DEPLOY), '/') : NULL;
    char *machine = slash ? g_strndup(deploy + strlen(DEPLOY), (gsize)(slash - deploy) - strlen(DEPLOY)) : NULL;
    char *stem = machine ? g_strconcat("-", machine, ".cpio", NULL) : NULL;

    if (stem && strstr(slash, stem) && bw_sel4_layers_since(p->layers, "nanbield")) {
        bw_finding *f = bw_findings_add(p->layers->unit->findings, BW_CODE_yocto_page_name, place_of(p, word, len),
                                        "%s is no name that %s makes: root file systems end in .rootfs since nanbield",
                                        slash + 1, p->layers->releases[0]);
        bw_finding_cure(f, "write -%s.rootfs.cpio…", machine);
    }
    g_free(stem);
    g_free(machine);
    g_free(text);
}

/* cp of a wildcard to one file: the dated file and the link to it are two. */
static void check_copy(const page *p, const char *command, const char *end)
{
    const char *at = command, *word, *last = NULL, *wild = NULL;
    size_t len, last_len = 0, wild_len = 0;
    bool first = true;

    while ((word = next_word(&at, end, &len)) != NULL) {
        if (first && !(len == 2 && strncmp(word, "cp", 2) == 0))
            return;
        first = false;
        if (memchr(word, '*', len) && g_strstr_len(word, (gssize)len, DEPLOY)) {
            wild = word;
            wild_len = len;
        }
        if (g_strstr_len(word, (gssize)len, DEPLOY))
            check_name(p, word, len);
        last = word;
        last_len = len;
    }
    if (!wild || last == wild || last[last_len - 1] == '/' || last[last_len - 1] == '.')
        return;
    bw_finding *f = bw_findings_add(
        p->layers->unit->findings, BW_CODE_yocto_page_copy, place_of(p, wild, wild_len),
        "the pattern means the dated file and the link to it, and cp cannot copy two to %.*s", (int)last_len, last);
    bw_finding_cure(f, "name the link: without the date");
}

/* -- names that have to be somewhere ------------------------------------------------------------------ */

static void check_machine(const page *p, const char *command, const char *end)
{
    const char *at = command, *word;
    size_t len;

    while ((word = next_word(&at, end, &len)) != NULL) {
        if (len <= 8 || strncmp(word, "MACHINE=", 8) != 0 || memchr(word, '$', len) || memchr(word, '<', len))
            continue;
        char *name = g_strndup(word + 8, len - 8);
        char *file = g_strdup_printf("/conf/machine/%s.conf", g_strdelimit(name, "\"'", ' '));

        if (bw_sel4_layers_have(p->layers, "/"
                                           "conf/layer.conf") &&
            !bw_sel4_layers_have(p->layers, file) && g_str_has_prefix(name, "vm-"))
            bw_findings_add(p->layers->unit->findings, BW_CODE_yocto_page_missing, place_of(p, word, len),
                            "no layer here has the machine %s", name);
        g_free(file);
        g_free(name);
    }
}

static void check_image(const page *p, const char *command, const char *end)
{
    const char *at = command;
    size_t len, more;
    const char *first = next_word(&at, end, &len);
    const char *word = next_word(&at, end, &more);

    if (!first || !word || len != 7 || strncmp(first, "bitbake", 7) != 0 || *word == '-' || memchr(word, '$', more) ||
        !g_str_has_prefix(word, "vm-"))
        return;
    char *file = g_strdup_printf("/%.*s.bb", (int)more, word);
    if (!bw_sel4_layers_have(p->layers, file))
        bw_findings_add(p->layers->unit->findings, BW_CODE_yocto_page_missing, place_of(p, word, more),
                        "no layer here has a recipe for %.*s", (int)more, word);
    g_free(file);
}

/* -- the page ----------------------------------------------------------------------------------------- */

static void check_command(const page *p, const char *from, const char *end)
{
    while (from < end && (*from == ' ' || *from == '$'))
        from++;
    if (from >= end || *from == '#')
        return;
    check_assignment(p, from, end);
    check_copy(p, from, end);
    check_machine(p, from, end);
    check_image(p, from, end);
}

/* A command ends with its line, unless that ends in a backslash. */
static const char *end_of_command(const char *from, const char *end)
{
    const char *line = from;

    for (;;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));

        if (!newline)
            return end;
        if (newline == from || newline[-1] != '\\')
            return newline;
        line = newline + 1;
    }
}

void bw_sel4_check_page(const bw_sel4_layers *layers, const char *path)
{
    int error;
    page p = {.layers = layers, .source = bw_source_open(layers->unit->ctx->sources, path, &error)};

    if (!p.source)
        return;
    const char *end = p.source->text + p.source->len;
    for (const char *line = p.source->text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));

        if (strncmp(line, "```", 3) == 0)
            p.code = !p.code;
        else if (p.code) {
            stop = end_of_command(line, end);
            check_command(&p, line, stop);
        }
        line = stop && stop < end ? stop + 1 : end;
    }
}
