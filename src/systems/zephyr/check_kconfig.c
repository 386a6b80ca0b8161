/* SPDX-License-Identifier: Apache-2.0 */
/* What the Kconfig files of a board folder say. */
#include "systems/zephyr/checks.h"
#include "systems/zephyr/gaps.h"
#include "systems/zephyr/kconfig.h"
#include "systems/zephyr/near.h"
#include "systems/zephyr/stem.h"
#include "systems/zephyr/walk.h"

#include <glob.h>
#include <string.h>

typedef struct checker {
    const bw_zephyr_folder *folder;
    bw_zephyr_soc_symbols *socs;
    const bw_zephyr_board *const *boards; /* of the folder; NULL-terminated */
    GHashTable *own;                      /* symbol -> bw_zephyr_target, or bw_zephyr_board of the bare symbol */
    GPtrArray *own_names;                 /* the same symbols, NULL-terminated */
    GHashTable *defined;                  /* set: symbols that the folder's Kconfig files define */
    GHashTable *everywhere;               /* set: symbols of all boards known; NULL until asked for */
    GPtrArray *names;                     /* of the folder's files, sorted */
    GPtrArray *files;                     /* of bw_kconfig */
    bw_arena *arena;
    bw_findings *findings;
} checker;

static gpointer key_of(const void *p)
{
    return (gpointer)(uintptr_t)p;
}

/* "BOARD_PLANK_SOC1_FOO": upper case, and '_' for all that is no letter or digit. */
static char *symbol_of(bw_arena *arena, const char *name)
{
    char *symbol = bw_arena_printf(arena, "BOARD_%s", name);

    for (char *p = symbol; *p; p++)
        *p = (char)(g_ascii_isalnum(*p) ? g_ascii_toupper(*p) : '_');
    return symbol;
}

static void collect_own(checker *c)
{
    for (const bw_zephyr_board *const *b = c->boards; *b; b++) {
        const char *bare = symbol_of(c->arena, (*b)->name);

        g_hash_table_insert(c->own, key_of(bare), key_of(*b));
        g_ptr_array_add(c->own_names, key_of(bare));
        for (uint32_t i = 0; i < (*b)->target_count; i++) {
            const char *symbol = symbol_of(c->arena, (*b)->targets[i]->name);

            g_hash_table_insert(c->own, key_of(symbol), key_of((*b)->targets[i]));
            g_ptr_array_add(c->own_names, key_of(symbol));
        }
    }
    g_ptr_array_add(c->own_names, NULL);
}

static bool is_of_any_board(checker *c, const char *symbol)
{
    const bw_zephyr *z = c->folder->z;

    if (!c->everywhere) {
        c->everywhere = g_hash_table_new(g_str_hash, g_str_equal);
        for (uint32_t b = 0; b < z->board_count; b++) {
            g_hash_table_add(c->everywhere, symbol_of(c->arena, z->boards[b]->name));
            for (uint32_t i = 0; i < z->boards[b]->target_count; i++)
                g_hash_table_add(c->everywhere, symbol_of(c->arena, z->boards[b]->targets[i]->name));
        }
    }
    return g_hash_table_contains(c->everywhere, symbol);
}

static const char *file_name(const bw_kconfig *k)
{
    const char *slash = strrchr(k->source->path, '/');

    return slash ? slash + 1 : k->source->path;
}

/* The board whose Kconfig.<board> a file is; NULL of any other. */
static const bw_zephyr_board *board_of_file(const checker *c, const bw_kconfig *k)
{
    const char *name = file_name(k);

    for (const bw_zephyr_board *const *b = c->boards; *b; b++)
        if (strncmp(name, "Kconfig.", 8) == 0 && strcmp(name + 8, (*b)->name) == 0)
            return *b;
    return NULL;
}

/* ---- symbols of boards ---- */

static bool looks_own(const checker *c, const char *symbol)
{
    for (const bw_zephyr_board *const *b = c->boards; *b; b++) {
        const char *bare = symbol_of(c->arena, (*b)->name);

        if (g_str_has_prefix(symbol, bare) && symbol[strlen(bare)] == '_')
            return true;
    }
    return false;
}

/* A symbol of a target that is not there. @return false after a finding. */
static bool check_symbol(checker *c, const bw_kconfig *k, bw_kconfig_span span, const char *format)
{
    const char *symbol = bw_kconfig_text(k, span, c->arena);

    if (!g_str_has_prefix(symbol, "BOARD_") || g_str_has_prefix(symbol, "BOARD_REVISION") ||
        g_hash_table_contains(c->own, symbol))
        return true;
    const char *near = bw_nearest(symbol, (const char *const *)c->own_names->pdata);
    if (near && bw_zephyr_distance(symbol, near, 2) > 2)
        near = NULL;
    if ((!near && !looks_own(c, symbol)) || is_of_any_board(c, symbol))
        return true;
    bw_finding *f =
        bw_findings_add(c->findings, BW_CODE_zephyr_kconfig_target, bw_kconfig_place(k, span), format, symbol);
    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
    return false;
}

static bool check_expression(checker *c, const bw_kconfig *k, bw_kconfig_span expression)
{
    bw_kconfig_span symbol;
    bool good = true;

    while (bw_kconfig_next_symbol(k, &expression, &symbol))
        if (!g_hash_table_contains(c->defined, bw_kconfig_text(k, symbol, c->arena)))
            good &= check_symbol(c, k, symbol, "%s is the symbol of no board and no target, so it is never set");
    return good;
}

/* @return false after a finding. */
static bool check_symbols(checker *c, const bw_kconfig *k)
{
    bool of_board = board_of_file(c, k) != NULL;
    bool good = true;

    for (uint32_t i = 0; i < k->count; i++) {
        const bw_kconfig_line *line = &k->lines[i];

        if (line->word == BW_KCONFIG_CONFIG && of_board)
            good &= check_symbol(c, k, line->what, "no target has the symbol %s, so nothing here is ever used");
        if (line->word == BW_KCONFIG_IF || line->word == BW_KCONFIG_DEPENDS)
            good &= check_expression(c, k, line->what);
        good &= check_expression(c, k, line->when);
    }
    return good;
}

static void collect_defined(checker *c, const bw_kconfig *k)
{
    /* What Kconfig.<board> defines is compared with the targets. */
    if (board_of_file(c, k))
        return;
    for (uint32_t i = 0; i < k->count; i++)
        if (k->lines[i].word == BW_KCONFIG_CONFIG)
            g_hash_table_add(c->defined, key_of(bw_kconfig_text(k, k->lines[i].what, c->arena)));
}

/* ---- Kconfig.<board> ---- */

typedef struct build {
    const checker *c;
    const bw_zephyr_target *target;
    const bw_kconfig *k;
} build;

static bool is_selected(const build *b, const char *symbol, size_t len)
{
    for (uint32_t i = 0; i < b->k->count; i++) {
        const bw_kconfig_line *line = &b->k->lines[i];

        if (line->word == BW_KCONFIG_SELECT && line->what.end - line->what.begin == len &&
            memcmp(b->k->source->text + line->what.begin, symbol, len) == 0)
            return true;
    }
    return false;
}

/* Of the symbols of a folder's boards exactly two are set in a build; of others nothing is known here. */
static bw_kconfig_truth is_set(void *data, const char *symbol, size_t len)
{
    const build *b = data;
    char *name = g_strndup(symbol, len);
    const void *what = g_hash_table_lookup(b->c->own, name);

    g_free(name);
    if (!what || is_selected(b, symbol, len))
        return BW_KCONFIG_UNKNOWN;
    return what == b->target || what == b->target->board ? BW_KCONFIG_YES : BW_KCONFIG_NO;
}

static bool selects_soc(const checker *c, const bw_kconfig *k, const bw_zephyr_target *t)
{
    build b = {c, t, k};

    for (uint32_t i = 0; i < k->count; i++) {
        const bw_kconfig_line *line = &k->lines[i];

        /* What is read from elsewhere may select anything. */
        if (line->word == BW_KCONFIG_SOURCE)
            return true;
        if (line->word != BW_KCONFIG_SELECT || line->entry < 0 ||
            strncmp(k->source->text + line->what.begin, "SOC_", 4) != 0)
            continue;
        const bw_kconfig_span entry = k->lines[line->entry].what;
        if (is_set(&b, k->source->text + entry.begin, entry.end - entry.begin) != BW_KCONFIG_NO &&
            bw_kconfig_counts(k, i, is_set, &b) != BW_KCONFIG_NO)
            return true;
    }
    return false;
}

static const bw_kconfig_line *entry_of(const bw_kconfig *k, const char *symbol)
{
    for (uint32_t i = 0; i < k->count; i++)
        if (k->lines[i].word == BW_KCONFIG_CONFIG && bw_kconfig_is(k, k->lines[i].what, symbol))
            return &k->lines[i];
    return NULL;
}

/* Kconfig.<board> of the board itself, where an extension's is looked at; else NULL. */
static const bw_kconfig *file_of_base(const checker *c, const bw_zephyr_board *board)
{
    const char *name = bw_arena_printf(c->arena, "Kconfig.%s", board->name);
    const char *path = bw_zephyr_path(c->arena, board->dirs[0]->path, name);

    if (strcmp(board->dirs[0]->path, c->folder->dir) == 0 || !bw_zephyr_is_file(path))
        return NULL;
    bw_source *source = bw_source_open(c->folder->z->ctx->sources, path, NULL);
    return source ? bw_kconfig_read(source, c->arena, NULL) : NULL;
}

static void check_targets(checker *c, const bw_kconfig *k, const bw_zephyr_board *board)
{
    const bw_kconfig *base = file_of_base(c, board);

    for (uint32_t i = 0; i < board->target_count; i++) {
        const bw_zephyr_target *t = board->targets[i];
        const char *symbol = symbol_of(c->arena, t->name);
        const bw_kconfig_line *entry = entry_of(k, symbol);

        if (!entry)
            entry = entry_of(k, symbol_of(c->arena, board->name));
        if (strcmp(board->dirs[t->folder]->path, c->folder->dir) != 0 || !t->soc || selects_soc(c, k, t) ||
            (base && selects_soc(c, base, t)) || !bw_zephyr_has_file(t, ".dts", c->arena))
            continue;
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_kconfig_no_soc,
                                        entry ? bw_kconfig_place(k, entry->what) : bw_file_place(k->source->path),
                                        "nothing here selects the SoC of %s, whose symbols are BOARD_%s and %s",
                                        t->name, symbol_of(c->arena, board->name) + strlen("BOARD_"), symbol);
        bw_finding_note(f, bw_yaml_place(t->at), "the target comes from here");
    }
}

static const bw_zephyr_soc *const *socs_of(const checker *c, const bw_zephyr_board *board)
{
    const bw_yml_board *yml = board->yml;
    const bw_zephyr_soc **socs = bw_arena_array(c->arena, const bw_zephyr_soc *, yml->soc_count + 1);
    uint32_t count = 0;

    for (uint32_t i = 0; i < yml->soc_count; i++) {
        const bw_zephyr_soc *soc = bw_zephyr_soc_called(c->folder->z, yml->socs[i].name);

        if (soc)
            socs[count++] = soc;
    }
    return socs;
}

static void check_select(checker *c, const bw_kconfig *k, const bw_zephyr_board *board, const bw_kconfig_line *line)
{
    const char *symbol = bw_kconfig_text(k, line->what, c->arena);

    if (!g_str_has_prefix(symbol, "SOC_") && !g_str_has_prefix(symbol, "BOARD_")) {
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_kconfig_select, bw_kconfig_place(k, line->what),
                                        "%s is no symbol of a SoC or a board", symbol);
        bw_finding_cure(f, "move it to the board's Kconfig or Kconfig.defconfig");
    } else if (g_str_has_prefix(symbol, "SOC_") && !bw_zephyr_kind_of_symbol(c->socs, socs_of(c, board), symbol) &&
               bw_zephyr_has_soc_symbols(c->socs)) {
        const char *near = bw_zephyr_near_soc_symbol(c->socs, symbol, c->arena);
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_kconfig_soc, bw_kconfig_place(k, line->what),
                                        "no Kconfig.soc defines %s, so the select does nothing", symbol);
        if (near)
            bw_finding_cure(f, "did you mean '%s'?", near);
    }
}

/* A symbol of a board with more than its selects: the first such line of an entry. */
static void check_types(checker *c, const bw_kconfig *k)
{
    int32_t said = -1;

    for (uint32_t i = 0; i < k->count; i++) {
        const bw_kconfig_line *line = &k->lines[i];
        bool typed = line->word == BW_KCONFIG_TYPE || line->word == BW_KCONFIG_VALUE ||
                     line->word == BW_KCONFIG_PROMPT || line->word == BW_KCONFIG_DEFAULT;

        if (!typed || line->entry < 0 || line->entry == said)
            continue;
        const char *symbol = bw_kconfig_text(k, k->lines[line->entry].what, c->arena);
        if (!g_hash_table_contains(c->own, symbol))
            continue;
        said = line->entry;
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_kconfig_type, bw_kconfig_place(k, line->keyword),
                                        "Zephyr gives %s its type and value itself", symbol);
        bw_finding_cure(f, "remove the line");
    }
}

static void check_board_file(checker *c, const bw_kconfig *k, const bw_zephyr_board *board, bool symbols_good)
{
    bool socs_good = true;

    for (uint32_t i = 0; i < k->count; i++)
        if (k->lines[i].word == BW_KCONFIG_SELECT) {
            uint32_t before = c->findings->counts[BW_ERROR];

            check_select(c, k, board, &k->lines[i]);
            socs_good &= c->findings->counts[BW_ERROR] == before;
        }
    check_types(c, k);
    if (symbols_good && socs_good && !k->broken)
        check_targets(c, k, board);
}

/* A file of nearly the name is spoken of by the check of names. */
static bool has_near_file(const checker *c, const char *wanted)
{
    for (guint i = 0; i < c->names->len; i++) {
        const char *name = c->names->pdata[i];
        bool of_board = false;

        for (const bw_zephyr_board *const *b = c->boards; *b; b++)
            of_board |= g_str_has_prefix(name, "Kconfig.") && strcmp(name + 8, (*b)->name) == 0;
        if (!of_board && strcmp(name, "Kconfig") != 0 && strcmp(name, "Kconfig.defconfig") != 0 &&
            strcmp(name, "Kconfig.sysbuild") != 0 && g_ascii_strncasecmp(name, "Kconfig", 7) == 0 &&
            bw_zephyr_distance(name, wanted, 2) <= 2)
            return true;
    }
    return false;
}

static void check_missing(checker *c)
{
    for (uint32_t i = 0; i < c->folder->file->count; i++) {
        const bw_yml_board *yml = &c->folder->file->boards[i];
        const char *name = yml->name ? bw_arena_printf(c->arena, "Kconfig.%s", yml->name) : NULL;
        const bw_zephyr_board *board = yml->name ? bw_zephyr_board_called(c->folder->z, yml->name) : NULL;

        if (!board || board->target_count == 0 || bw_zephyr_is_file(bw_zephyr_path(c->arena, c->folder->dir, name)) ||
            has_near_file(c, name))
            continue;
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_kconfig_missing, bw_yaml_place(yml->at),
                                        "there is no %s beside this file, so %s has no SoC", name, yml->name);
        bw_finding_cure(f, "add it, with 'config %s' and a select", symbol_of(c->arena, yml->name));
    }
}

/* ---- Kconfig.defconfig ---- */

static bool mentions_board(const checker *c, const bw_kconfig *k, bw_kconfig_span expression)
{
    bw_kconfig_span symbol;

    (void)c;
    while (bw_kconfig_next_symbol(k, &expression, &symbol))
        if (strncmp(k->source->text + symbol.begin, "BOARD_", 6) == 0)
            return true;
    return false;
}

static void check_guard(checker *c, const bw_kconfig *k)
{
    const bw_kconfig_line *first = NULL;

    for (uint32_t i = 0; i < k->count; i++) {
        const bw_kconfig_line *line = &k->lines[i];

        if (mentions_board(c, k, line->when) ||
            ((line->word == BW_KCONFIG_IF || line->word == BW_KCONFIG_DEPENDS) && mentions_board(c, k, line->what)))
            return;
        if (!first &&
            (line->word == BW_KCONFIG_CONFIG || line->word == BW_KCONFIG_DEFAULTS || line->word == BW_KCONFIG_CHOICE))
            first = line;
    }
    if (!first || k->broken || !*c->boards)
        return;
    const char *symbol = symbol_of(c->arena, (*c->boards)->name);
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_kconfig_guard, bw_kconfig_place(k, first->keyword),
                                    "no condition in this file names a board, so its defaults are not only %s's",
                                    (*c->boards)->name);
    if (!c->boards[1])
        bw_finding_cure(f, "put 'if %s' in front, and 'endif' at the end", symbol);
}

/* ---- what is read from a file ---- */

/* Only the last part may be a pattern: others could lead through the whole file system. */
static bool finds_something(const char *pattern)
{
    const char *last = strrchr(pattern, '/');
    size_t wild = strcspn(pattern, "*?[");

    if (!pattern[wild])
        return bw_zephyr_is_file(pattern);
    if (last && pattern + wild < last)
        return true;
    glob_t found = {0};
    bool some = glob(pattern, GLOB_NOSORT, NULL, &found) == 0 && found.gl_pathc > 0;

    globfree(&found);
    return some;
}

static void check_sources(checker *c, const bw_kconfig *k)
{
    for (uint32_t i = 0; i < k->count; i++) {
        const bw_kconfig_line *line = &k->lines[i];
        const char *path;

        if (line->word != BW_KCONFIG_SOURCE ||
            !(bw_kconfig_is(k, line->keyword, "source") || bw_kconfig_is(k, line->keyword, "rsource")))
            continue;
        const char *written = bw_kconfig_text(k, line->what, c->arena);
        if (strchr(written, '$'))
            continue;
        if (*written == '/')
            path = written;
        else if (bw_kconfig_is(k, line->keyword, "rsource"))
            path = bw_zephyr_path(c->arena, c->folder->dir, written);
        else if (c->folder->zephyr_base &&
                 bw_zephyr_is_file(bw_zephyr_path(c->arena, c->folder->zephyr_base, "Kconfig")))
            path = bw_zephyr_path(c->arena, c->folder->zephyr_base, written);
        else
            continue;
        if (!finds_something(path))
            bw_findings_add(c->findings, BW_CODE_zephyr_kconfig_source, bw_kconfig_place(k, line->what),
                            "there is no %s", path);
    }
}

/* ---- configurations ---- */

static bool is_selection(checker *c, const char *symbol)
{
    if (g_hash_table_contains(c->own, symbol))
        return true;
    if (!g_str_has_prefix(symbol, "SOC_"))
        return false;
    for (guint i = 0; i < c->files->len; i++) {
        const bw_kconfig *k = c->files->pdata[i];

        for (uint32_t l = 0; board_of_file(c, k) && l < k->count; l++)
            if (k->lines[l].word == BW_KCONFIG_SELECT && bw_kconfig_is(k, k->lines[l].what, symbol))
                return true;
    }
    return bw_zephyr_kind_of_symbol(c->socs, *c->boards ? socs_of(c, *c->boards) : NULL, symbol) ==
           BW_ZEPHYR_SYMBOL_SELECTED;
}

static void check_configuration(checker *c, const char *name)
{
    static const char *const forbidden[] = {"PINCTRL", "BOARD_EARLY_INIT_HOOK", "BOARD_LATE_INIT_HOOK", NULL};
    bw_source *source =
        bw_source_open(c->folder->z->ctx->sources, bw_zephyr_path(c->arena, c->folder->dir, name), NULL);
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(bw_kconfig_assignment));

    if (source)
        bw_kconfig_read_assignments(source, lines, c->findings);
    for (guint i = 0; i < lines->len; i++) {
        const bw_kconfig_span span = g_array_index(lines, bw_kconfig_assignment, i).name;
        const char *symbol = bw_arena_strndup(c->arena, source->text + span.begin, span.end - span.begin);
        bw_place place = bw_source_place(source, span.begin, span.end);
        bw_finding *f = NULL;

        if (g_strv_contains(forbidden, symbol))
            f = bw_findings_add(c->findings, BW_CODE_zephyr_conf_default, place,
                                "%s is not set in a board's configuration, where no application can change it", symbol);
        else if ((g_str_has_prefix(symbol, "SOC_") || g_str_has_prefix(symbol, "BOARD_")) && is_selection(c, symbol))
            f = bw_findings_add(c->findings, BW_CODE_zephyr_conf_selection, place,
                                "%s has no prompt: it is set by a select, and not from here", symbol);
        bw_finding_cure(f, "remove the line");
    }
    g_array_free(lines, TRUE);
}

/* ---- the folder ---- */

static void read_files(checker *c)
{
    for (guint i = 0; i < c->names->len; i++) {
        const char *name = c->names->pdata[i];
        const char *path = bw_zephyr_path(c->arena, c->folder->dir, name);

        if (strcmp(name, "Kconfig") != 0 && !g_str_has_prefix(name, "Kconfig."))
            continue;
        bw_source *source = bw_zephyr_is_file(path) ? bw_source_open(c->folder->z->ctx->sources, path, NULL) : NULL;
        if (source)
            g_ptr_array_add(c->files, key_of(bw_kconfig_read(source, c->arena, c->findings)));
    }
}

static void check_files(checker *c)
{
    for (guint i = 0; i < c->files->len; i++)
        collect_defined(c, c->files->pdata[i]);
    for (guint i = 0; i < c->files->len; i++) {
        const bw_kconfig *k = c->files->pdata[i];
        const bw_zephyr_board *board = board_of_file(c, k);
        bool good = check_symbols(c, k);

        check_sources(c, k);
        if (board)
            check_board_file(c, k, board, good);
        else if (strcmp(file_name(k), "Kconfig.defconfig") == 0)
            check_guard(c, k);
    }
}

void bw_zephyr_check_kconfig(const bw_zephyr_folder *folder, bw_zephyr_soc_symbols *socs, bw_arena *arena,
                             bw_findings *findings)
{
    checker c = {.folder = folder, .socs = socs, .arena = arena, .findings = findings};

    c.boards = bw_zephyr_boards_of(folder->z, folder->file, arena);
    c.names = bw_zephyr_names_in(folder->dir);
    if (!c.names || !*c.boards) {
        if (c.names)
            g_ptr_array_free(c.names, TRUE);
        return;
    }
    c.own = g_hash_table_new(g_str_hash, g_str_equal);
    c.own_names = g_ptr_array_new();
    c.defined = g_hash_table_new(g_str_hash, g_str_equal);
    c.files = g_ptr_array_new();
    collect_own(&c);
    read_files(&c);
    check_files(&c);
    check_missing(&c);
    for (guint i = 0; i < c.names->len; i++) {
        size_t len;
        bw_zephyr_ending ending = bw_zephyr_ending_of(c.names->pdata[i], &len);

        if (!g_str_has_prefix(c.names->pdata[i], "Kconfig.") &&
            (ending == BW_ZEPHYR_DEFCONFIG || ending == BW_ZEPHYR_CONF))
            check_configuration(&c, c.names->pdata[i]);
    }
    g_hash_table_destroy(c.own);
    g_hash_table_destroy(c.defined);
    if (c.everywhere)
        g_hash_table_destroy(c.everywhere);
    g_ptr_array_free(c.own_names, TRUE);
    g_ptr_array_free(c.files, TRUE);
    g_ptr_array_free(c.names, TRUE);
}
