/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/ocre/sdk.h"

#include "systems/ocre/verdict.h"
#include "systems/zephyr/walk.h"
#include "yaml/schema.h"

#include <string.h>

static const char *sample_folder(const char *path, bw_ocre_sample sample, bw_arena *arena)
{
    return bw_arena_printf(arena, "%s/src/samples/%s/zephyr", path, bw_ocre_sample_names[sample]);
}

bool bw_ocre_is_sdk(const char *path)
{
    bw_arena arena;
    bool is_one = false;

    bw_arena_init(&arena);
    for (bw_ocre_sample s = 0; s < BW_OCRE_SAMPLES && !is_one; s++)
        is_one = bw_zephyr_is_dir(sample_folder(path, s, &arena));
    bw_arena_free(&arena);
    return is_one;
}

/* ---- reading ---- */

static const char *file_in(const char *folder, const char *name, bw_arena *arena)
{
    const char *path = bw_zephyr_path(arena, folder, name);

    return bw_zephyr_is_file(path) ? path : NULL;
}

/* Kept are files that Zephyr's build takes by itself: "overlay-…" are for the command line. */
static bool is_board_file(const char *name, bw_ocre_file *file, bw_arena *arena)
{
    size_t len;
    const bw_zephyr_ending ending = bw_zephyr_ending_of(name, &len);

    if ((ending != BW_ZEPHYR_CONF && ending != BW_ZEPHYR_OVERLAY) || g_str_has_prefix(name, "overlay-"))
        return false;
    file->stem = bw_arena_strndup(arena, name, len);
    file->is_conf = ending == BW_ZEPHYR_CONF;
    return true;
}

static bw_ocre_folder read_sample(const char *path, bw_ocre_sample sample, bw_arena *arena)
{
    bw_ocre_folder f = {.folder = sample_folder(path, sample, arena)};

    if (!bw_zephyr_is_dir(f.folder))
        return (bw_ocre_folder){0};
    f.prj = file_in(f.folder, "prj.conf", arena);
    f.fstab = file_in(f.folder, "fstab.overlay", arena);
    const char *boards = bw_zephyr_path(arena, f.folder, "boards");
    GPtrArray *names = bw_zephyr_names_in(boards);
    bw_ocre_file *files = bw_arena_array(arena, bw_ocre_file, names ? names->len + 1 : 1);
    for (guint i = 0; names && i < names->len; i++) {
        bw_ocre_file *file = &files[f.file_count];

        file->path = bw_zephyr_path(arena, boards, names->pdata[i]);
        if (bw_zephyr_is_file(file->path) && is_board_file(names->pdata[i], file, arena))
            f.file_count++;
    }
    if (names)
        g_ptr_array_free(names, TRUE);
    f.files = files;
    return f;
}

/* What the project "zephyr" of the manifest imports by name. */
static void read_imports(bw_ocre_sdk *sdk, bw_context *ctx, bw_arena *arena, bw_findings *findings)
{
    const char *path = file_in(sdk->path, "west.yml", arena);
    const bw_yaml *west = path ? bw_yaml_read_file(ctx, path, arena, findings) : NULL;
    const bw_yaml *projects = bw_yaml_get(bw_yaml_get(west, "manifest"), "projects");

    for (uint32_t i = 0; projects && projects->kind == BW_YAML_LIST && i < projects->count; i++) {
        const char *name = bw_yaml_to_text(bw_yaml_get(projects->items[i], "name"));
        const bw_yaml *list = bw_yaml_get(bw_yaml_get(projects->items[i], "import"), "name-allowlist");

        if (!name || strcmp(name, "zephyr") != 0 || !list || list->kind != BW_YAML_LIST)
            continue;
        const char **imports = bw_arena_array(arena, const char *, list->count + 1);
        for (uint32_t j = 0; j < list->count; j++)
            imports[j] = bw_yaml_to_text(list->items[j]) ? bw_yaml_to_text(list->items[j]) : "";
        sdk->imports = imports;
        sdk->imports_at = list;
    }
}

const bw_ocre_sdk *bw_ocre_sdk_read(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings)
{
    bw_ocre_sdk *sdk = bw_arena_new(arena, bw_ocre_sdk);

    sdk->path = bw_zephyr_tidy_path(arena, path);
    for (bw_ocre_sample s = 0; s < BW_OCRE_SAMPLES; s++)
        sdk->samples[s] = read_sample(sdk->path, s, arena);
    const char *docs = bw_zephyr_path(arena, sdk->path, "docs/boards/zephyr");
    sdk->docs = bw_zephyr_is_dir(docs) ? docs : NULL;
    read_imports(sdk, ctx, arena, findings);
    return sdk;
}

/* ---- one sample for one target ---- */

static const bw_ocre_file *file_of(const bw_ocre_folder *folder, const char *stem, bool is_conf)
{
    for (uint32_t i = 0; stem && i < folder->file_count; i++)
        if (folder->files[i].is_conf == is_conf && strcmp(folder->files[i].stem, stem) == 0)
            return &folder->files[i];
    return NULL;
}

static const char *symbol_of(bw_arena *arena, const char *board)
{
    char *symbol = bw_arena_printf(arena, "BOARD_%s", board);

    for (char *p = symbol; *p; p++)
        *p = (char)(g_ascii_isalnum(*p) ? g_ascii_toupper(*p) : '_');
    return symbol;
}

/* Fragments in Zephyr's order, then the defaults that are left. */
static const bw_ocre_conf *settings_of(const bw_ocre_app *b, const bw_ocre_folder *folder, bw_context *ctx,
                                       const bw_zephyr_choice *choice, const bw_zephyr_files *files, bw_arena *arena,
                                       bw_findings *findings)
{
    bw_ocre_conf *conf = bw_ocre_conf_new(arena);
    bw_findings unheard;

    /* Zephyr's own checks speak of the board's files. */
    bw_findings_init(&unheard, ctx);
    for (uint32_t i = 0; files && i < files->used_count; i++)
        if (files->used[i].use == BW_ZEPHYR_USE_KCONFIG)
            bw_ocre_conf_read(conf, ctx, files->used[i].path, BW_OCRE_BY_BOARD, &unheard);
    bw_findings_free(&unheard);
    if (folder->prj)
        bw_ocre_conf_read(conf, ctx, folder->prj, BW_OCRE_BY_SAMPLE, findings);
    if (b->conf)
        bw_ocre_conf_read(conf, ctx, b->conf->path, BW_OCRE_BY_BOARD_FILE, findings);
    for (uint32_t i = 0; choice && files && i < files->used_count; i++)
        if (files->used[i].use == BW_ZEPHYR_USE_SOURCES)
            bw_ocre_conf_read_defaults(conf, ctx, files->used[i].path, symbol_of(arena, choice->board->name));
    return conf;
}

static const char *const *overlays_of(const bw_ocre_app *b, const bw_ocre_folder *folder, const char *const *more,
                                      bw_arena *arena)
{
    const guint count = more ? g_strv_length((char **)(uintptr_t)more) : 0;
    const char **all = bw_arena_array(arena, const char *, count + 3);
    guint at = 0;

    for (; at < count; at++)
        all[at] = more[at];
    if (b->overlay)
        all[at++] = b->overlay->path;
    if (folder->fstab)
        all[at++] = folder->fstab;
    return all;
}

/* "…/soc/st/stm32": the folder behind the last "soc". */
static const char *vendor_of(const bw_zephyr_choice *choice, bw_arena *arena)
{
    const bw_zephyr_soc *soc = choice && choice->target ? choice->target->soc : NULL;
    const char *vendor = NULL;

    for (uint32_t i = 0; soc && i < soc->dir_count && !vendor; i++) {
        const char *at = g_strrstr(soc->dirs[i]->path, "soc/");

        if (at && at[strlen("soc/")])
            vendor = bw_arena_strndup(arena, at + strlen("soc/"), strcspn(at + strlen("soc/"), "/"));
    }
    return vendor;
}

const bw_ocre_app *bw_ocre_app_of(const bw_ocre_sdk *sdk, bw_ocre_sample sample, bw_context *ctx,
                                  const bw_target *target, const bw_zephyr_choice *choice, const bw_zephyr_files *files,
                                  const char *const *more, bw_arena *arena, bw_findings *findings)
{
    const bw_ocre_folder *folder = &sdk->samples[sample];
    bw_ocre_app *b = bw_arena_new(arena, bw_ocre_app);
    const char *longer = bw_ocre_long_stem(target, arena);
    const char *brief = bw_ocre_board_stem(ctx, target, arena);

    *b = (bw_ocre_app){.sdk = sdk, .sample = sample, .vendor = vendor_of(choice, arena)};
    b->conf = file_of(folder, longer, true);
    b->overlay = file_of(folder, longer, false);
    b->conf = b->conf ? b->conf : file_of(folder, brief, true);
    b->overlay = b->overlay ? b->overlay : file_of(folder, brief, false);
    b->is_64 = g_str_has_suffix(target->name, "/64");
    b->overlays = overlays_of(b, folder, more, arena);
    b->settings = settings_of(b, folder, ctx, choice, files, arena, findings);
    return b;
}
