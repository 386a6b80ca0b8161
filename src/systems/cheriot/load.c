/* SPDX-License-Identifier: Apache-2.0 */
#include "json/patch.h"
#include "systems/cheriot/parts.h"

#include <glib.h>
#include <stdlib.h>

/* Patches on patches; the longest real chain has two files. */
#define CHAIN_MAX 16

/* Folders above a board in which the SDK is looked for. */
#define SDK_LEVELS 8

typedef struct loader {
    bw_context *ctx;
    const bw_cheriot_options *options;
    bw_cheriot_board *board;
    bw_arena *arena;
    bw_findings *findings;
    GArray *files;    /* of bw_cheriot_file */
    GPtrArray *chain; /* real paths of the files from the one given to the one at hand */
    unsigned flags;   /* of patches */
    bool ok;
} loader;

/* ---- paths ---- */

const char *bw_cheriot_folder_of(const char *path, bw_arena *arena)
{
    char *folder = g_path_get_dirname(path);
    const char *copy = bw_arena_strdup(arena, folder);

    g_free(folder);
    return copy;
}

static bool is_file(const char *path)
{
    return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

static const char *join(loader *l, const char *folder, const char *name, const char *ending)
{
    if (strcmp(folder, ".") == 0)
        return bw_arena_printf(l->arena, "%s%s", name, ending);
    return bw_arena_printf(l->arena, "%s/%s%s", folder, name, ending);
}

/* The folder above, as text. */
static const char *above(loader *l, const char *folder)
{
    if (strcmp(folder, ".") == 0)
        return "..";
    if (strcmp(folder, "..") == 0 || g_str_has_suffix(folder, "/.."))
        return bw_arena_printf(l->arena, "%s/..", folder);
    return bw_cheriot_folder_of(folder, l->arena);
}

static bool is_sdk(const char *folder)
{
    static const char *const marks[] = {"xmake/board-parsing.lua", "xmake.lua", "include/platform"};
    char *boards = g_build_filename(folder, "boards", NULL);
    bool found = false;

    for (size_t i = 0; i < G_N_ELEMENTS(marks) && !found; i++) {
        char *mark = g_build_filename(folder, marks[i], NULL);

        found = g_file_test(mark, G_FILE_TEST_EXISTS);
        g_free(mark);
    }
    found = found && g_file_test(boards, G_FILE_TEST_IS_DIR);
    g_free(boards);
    return found;
}

/* The SDK around a folder, or NULL: boards lie in sdk/boards, projects beside sdk. */
static const char *find_sdk(loader *l, const char *folder)
{
    for (int i = 0; i < SDK_LEVELS; i++) {
        const char *inside = join(l, folder, "sdk", "");

        if (is_sdk(folder))
            return folder;
        if (is_sdk(inside))
            return inside;
        if (strcmp(folder, "/") == 0)
            break;
        folder = above(l, folder);
    }
    return NULL;
}

/* A name in a folder: as it is, with .json, with .patch. */
static const char *in_folder(loader *l, const char *folder, const char *name)
{
    static const char *const endings[] = {"", ".json", ".patch"};

    for (size_t i = 0; folder && !g_path_is_absolute(name) && i < G_N_ELEMENTS(endings); i++) {
        const char *path = join(l, folder, name, endings[i]);

        if (is_file(path))
            return path;
    }
    return NULL;
}

static bool same_file(const char *a, const char *b)
{
    char *real_a = realpath(a, NULL);
    char *real_b = realpath(b, NULL);
    bool same = real_a && real_b && strcmp(real_a, real_b) == 0;

    free(real_a);
    free(real_b);
    return same;
}

/* ---- reading files ---- */

static const bw_json *read_file(loader *l, const char *path, bw_source **source)
{
    const bw_json *value = bw_json_read_file(l->ctx, path, BW_JSON_CJSON, l->arena, l->findings);

    *source = value ? value->source : NULL;
    return value;
}

static bw_finding *not_a(loader *l, const bw_json *value, const char *what)
{
    return bw_json_find(l->findings, BW_CODE_cheriot_file_kind, value, "%s, but this is %s", what,
                        bw_json_kind_name(value));
}

static void add_file(loader *l, int kind, const char *path, bw_source *source)
{
    bw_cheriot_file file = {.path = path, .source = source};

    file.kind = kind == BW_CHERIOT_BASE    ? BW_CHERIOT_BASE
                : kind == BW_CHERIOT_PATCH ? BW_CHERIOT_PATCH
                                           : BW_CHERIOT_MIXIN;
    g_array_append_val(l->files, file);
}

static const bw_json *apply(loader *l, const bw_json *document, const bw_json *operations)
{
    bool ok = true;

    document = bw_json_patch(document, operations, l->flags, l->arena, l->findings, &ok);
    l->board->broken |= !ok;
    return document;
}

static const bw_json *load_board(loader *l, const char *path)
{
    bw_source *source;
    const bw_json *document = read_file(l, path, &source);

    if (!document)
        return NULL;
    if (document->kind != BW_JSON_OBJECT) {
        bw_finding *f = not_a(l, document, "a board is an object");
        if (document->kind == BW_JSON_ARRAY)
            bw_finding_cure(f, "if these are operations, it is a mixin: give it with --mixin beside a board");
        return NULL;
    }
    if (bw_json_get(document, "base") && bw_json_get(document, "patch")) {
        bw_finding_cure(bw_json_find(l->findings, BW_CODE_cheriot_file_kind, document,
                                     "this is a patch, but the build tells boards from patches by the ending, and "
                                     "takes a .json for a board"),
                        "rename the file to end in .patch");
        return NULL;
    }
    l->board->base_directory = bw_cheriot_folder_of(path, l->arena);
    add_file(l, BW_CHERIOT_BASE, path, source);
    return document;
}

static const bw_json *load_path(loader *l, const char *path, const bw_json *named_by);

/* The file that a patch's base names. */
static const bw_json *load_base(loader *l, const char *path, const bw_json *base)
{
    const char *folder = bw_cheriot_folder_of(path, l->arena);
    bw_cheriot_word word = {base->text, base};
    const char *name = bw_cheriot_expand(l->board, &word, BW_CHERIOT_IN_NAMES, l->arena, l->findings);
    const char *beside = in_folder(l, folder, name);
    const char *found = is_file(name) ? name : beside;

    if (!found) {
        bool here = strcmp(folder, ".") == 0;

        bw_json_find(l->findings, BW_CODE_cheriot_not_found, base,
                     "there is no base %s in the current folder%s%s, and none with .json or .patch behind the name",
                     name, here ? "" : " or in ", here ? "" : folder);
        return NULL;
    }
    if (beside && found != beside && !same_file(found, beside)) {
        bw_finding *f = bw_json_find(l->findings, BW_CODE_cheriot_shadowed, base,
                                     "the base is %s in the current folder, which hides %s", found, beside);
        bw_finding_note(f, bw_file_place(beside), "this one is hidden");
    }
    return load_path(l, found, base);
}

/* The operations of a patch. @return NULL if there are none. */
static const bw_json *operations_of(loader *l, const bw_json *patch)
{
    const bw_json *operations = bw_json_get(patch, "patch");

    if (!operations || operations->kind == BW_JSON_ARRAY)
        return operations;
    if (operations->kind == BW_JSON_OBJECT && operations->count == 0)
        return NULL;
    bw_finding *f = not_a(l, operations, "patch is an array of operations");
    if (operations->kind == BW_JSON_OBJECT)
        bw_finding_note(f, (bw_place){0}, "the build takes an object for no operations at all");
    l->board->broken = true;
    return NULL;
}

static void check_patch_keys(loader *l, const bw_json *patch)
{
    static const char *const keys[] = {"base", "patch", NULL};

    for (uint32_t i = 0; i < patch->count; i++) {
        const bw_json_member *m = &patch->members[i];

        if (g_strv_contains(keys, m->name))
            continue;
        bw_finding *f = bw_findings_add(l->findings, BW_CODE_cheriot_unknown_key, m->place,
                                        "a patch has base and patch, and nothing looks at %s", m->name);
        const char *near = bw_nearest(m->name, keys);
        if (near)
            bw_finding_cure(f, "did you mean %s?", near);
    }
}

static const bw_json *load_patch(loader *l, const char *path)
{
    bw_source *source;
    const bw_json *patch = read_file(l, path, &source);

    if (!patch)
        return NULL;
    if (patch->kind != BW_JSON_OBJECT) {
        not_a(l, patch, "a patch is an object with base and patch");
        return NULL;
    }
    check_patch_keys(l, patch);
    const bw_json *base = bw_json_get(patch, "base");
    if (!base || base->kind != BW_JSON_STRING) {
        bw_json_find(l->findings, BW_CODE_cheriot_file_kind, base ? base : patch,
                     base ? "base is %s, not the name of a board"
                          : "the patch has no base: the name of the board that it changes",
                     bw_json_kind_name(base));
        return NULL;
    }
    const bw_json *document = load_base(l, path, base);
    const bw_json *operations = document ? operations_of(l, patch) : NULL;
    if (document)
        add_file(l, BW_CHERIOT_PATCH, path, source);
    return operations ? apply(l, document, operations) : document;
}

/* @return whether the file is in the chain already, or the chain is too long. */
static bool refuse_cycle(loader *l, const char *real, const char *path, const bw_json *named_by)
{
    for (guint i = 0; i < l->chain->len; i++)
        if (strcmp(l->chain->pdata[i], real) == 0) {
            bw_findings_add(l->findings, BW_CODE_cheriot_base_cycle,
                            named_by ? bw_json_place(named_by) : bw_file_place(real), "this base leads back to %s",
                            path);
            return true;
        }
    if (l->chain->len < CHAIN_MAX)
        return false;
    bw_findings_add(l->findings, BW_CODE_cheriot_base_cycle, named_by ? bw_json_place(named_by) : bw_file_place(real),
                    "more than %d patches are based on each other", CHAIN_MAX);
    return true;
}

/* A symbolic link that was checked out as a text file, as git does where there are none: sonata.json is a link.
 * @return the path that it holds if there is such a file, else NULL. */
static const char *link_text(loader *l, const char *path)
{
    bw_source *source = bw_source_open(l->ctx->sources, path, NULL);

    if (!source || source->len == 0 || source->len > 200 || strpbrk(source->text, "\"{[") || source->text[0] == '/')
        return NULL;
    char *text = g_strchomp(g_strndup(source->text, source->len));
    bool fits = strlen(text) && !strchr(text, '\n') && !strstr(text, "..") &&
                (g_str_has_suffix(text, ".json") || g_str_has_suffix(text, ".patch"));
    const char *name = g_str_has_prefix(text, "./") ? text + 2 : text;
    const char *target = fits ? join(l, bw_cheriot_folder_of(path, l->arena), name, "") : NULL;
    g_free(text);
    if (!target || !is_file(target))
        return NULL;
    bw_findings_add(l->findings, BW_CODE_cheriot_link_text, bw_source_place(source, 0, source->len),
                    "this is a symbolic link checked out as text; %s is read in its place", target);
    return target;
}

static const bw_json *load_path(loader *l, const char *path, const bw_json *named_by)
{
    char *real = realpath(path, NULL);
    const bw_json *document = NULL;

    if (refuse_cycle(l, real ? real : path, path, named_by)) {
        free(real);
        return NULL;
    }
    g_ptr_array_add(l->chain, g_strdup(real ? real : path));
    free(real);
    const char *target = link_text(l, path);
    if (target)
        document = load_path(l, target, named_by);
    else if (g_str_has_suffix(path, ".json"))
        document = load_board(l, path);
    else if (g_str_has_suffix(path, ".patch"))
        document = load_patch(l, path);
    else
        bw_findings_add(l->findings, BW_CODE_cheriot_file_kind,
                        named_by ? bw_json_place(named_by) : bw_file_place(path),
                        "%s ends in neither .json nor .patch, by which the build tells a board from a patch", path);
    return document;
}

/* ---- mixins ---- */

static const char *find_mixin(loader *l, const char *name)
{
    const char *boards = l->board->sdk ? join(l, l->board->sdk, "boards", "") : NULL;
    const char *found = is_file(name) ? name : in_folder(l, l->board->project, name);

    if (!found)
        found = in_folder(l, l->board->directory, name);
    if (found)
        return found;
    found = in_folder(l, boards, name);
    if (found)
        bw_findings_add(l->findings, BW_CODE_cheriot_mixin_place, bw_file_place(found),
                        "CHERIoT's build does not find a mixin in the SDK's boards, though its documentation says so");
    else
        bw_findings_add(
            l->findings, BW_CODE_cheriot_not_found, bw_file_place(*name ? name : "--mixin"),
            "there is no mixin of this name in the current folder, the project's (%s)%s the board's (%s)%s%s",
            l->board->project, boards ? "," : " or", l->board->directory, boards ? " or the SDK's: " : "",
            boards ? boards : "");
    return found;
}

static const bw_json *load_mixin(loader *l, const bw_json *document, const char *argument)
{
    bw_cheriot_word word = {argument, NULL};
    const char *name = bw_cheriot_expand(l->board, &word, BW_CHERIOT_IN_NAMES, l->arena, NULL);
    const char *path = find_mixin(l, name);
    bw_source *source = NULL;
    const bw_json *operations = path ? read_file(l, path, &source) : NULL;

    if (!operations) {
        l->board->broken = true;
        return document;
    }
    if (operations->kind != BW_JSON_ARRAY) {
        bw_finding *f = not_a(l, operations, "a mixin is an array of operations");
        if (operations->kind == BW_JSON_OBJECT)
            bw_finding_note(f, (bw_place){0}, "the build passes over an object without a word");
        l->board->broken = true;
        return document;
    }
    add_file(l, BW_CHERIOT_MIXIN, path, source);
    return apply(l, document, operations);
}

/* ---- the board ---- */

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Boards of the SDK with a name near to one that is not there. */
static void cure_board(bw_finding *f, const char *boards, const char *name)
{
    GDir *dir = boards ? g_dir_open(boards, 0, NULL) : NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *entry;

    while (dir && names->len < 10000 && (entry = g_dir_read_name(dir)))
        if (g_str_has_suffix(entry, ".json") || g_str_has_suffix(entry, ".patch"))
            g_ptr_array_add(names, g_strndup(entry, (size_t)(strrchr(entry, '.') - entry)));
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    const char *near = bw_nearest(name, (const char *const *)names->pdata);
    if (near)
        bw_finding_cure(f, "did you mean %s?", near);
    g_ptr_array_free(names, TRUE);
    if (dir)
        g_dir_close(dir);
}

static const char *find_board(loader *l, const char *argument)
{
    const char *sdk = l->options->sdk;
    const char *boards = sdk ? join(l, sdk, "boards", "") : NULL;
    const char *found = is_file(argument) ? bw_arena_strdup(l->arena, argument) : in_folder(l, boards, argument);

    if (found)
        return found;
    bw_finding *f = bw_findings_add(l->findings, BW_CODE_cheriot_not_found, bw_file_place(argument),
                                    boards ? "there is no such file, nor a board of this name in %s"
                                           : "there is no such file%s; a board's name is looked up with --sdk",
                                    boards ? boards : "");
    cure_board(f, boards, argument);
    return NULL;
}

static const char *stem_of(const char *path, bw_arena *arena)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');

    return bw_arena_strndup(arena, name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

static const bw_json *load(loader *l, const char *argument)
{
    bw_cheriot_board *board = l->board;
    const char *path = find_board(l, argument);

    if (!path)
        return NULL;
    board->name = stem_of(path, l->arena);
    board->directory = bw_cheriot_folder_of(path, l->arena);
    board->sdk = l->options->sdk ? bw_arena_strdup(l->arena, l->options->sdk) : find_sdk(l, board->directory);
    board->project = l->options->project ? bw_arena_strdup(l->arena, l->options->project) : ".";
    const bw_json *document = load_path(l, path, NULL);
    for (const char *const *mixin = l->options->mixins; document && mixin && *mixin; mixin++)
        document = load_mixin(l, document, *mixin);
    return document;
}

/* Whether there is anything of a board in it: then what is missing is worth saying. */
static bool is_of_board(const bw_json *document)
{
    static const char *const keys[] = {"devices",    "instruction_memory", "data_memory", "heap",
                                       "interrupts", "timer_hz",           "tickrate_hz", "revoker"};
    bool found = false;

    for (size_t i = 0; i < G_N_ELEMENTS(keys) && !found; i++)
        found = bw_json_get(document, keys[i]) != NULL;
    return found;
}

bool bw_cheriot_load(bw_context *ctx, const char *argument, const bw_cheriot_options *options, bw_cheriot_board *board,
                     bw_arena *arena, bw_findings *findings)
{
    loader l = {.ctx = ctx, .options = options, .board = board, .arena = arena, .findings = findings};

    l.flags = BW_PATCH_CHERIOT | (options->strict_patches ? 0 : (unsigned)BW_PATCH_LENIENT);
    l.files = g_array_new(FALSE, FALSE, sizeof(bw_cheriot_file));
    l.chain = g_ptr_array_new_with_free_func(g_free);
    board->document = load(&l, argument);
    if (board->document && board->document->kind != BW_JSON_OBJECT) {
        not_a(&l, board->document, "after its patches a board is an object");
        board->document = NULL;
    }
    if (board->document && !is_of_board(board->document)) {
        bw_json_find(findings, BW_CODE_cheriot_file_kind, board->document,
                     "this is no board of CHERIoT RTOS: it has neither devices nor instruction_memory, nor anything "
                     "else that a board has");
        board->document = NULL;
    }
    board->file_count = l.files->len;
    board->files = bw_arena_dup(arena, l.files->data, l.files->len * sizeof(bw_cheriot_file));
    g_array_free(l.files, TRUE);
    g_ptr_array_free(l.chain, TRUE);
    return board->document != NULL;
}
