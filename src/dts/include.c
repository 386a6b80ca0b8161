/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a unit: where #include, /include/ and /incbin/ find them, and entering them. */
#include "dts/pp.h"

#include <errno.h>
#include <string.h>

#define VISITS_MAX 100000U
#define FILES_OPEN_MAX 200U /* as gcc and dtc */

void bw_pp_remember_file(bw_pp *pp, bw_source *source)
{
    if (g_hash_table_add(pp->seen, source))
        g_ptr_array_add(pp->files, source);
}

/* Comments that swallow what was not meant for them. */
static void report_comments(bw_pp *pp, bw_loc base, const char *text, const GArray *comments, bool mend)
{
    for (guint i = 0; i < comments->len; i++) {
        const bw_odd_comment *odd = &g_array_index(comments, bw_odd_comment, i);
        bw_loc loc = base + odd->meant;
        bool lost = odd->code && mend;

        pp->unclosed += odd->code;
        if (!lost && !odd->inner)
            continue; /* the parser meets it */
        bw_finding *f =
            bw_find(pp->unit, lost ? BW_CODE_comment_unclosed : BW_CODE_comment_nested, (bw_span){loc, loc, 1},
                    lost && !odd->inner ? "the comment has no */"
                    : lost              ? "the comment has no */ before the next one begins"
                                        : "another comment begins before this one ends: was it meant to end here?");
        if (memchr(text + odd->begin, '\n', odd->meant - odd->begin))
            bw_find_note(pp->unit, f, (bw_span){base + odd->begin, base + odd->begin, 2}, "it begins here");
        if (odd->inner)
            bw_find_note(pp->unit, f, (bw_span){base + odd->inner, base + odd->inner, 2}, "the next one begins here");
        bw_finding_cure(f, "end the comment with */");
    }
}

bool bw_pp_enter_file(bw_pp *pp, bw_source *source, bw_span from, bool raw)
{
    bw_loc base = 0;

    if (pp->files_open >= FILES_OPEN_MAX) {
        bw_find(pp->unit, BW_CODE_include_depth, from, "%u files are open at once: \"%s\" includes itself without end?",
                FILES_OPEN_MAX, source->path);
    } else if (++pp->visits > VISITS_MAX || !(base = bw_locs_visit(&pp->unit->locs, source, from.begin))) {
        bw_find(pp->unit, BW_CODE_too_large, from, "the includes of one board open more than %u files or 2 GiB of text",
                VISITS_MAX);
    }
    if (!base) {
        pp->exhausted = true;
        pp->faults++;
        return false;
    }
    const bw_lexed *lexed = bw_lex(pp->ctx, source, !raw);
    if (lexed->comments) {
        bool mend = pp->mend_comments || pp->options->mend_comments;
        report_comments(pp, base, source->text, lexed->comments, mend);
        if (mend && pp->unclosed) {
            bw_lexed *mended = bw_lex_mended(pp->ctx, source, !raw);
            g_ptr_array_add(pp->tails, mended);
            lexed = mended;
        }
    }
    bw_frame *f = bw_pp_push(pp, BW_FRAME_FILE);
    f->tokens = f->cur = lexed->tokens;
    f->source = source;
    f->text = source->text;
    f->base = base;
    f->raw = raw;
    pp->files_open++;
    bw_pp_remember_file(pp, source);
    return true;
}

/* A file that is there but cannot be read is no missing one: the first reason is kept. */
static bw_source *try_open(bw_pp *pp, const char *path)
{
    int error = 0;
    bw_source *source = bw_source_open(pp->ctx->sources, path, &error);

    if (!source && error != ENOENT && error != ENOTDIR && pp->open_error == 0)
        pp->open_error = error;
    return source;
}

static bw_source *search(bw_pp *pp, const char *const *dirs, const char *name)
{
    char path[4096];
    size_t name_len = strlen(name);

    for (size_t i = 0; dirs && dirs[i]; i++) {
        size_t len = strlen(dirs[i]);

        if (len + name_len + 2 > sizeof path)
            continue;
        memcpy(path, dirs[i], len);
        if (len && path[len - 1] != '/')
            path[len++] = '/';
        memcpy(path + len, name, name_len + 1);
        bw_source *s = try_open(pp, path);
        if (s)
            return s;
    }
    return NULL;
}

const bw_frame *bw_pp_top_file(const bw_pp *pp)
{
    for (uint32_t i = pp->depth; i-- > 0;)
        if (pp->frames[i].kind == BW_FRAME_FILE)
            return &pp->frames[i];
    return NULL;
}

static bw_source *beside(bw_pp *pp, const char *dir, const char *name)
{
    const char *const dirs[] = {dir, NULL};

    return *dir ? search(pp, dirs, name) : try_open(pp, name);
}

bool bw_pp_unreadable(bw_pp *pp, const char *name, bw_span span)
{
    if (pp->open_error == 0)
        return false;
    bw_finding *f =
        bw_find(pp->unit, BW_CODE_file_unreadable, span, "\"%s\" cannot be read: %s", name, g_strerror(pp->open_error));
    bw_finding_cure(f, "check the path and the permissions");
    pp->missing++;
    pp->missing_nodes = true;
    pp->faults++;
    return true;
}

static void missing_include(bw_pp *pp, const char *name, bw_span span, bool dts)
{
    if (bw_pp_unreadable(pp, name, span))
        return;
    bool tolerate = pp->options->tolerate_missing;
    bw_finding *f =
        bw_find(pp->unit, tolerate ? BW_CODE_include_skipped : BW_CODE_include_missing, span,
                tolerate ? "\"%s\" is not found; what it defines is taken as unknown" : "\"%s\" is not found", name);

    pp->missing++;
    /* Headers make macros; anything else may be a part of the tree. */
    pp->missing_nodes = pp->missing_nodes || (strlen(name) < 2 || strcmp(name + strlen(name) - 2, ".h") != 0);
    pp->faults++;
    if (!f)
        return;
    const char *const *dirs = dts ? pp->options->dts_dirs : pp->options->include_dirs;
    if (dirs && dirs[0])
        bw_finding_cure(f, "add its directory with %s, or correct the name", dts ? "-i" : "-I");
    else
        bw_finding_cure(f, "no include directory is given: add one with %s", dts ? "-i" : "-I");
}

/* #include "name" or <name>. */
void bw_pp_include(bw_pp *pp, const char *name, bool quoted, bw_span span)
{
    bw_source *source = NULL;

    pp->open_error = 0;
    if (name[0] == '/') {
        source = try_open(pp, name);
    } else {
        if (quoted)
            source = beside(pp, bw_pp_top_file(pp)->source->dir, name);
        if (!source)
            source = search(pp, pp->options->include_dirs, name);
    }
    if (source)
        bw_pp_enter_file(pp, source, span, false);
    else
        missing_include(pp, name, span, false);
}

static bw_source *find_raw(bw_pp *pp, const char *name)
{
    bw_source *source = NULL;
    const bw_frame *top = bw_pp_top_file(pp);

    pp->open_error = 0;
    if (name[0] == '/')
        return try_open(pp, name);
    source = beside(pp, top ? top->source->dir : "", name);
    if (!source)
        source = beside(pp, pp->main_dir, name);
    return source ? source : search(pp, pp->options->dts_dirs, name);
}

const char *bw_pp_find(bw_pp *pp, const char *name)
{
    bw_source *source = find_raw(pp, name);

    if (!source)
        return NULL;
    bw_pp_remember_file(pp, source);
    return source->path;
}

void bw_pp_include_raw(bw_pp *pp, const char *name, bw_span span)
{
    bw_source *source = find_raw(pp, name);

    if (source)
        bw_pp_enter_file(pp, source, span, true);
    else
        missing_include(pp, name, span, true);
}
