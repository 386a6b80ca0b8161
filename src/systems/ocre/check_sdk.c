/* SPDX-License-Identifier: Apache-2.0 */
/* Board files of Ocre's samples by their names: whose they are, and whether there is a page on the board. */
#include "systems/ocre/sdk.h"

#include "systems/zephyr/walk.h"

#include <string.h>

typedef struct checker {
    const bw_ocre_sdk *sdk;
    const bw_zephyr *z;
    const bw_zephyr_stems *stems;
    bw_arena *arena;
    bw_findings *findings;
    GTree *targets; /* name -> bw_zephyr_target */
    GTree *boards;  /* name -> bw_ocre_file that says so */
} checker;

static const char *plain_name(const bw_ocre_file *file)
{
    return strrchr(file->path, '/') + 1;
}

/* A name that would fit but for what stands behind its last underscores: FILE_SUFFIX of the command line. */
static const char *suffix_of(const checker *c, const bw_ocre_file *file)
{
    char *stem = g_strdup(file->stem);
    const char *suffix = NULL;
    char *at;

    while (!suffix && (at = strrchr(stem, '_'))) {
        *at = '\0';
        if (bw_zephyr_stem_called(c->stems, stem))
            suffix = file->stem + (at - stem) + 1;
    }
    g_free(stem);
    return suffix;
}

static void say_unknown(const checker *c, const bw_ocre_file *file)
{
    const char *suffix = suffix_of(c, file);
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_ocre_board_file_name, bw_file_place(file->path),
                                    "%s is called like no target of any board, so no build takes it", plain_name(file));

    if (suffix)
        bw_finding_cure(f, "remove it, or build with FILE_SUFFIX=%s, which takes it in addition", suffix);
    else
        bw_finding_cure(f, "call it as the target is: its name with '_' for each '/'");
}

static const bw_ocre_file *twin_of(const checker *c, const bw_ocre_folder *folder, const bw_ocre_file *file,
                                   const bw_zephyr_stem *stem)
{
    for (uint32_t i = 0; i < folder->file_count; i++) {
        const bw_ocre_file *other = &folder->files[i];
        const bw_zephyr_stem *its = bw_zephyr_stem_called(c->stems, other->stem);

        if (other != file && other->is_conf == file->is_conf && its && its->target == stem->target &&
            its->is_short != stem->is_short && g_strcmp0(its->revision, stem->revision) == 0)
            return other;
    }
    return NULL;
}

static void check_file(const checker *c, const bw_ocre_folder *folder, const bw_ocre_file *file)
{
    const bw_zephyr_stem *stem = bw_zephyr_stem_called(c->stems, file->stem);
    const bw_ocre_file *twin;

    if (!stem) {
        say_unknown(c, file);
        return;
    }
    g_tree_insert(c->targets, (gpointer)(uintptr_t)stem->target->name, (gpointer)(uintptr_t)stem->target);
    if (!g_tree_lookup(c->boards, stem->target->board->name))
        g_tree_insert(c->boards, (gpointer)(uintptr_t)stem->target->board->name, (gpointer)(uintptr_t)file);
    if (stem->is_short && !bw_zephyr_may_be_short(stem->target)) {
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_ocre_board_file_name, bw_file_place(file->path),
                                        "%s leaves out the SoC, but %s has several, and Zephyr's build stops",
                                        plain_name(file), stem->target->board->name);
        bw_finding_cure(
            f, "call it %s%s",
            bw_zephyr_long_stem(c->arena, stem->target->board->name, stem->target->qualifiers, stem->revision),
            file->is_conf ? ".conf" : ".overlay");
    } else if (stem->is_short && (twin = twin_of(c, folder, file, stem))) {
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_ocre_board_file_name, bw_file_place(file->path),
                                        "%s is for %s, and so is %s: Zephyr's build stops at both", plain_name(file),
                                        stem->target->name, plain_name(twin));
        bw_finding_note(f, bw_file_place(twin->path), "the other is here");
        bw_finding_cure(f, "remove one of the two");
    }
}

static gboolean check_page(gpointer board, gpointer file, gpointer data)
{
    const checker *c = data;
    const char *page = bw_arena_printf(c->arena, "%s/%s.md", c->sdk->docs, (const char *)board);

    if (!bw_zephyr_is_file(page)) {
        bw_finding *f =
            bw_findings_add(c->findings, BW_CODE_ocre_board_docs, bw_file_place(((const bw_ocre_file *)file)->path),
                            "%s has board files, and no page in docs/boards/zephyr", (const char *)board);
        bw_finding_cure(f, "write docs/boards/zephyr/%s.md", (const char *)board);
    }
    return FALSE;
}

static gboolean collect(gpointer name, gpointer target, gpointer data)
{
    (void)target;
    g_ptr_array_add(data, name);
    return FALSE;
}

static int compare_texts(gconstpointer a, gconstpointer b, gpointer unused)
{
    (void)unused;
    return strcmp(a, b);
}

void bw_ocre_check_sdk(const bw_ocre_sdk *sdk, const bw_zephyr *z, bw_arena *arena, GPtrArray *targets,
                       bw_findings *findings)
{
    const bw_zephyr_board **boards = bw_arena_array(arena, const bw_zephyr_board *, z->board_count + 1);

    for (uint32_t i = 0; i < z->board_count; i++)
        boards[i] = z->boards[i];
    bw_zephyr_stems stems = bw_zephyr_stems_of(arena, boards);
    const checker c = {.sdk = sdk,
                       .z = z,
                       .stems = &stems,
                       .arena = arena,
                       .findings = findings,
                       .targets = g_tree_new_full(compare_texts, NULL, NULL, NULL),
                       .boards = g_tree_new_full(compare_texts, NULL, NULL, NULL)};
    for (bw_ocre_sample s = 0; s < BW_OCRE_SAMPLES; s++)
        for (uint32_t i = 0; i < sdk->samples[s].file_count; i++)
            check_file(&c, &sdk->samples[s], &sdk->samples[s].files[i]);
    if (sdk->docs)
        g_tree_foreach(c.boards, check_page, (gpointer)(uintptr_t)&c);
    g_tree_foreach(c.targets, collect, targets);
    g_tree_unref(c.targets);
    g_tree_unref(c.boards);
    bw_zephyr_stems_free(&stems);
}
