/* SPDX-License-Identifier: Apache-2.0 */
/* The preprocessor from board to board: what is defined before the first line, and which files are read. */
#include "dts/pp.h"

#include <string.h>

void bw_pp_init(bw_pp *pp, bw_unit *unit)
{
    static const struct {
        const char *name;
        bw_builtin builtin;
    } specials[] = {{"__LINE__", BW_B_LINE},
                    {"__FILE__", BW_B_FILE},
                    {"__COUNTER__", BW_B_COUNTER},
                    {"__INCLUDE_LEVEL__", BW_B_INCLUDE_LEVEL},
                    {"__BASE_FILE__", BW_B_BASE_FILE},
                    {"__DATE__", BW_B_DATE},
                    {"__TIME__", BW_B_TIME}};

    memset(pp, 0, sizeof *pp);
    pp->unit = unit;
    pp->ctx = unit->ctx;
    pp->files = g_ptr_array_new();
    pp->seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    pp->tails = g_ptr_array_new_with_free_func(bw_lexed_free);
    pp->special_source = bw_source_from_memory(pp->ctx->sources, "<built-in>", "", 0);
    for (size_t i = 0; i < G_N_ELEMENTS(specials); i++) {
        const bw_name *name = bw_intern_str(pp->ctx->names, specials[i].name);

        pp->specials[i] =
            (bw_macro){.name = name, .source = pp->special_source, .builtin = (uint8_t)specials[i].builtin};
        atomic_store(&((bw_name *)(uintptr_t)name)->macro, 1);
    }
}

void bw_pp_clear(bw_pp *pp)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pp->specials); i++)
        g_free(atomic_load(&pp->specials[i].tokens));
    g_ptr_array_free(pp->files, TRUE);
    g_hash_table_destroy(pp->seen);
    g_ptr_array_free(pp->tails, TRUE);
    g_free(pp->builtin_text);
    g_free(pp->frames);
    g_free(pp->defined);
}

/* The predefined macros and -D as a source of its own, made again only when -D changes. */
static bw_source *builtin_source(bw_pp *pp)
{
    GString *text = g_string_new("#define __STDC__ 1\n#define __ASSEMBLER__ 1\n#define __DTS__ 1\n");

    for (size_t i = 0; pp->options->defines && pp->options->defines[i]; i++) {
        const char *d = pp->options->defines[i];
        const char *equal = strchr(d, '=');
        int len = equal ? (int)(equal - d) : (int)strlen(d);

        g_string_append_printf(text, "#define %.*s %s\n", len, d, equal ? equal + 1 : "1");
    }
    if (!pp->builtin || strcmp(text->str, pp->builtin_text) != 0) {
        pp->builtin = bw_source_from_memory(pp->ctx->sources, "<command line>", text->str, text->len);
        g_free(pp->builtin_text);
        pp->builtin_text = g_strdup(text->str);
    }
    g_string_free(text, TRUE);
    return pp->builtin;
}

static void define_specials(bw_pp *pp)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pp->specials) && pp->specials[i].name; i++) {
        bw_slot *slot = bw_slot_of(&pp->unit->macros, pp->specials[i].name);

        slot->ptr = &pp->specials[i];
        slot->value = 0;
        bw_pp_note_defined(pp, pp->specials[i].name);
    }
}

static void forget_files(bw_pp *pp)
{
    g_hash_table_remove_all(pp->seen);
    g_ptr_array_set_size(pp->files, 0);
    g_ptr_array_set_size(pp->tails, 0);
}

/* Files to be read after the main one lie below it, the first one on top. */
static void enter_more_files(bw_pp *pp, const bw_dts_options *options)
{
    uint32_t count = 0;

    while (options->more_files && options->more_files[count])
        count++;
    while (count-- > 0) {
        int error = 0;
        bw_source *source = bw_source_open(pp->ctx->sources, options->more_files[count], &error);

        if (source) {
            bw_pp_enter_file(pp, source, BW_NOWHERE, !options->preprocess);
            continue;
        }
        pp->faults++;
        bw_findings_add(pp->unit->findings, BW_CODE_file_unreadable, bw_file_place(options->more_files[count]),
                        "cannot be read: %s", g_strerror(error));
    }
}

/* A zero byte near its beginning: a program, an image, a picture. Strings may hold zero bytes (dtc reads them). */
static bool is_binary(const bw_source *source)
{
    const char *zero = source->len ? memchr(source->text, 0, MIN(source->len, 4096U)) : NULL;

    return zero && memchr(source->text, '"', (size_t)(zero - source->text)) == NULL;
}

bool bw_pp_begin(bw_pp *pp, const char *path, const bw_dts_options *options)
{
    int error = 0;
    bw_source *source = bw_source_open(pp->ctx->sources, path, &error);

    pp->options = options;
    pp->depth = pp->files_open = pp->visits = pp->counter = pp->missing = pp->faults = 0;
    pp->missing_nodes = false;
    pp->unclosed = 0;
    pp->cut_short = false;
    pp->budget = BW_PP_TOKENS_MAX;
    pp->exhausted = pp->seam = pp->have_pushed = false;
    pp->pad = BW_PAD_NONE;
    pp->prev_kind = BW_TK_EOF;
    pp->redefined_in = NULL;
    forget_files(pp);
    if (!source) {
        bw_finding *f = bw_findings_add(pp->unit->findings, BW_CODE_file_unreadable, bw_file_place(path),
                                        "cannot be read: %s", g_strerror(error));
        bw_finding_cure(f, "check the path and the permissions");
        return false;
    }
    if (is_binary(source)) {
        bw_finding *f =
            bw_findings_add(pp->unit->findings, BW_CODE_not_source, bw_file_place(path),
                            "this is neither devicetree source nor a blob: it holds bytes that no text has");
        bw_finding_cure(f, "give a .dts, a .dtb, or a folder that holds one");
        return false;
    }
    pp->main_dir = source->dir;
    pp->main_path = source->path;
    bw_pp_remember_file(pp, source);
    enter_more_files(pp, options);
    if (!bw_pp_enter_file(pp, source, BW_NOWHERE, !options->preprocess))
        return false;
    if (options->preprocess) {
        bw_frame main_frame = pp->frames[--pp->depth];

        bw_slots_clear(&pp->unit->macros); /* of another file of the unit: the base of an overlay */
        if (pp->defined_words)
            memset(pp->defined, 0, pp->defined_words * sizeof *pp->defined);
        define_specials(pp);
        /* Defines first: they lie on top of the main file and are read at once. */
        *bw_pp_push(pp, BW_FRAME_FILE) = main_frame;
        bw_source *builtin = builtin_source(pp);
        bw_loc base = bw_locs_visit(&pp->unit->locs, builtin, 0);
        const bw_lexed *lexed = bw_lex(pp->ctx, builtin, true);
        bw_frame *f = bw_pp_push(pp, BW_FRAME_FILE);
        f->tokens = f->cur = lexed->tokens;
        f->source = builtin;
        f->text = builtin->text;
        f->base = base;
        pp->files_open++;
    }
    return true;
}

void bw_pp_end(bw_pp *pp)
{
    pp->depth = 0;
    g_ptr_array_set_size(pp->tails, 0);
}
