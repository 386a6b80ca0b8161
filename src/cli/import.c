/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright import: a board folder out of somebody else's description. */
#include "import/import.h"

#include "cli/cheriot_compatible.h"
#include "cli/commands.h"
#include "cli/load_options.h"
#include "cli/plans.h"
#include "cli/print.h"

#include <stdio.h>
#include <string.h>

static char *name;
static char *vendor;
static char *soc;
static gboolean keep_symbols;
static gboolean origins;
static char **compatibles;

static const GOptionEntry entries[] = {
    {"name", 'n', 0, G_OPTION_ARG_FILENAME, &name, "The board's name (default: the file's)", "NAME"},
    {"vendor", 0, 0, G_OPTION_ARG_FILENAME, &vendor, "Its vendor (default: the prefix of the root's compatible)",
     "PREFIX"},
    {"soc", 0, 0, G_OPTION_ARG_FILENAME, &soc, "Its SoC (default: out of the root's last compatible)", "NAME"},
    {"origins", 0, 0, G_OPTION_ARG_NONE, &origins, "Comments say which file and line each line comes from", NULL},
    {"keep-symbols", 0, 0, G_OPTION_ARG_NONE, &keep_symbols, "Keep /__symbols__ and the fixup nodes of a blob", NULL},
    {"compatible", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &compatibles,
     "What a device of a CHERIoT board is compatible with (repeatable)", "DEVICE=STRING"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};
static const bw_usage usage = {
    .arguments = "FILE -o DIR",
    .summary = "Makes a board folder from a devicetree (a source, a blob, or a folder as /proc/device-tree) or a\n"
               "CHERIoT board (.json, .patch).\n"
               "DIR gets board.yml, the devicetree as one source for people, support.yml where a simulator has\n"
               "the machine or CHERIoT needs to know more, and README.md.",
    .description = "Out of a blob, numbers become references and nodes get labels: those of /__symbols__, else made\n"
                   "from aliases, names and addresses. Of a source, includes and macros are resolved and labels kept.\n"
                   "What is written is read back and compared before it is: nodes, properties and bytes are the same,\n"
                   "and each reference leads to the same node; only the numbers of phandles may change.\n"
                   "A file that somebody edited since is not overwritten without --force.",
    .groups = BW_OPT_SOURCE | BW_OPT_OVERLAY | BW_OPT_MISSING | BW_OPT_LEVELS | BW_OPT_JSON | BW_OPT_OUTPUT |
              BW_OPT_WRITE | BW_OPT_CHERIOT,
    .entries = entries,
};

static void print_summary(const bw_options *options, const bw_plan *plan, const bw_import_result *result)
{
    uint32_t written = bw_plan_written(plan, options->force);
    uint32_t count;
    const bw_plan_file *files = bw_plan_files(plan, &count);

    printf("%s/", options->output);
    for (uint32_t i = 0; i < count; i++)
        printf("%s%s", i ? ", " : "  ", files[i].path);
    printf("\n%u nodes, %u reference%s, %u label%s made: the same tree when it is compiled\n", result->nodes,
           result->references, result->references == 1 ? "" : "s", result->labels, result->labels == 1 ? "" : "s");
    if (result->kept)
        printf("%u phandle%s kept %s number, because a property that we do not know has it\n", result->kept,
               result->kept == 1 ? "" : "s", result->kept == 1 ? "its" : "their");
    if (written)
        printf("%u file%s written. Next: boardwright check %s\n", written, written == 1 ? "" : "s", options->output);
    else
        printf("0 files written: all are as they should be. Next: boardwright check %s\n", options->output);
}

static void print_cheriot_summary(const bw_options *options, const bw_plan *plan, const bw_cheriot_tree *tree)
{
    uint32_t written = bw_plan_written(plan, options->force);
    uint32_t count;
    const bw_plan_file *files = bw_plan_files(plan, &count);

    printf("%s/", options->output);
    for (uint32_t i = 0; i < count; i++)
        printf("%s%s", i ? ", " : "  ", files[i].path);
    printf("\n%u device%s, %u without a compatible: with support.yml the same board when it is built for CHERIoT\n",
           tree->devices, tree->devices == 1 ? "" : "s", tree->unknown);
    if (written)
        printf("%u file%s written. Next: boardwright check %s\n", written, written == 1 ? "" : "s", options->output);
    else
        printf("0 files written: all are as they should be. Next: boardwright check %s\n", options->output);
}

/* The one target of FILE. */
static const bw_target *find(bw_context *ctx, const char *file, const bw_load_options *load, bw_arena *arena,
                             bw_findings *findings, bool *trouble)
{
    bw_targets targets = {0};

    if (!bw_targets_find(ctx, file, load, arena, findings, &targets))
        return NULL;
    if (targets.count == 1)
        return &targets.items[0];
    fprintf(stderr, "boardwright import: %s holds %u devicetrees; name one of them:\n", file, targets.count);
    for (uint32_t i = 0; i < targets.count; i++)
        fprintf(stderr, "  %s\n", targets.items[i].path);
    *trouble = true;
    return NULL;
}

/* A warning about the description is for check; what stops the import is an error. */
static void drop_warnings(bw_context *ctx)
{
    for (int i = 0; i < BW_CODE_COUNT; i++)
        if (ctx->levels[i] < BW_ERROR)
            ctx->levels[i] = BW_OFF;
}

/* @return the exit status. */
static int import_cheriot(bw_context *ctx, const bw_options *options, const char *const *boards,
                          const bw_import_options *wanted)
{
    bw_cheriot_options how = {.sdk = options->sdk, .mixins = (const char *const *)options->mixins};
    bw_cheriot_compatible *list = bw_cheriot_compatibles(compatibles);
    bw_plan *plan = bw_plan_new(options->output);
    bw_cheriot_tree tree = {0};
    bw_findings findings;
    bool summarize;

    bw_findings_init(&findings, ctx);
    bw_import_job job = {.options = wanted, .plan = plan, .findings = &findings};
    bool ok = bw_import_cheriot(ctx, *boards, &how, list, &job, &tree) && bw_plan_apply(plan, options, &findings);
    int code = bw_plan_conclude(plan, options, &findings, ok, &summarize);
    if (summarize)
        print_cheriot_summary(options, plan, &tree);
    bw_cheriot_tree_free(&tree);
    bw_findings_free(&findings);
    bw_plan_free(plan);
    g_free(list);
    return code;
}

static int say_many(const char *file, const char *const *boards)
{
    fprintf(stderr, "boardwright import: %s holds several boards; name one of them:\n", file);
    for (; *boards; boards++)
        fprintf(stderr, "  %s\n", *boards);
    return BW_EXIT_TROUBLE;
}

static int run_devicetree(bw_context *ctx, const bw_options *options, const char *file, const bw_import_options *wanted)
{
    bw_load_options load = bw_load_options_of(options);
    bw_roots *roots = bw_roots_new();
    bw_plan *plan = bw_plan_new(options->output);
    bw_import_result result = {0};
    bw_findings findings;
    bw_arena arena;
    bool trouble = false;
    bool ok = false;
    bool summarize;

    bw_arena_init(&arena);
    bw_findings_init(&findings, ctx);
    const bw_target *target = find(ctx, file, &load, &arena, &findings, &trouble);
    if (target) {
        bw_import_job job = {
            .target = target, .load = &load, .roots = roots, .options = wanted, .plan = plan, .findings = &findings};

        ok = bw_import(ctx, &job, &result) && !findings.counts[BW_ERROR] && bw_plan_apply(plan, options, &findings);
    }
    int code = bw_plan_conclude(plan, options, &findings, ok, &summarize);
    if (summarize)
        print_summary(options, plan, &result);
    if (trouble)
        code = BW_EXIT_TROUBLE;
    bw_import_result_free(&result);
    bw_findings_free(&findings);
    bw_arena_free(&arena);
    bw_plan_free(plan);
    bw_roots_free(roots);
    return code;
}

static int run(const bw_options *options, const char *file)
{
    bw_import_options wanted = {.name = name,
                                .vendor = vendor,
                                .soc = soc,
                                .keep_symbols = keep_symbols != 0,
                                .origins = origins ? BW_ANNOTATE_LINES : BW_ANNOTATE_NONE};
    bw_context *ctx = bw_options_context(options);
    bw_arena arena;
    int code;

    if (!options->levels)
        drop_warnings(ctx);
    bw_arena_init(&arena);
    const char *const *boards = bw_cheriot_find(ctx, file, options->sdk, &arena);
    if (boards && boards[1])
        code = say_many(file, boards);
    else if (boards)
        code = import_cheriot(ctx, options, boards, &wanted);
    else
        code = run_devicetree(ctx, options, file, &wanted);
    bw_arena_free(&arena);
    bw_context_free(ctx);
    return code;
}

int bw_cmd_import(int argc, char **argv)
{
    bw_options options;
    int code;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &code))
        return code;
    if (argc != 2)
        code = bw_usage_error("import", argc < 2 ? "which file?" : "one file at a time");
    else if (!options.output)
        code = bw_usage_error("import", "where to? Name a folder with -o");
    else if (!bw_cheriot_compatibles_fit(compatibles))
        code = bw_usage_error("import", "--compatible takes DEVICE=STRING");
    else
        code = run(&options, argv[1]);
    bw_options_free(&options);
    g_strfreev(compatibles);
    g_free(name);
    g_free(vendor);
    g_free(soc);
    return code;
}
