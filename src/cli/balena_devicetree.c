/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright balena devicetree: a devicetree of one's own for a device type that exists. */
#include "board/load.h"
#include "board/board.h"
#include "board/roots.h"
#include "check/check.h"
#include "cli/load_options.h"
#include "cli/plans.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "fdt/fdt.h"
#include "systems/balena/custom_dtb.h"

#include <stdio.h>
#include <string.h>

static char *file_name;

static const GOptionEntry entries[] = {
    {"name", 0, 0, G_OPTION_ARG_FILENAME, &file_name, "Name of the blob (default: of the source)", "FILE.dtb"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static const bw_usage usage = {
    .arguments = "DEVICE-TYPE FILE.dts [-o DIR]",
    .summary = "Says whether a device type of balenaOS takes a custom devicetree, and how to get it there.",
    .description =
        "DEVICE-TYPE is a slug, or the NAME.coffee of a repository, whose files are then named. The devicetree is\n"
        "compiled; with -o the blob, a page with each step and the line of extra_uEnv.txt are written, else\n"
        "the page is printed.",
    .groups = BW_OPT_SOURCE | BW_OPT_MISSING | BW_OPT_LEVELS | BW_OPT_JSON | BW_OPT_OUTPUT | BW_OPT_WRITE,
    .entries = entries,
};

typedef struct run {
    const bw_options *options;
    bw_unit *unit;
    bw_unit *repo_unit; /* of the repository, which outlives the tree's */
    bw_findings findings;
    bw_balena_repo *repo;
    bw_balena_custom_dtb dtb;
    bw_place place; /* of the device type's slug, else of the source */
    bw_buffer blob;
} run;

/* ---- the device type ---- */

static const bw_balena_device *device_of(const bw_balena_repo *repo, const char *file)
{
    for (uint32_t i = 0; i < repo->device_count; i++) {
        if (strcmp(repo->devices[i].file, file) == 0)
            return &repo->devices[i];
    }
    return NULL;
}

static bool find_type(run *r, const char *type)
{
    if (!g_str_has_suffix(type, ".coffee")) {
        r->dtb.slug = type;
        return true;
    }
    char *folder = g_path_get_dirname(type);
    char *file = g_path_get_basename(type);

    file[strlen(file) - strlen(".coffee")] = '\0';
    r->repo = bw_balena_is_repo(folder) ? bw_balena_repo_read(r->repo_unit, folder) : NULL;
    r->dtb.repo = r->repo;
    r->dtb.device = r->repo ? device_of(r->repo, file) : NULL;
    if (!r->dtb.device)
        fprintf(stderr, "boardwright balena devicetree: %s is no device type of a repository\n", type);
    else
        r->dtb.slug = r->dtb.device->slug ? r->dtb.device->slug : r->dtb.device->file;
    if (r->dtb.device)
        r->place = r->dtb.device->place;
    g_free(file);
    g_free(folder);
    return r->dtb.device != NULL;
}

/* ---- the tree ---- */

static bool compile(run *r, const char *path)
{
    const bw_target target = {
        .name = path, .path = path, .kind = g_str_has_suffix(path, ".dtb") ? BW_TARGET_BLOB : BW_TARGET_SOURCE};
    const bw_load_options load = bw_load_options_of(r->options);
    const bw_resolve_options resolve = {0};
    const bw_fdt_generate_options generate = {0};
    bw_roots *roots = bw_roots_new();
    bw_check_set checks;

    bw_check_set_init(&checks);
    bw_tree *tree = bw_target_parse(r->unit, &target, &load, roots);
    bw_roots_free(roots);
    if (!tree || tree->broken)
        return false;
    if (tree->plugin) {
        bw_findings_add(&r->findings, BW_CODE_balena_devicetree_overlay, bw_file_place(path),
                        "this is an overlay (/plugin/): custom_fdt_file names a whole tree");
        return false;
    }
    if (!bw_check_run_dtc(tree, &checks, &resolve) || !bw_fdt_generate(tree, &generate) || !bw_tree_all_known(tree) ||
        !bw_fdt_write(tree, NULL, &r->blob) || r->findings.counts[BW_ERROR])
        return false;
    const bw_board *board = bw_board_of(tree);
    r->dtb.model = board ? board->model : NULL;
    r->dtb.size = r->blob.len;
    return true;
}

/* "dir/carrier.dts" becomes "carrier.dtb". @return to be freed */
static char *blob_name(const char *source)
{
    char *name = g_path_get_basename(source);
    char *dot = strrchr(name, '.');

    if (dot && (strcmp(dot, ".dts") == 0 || strcmp(dot, ".dtb") == 0))
        *dot = '\0';
    char *blob = g_strconcat(name, ".dtb", NULL);
    g_free(name);
    return blob;
}

/* ---- what is written ---- */

static int write_all(run *r)
{
    bw_plan *plan = bw_plan_new(r->options->output);
    bw_buffer page = {0};
    char *line = g_strdup_printf("custom_fdt_file=%s\n", r->dtb.file);
    bool summarize;

    bw_balena_custom_dtb_page(&r->dtb, &r->unit->arena, &page);
    bool added = bw_plan_add(plan, r->dtb.file, r->blob.data, r->blob.len) &&
                 bw_plan_add(plan, "README.md", page.data, page.len) &&
                 (!bw_balena_fdt_pattern(r->dtb.slug, &r->unit->arena) ||
                  bw_plan_add(plan, "extra_uEnv.txt", line, strlen(line)));
    bool done = added && bw_plan_apply(plan, r->options, &r->findings);
    int code = bw_plan_conclude(plan, r->options, &r->findings, done, &summarize);
    if (summarize && done)
        printf("%s: %s, README.md%s\n", r->options->output, r->dtb.file,
               bw_balena_fdt_pattern(r->dtb.slug, &r->unit->arena) ? ", extra_uEnv.txt" : "");
    g_free(line);
    bw_buffer_free(&page);
    bw_plan_free(plan);
    return code;
}

static json_t *as_json(const run *r)
{
    const char *pattern = bw_balena_fdt_pattern(r->dtb.slug, &r->unit->arena);
    json_t *out = json_object();

    json_object_set_new(out, "slug", json_string(r->dtb.slug));
    json_object_set_new(out, "honoured", json_boolean(pattern != NULL));
    json_object_set_new(out, "pattern", pattern ? json_string(pattern) : json_null());
    json_object_set_new(out, "variable", json_string(BW_BALENA_FDT_VARIABLE));
    json_object_set_new(out, "file", json_string(r->dtb.file));
    json_object_set_new(out, "size", json_integer((json_int_t)r->dtb.size));
    json_object_set_new(out, "model", r->dtb.model ? json_string(r->dtb.model) : json_null());
    return out;
}

static int print(run *r)
{
    bw_buffer page = {0};
    int code = bw_print_findings_beside(r->options, &r->findings);

    if (r->options->json) {
        bw_print_json(as_json(r));
    } else {
        bw_balena_custom_dtb_page(&r->dtb, &r->unit->arena, &page);
        fwrite(page.data, 1, page.len, stdout);
        bw_buffer_free(&page);
    }
    return code;
}

static int conclude(run *r, const char *source)
{
    bw_place place = r->place.file ? r->place : bw_file_place(source);
    bool good = bw_balena_custom_dtb_check(r->repo_unit, &r->dtb, place) && compile(r, source);

    if (good)
        return r->options->output ? write_all(r) : print(r);
    int code = bw_print_findings_beside(r->options, &r->findings);
    return bw_has_trouble(&r->findings) ? BW_EXIT_TROUBLE : MAX(code, BW_EXIT_FINDINGS);
}

static int devicetree(const bw_options *options, const char *type, const char *source)
{
    bw_context *ctx = bw_options_context(options);
    run r = {.options = options, .unit = bw_unit_new(ctx), .repo_unit = bw_unit_new(ctx)};
    char *name = file_name ? g_strdup(file_name) : blob_name(source);

    bw_findings_init(&r.findings, ctx);
    bw_unit_begin(r.unit, &r.findings);
    bw_unit_begin(r.repo_unit, &r.findings);
    r.dtb.file = name;
    r.dtb.source = source;
    int code = find_type(&r, type) ? conclude(&r, source) : BW_EXIT_TROUBLE;
    if (r.repo)
        bw_balena_repo_free(r.repo);
    g_free(name);
    bw_buffer_free(&r.blob);
    bw_findings_free(&r.findings);
    bw_unit_free(r.repo_unit);
    bw_unit_free(r.unit);
    bw_context_free(ctx);
    return code;
}

int bw_balena_devicetree(int argc, char **argv)
{
    bw_options options;
    int code;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &code))
        return code;
    if (argc != 3)
        code = bw_usage_error("balena devicetree", argc < 2   ? "which device type?"
                                                   : argc < 3 ? "which devicetree?"
                                                              : "one devicetree at a time");
    else
        code = devicetree(&options, argv[1], argv[2]);
    g_clear_pointer(&file_name, g_free);
    bw_options_free(&options);
    return code;
}
